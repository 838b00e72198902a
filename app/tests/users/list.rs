//! Everybody, in a list.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

#[tokio::test]
async fn everybody_is_listed_with_role_and_why_and_the_filters_count() {
    let browser = portal().await.admin();
    let page = browser.get("/admin/users").await;
    assert_eq!(page.status, StatusCode::OK);
    for says in [
        "Ada Keller",
        "granted by ",
        "everybody has it",
        "Suspended",
        "1 to 4 of 4",
    ] {
        assert!(page.text.contains(says), "{says} is missing");
    }
    let filtered = browser.get("/admin/users?filter=suspended").await.text;
    assert!(filtered.contains("Linus Brandt") && !filtered.contains("grace@example.com"));
    let searched = browser.get("/admin/users?search=grace").await.text;
    assert!(searched.contains("grace@example.com") && !searched.contains("linus@example.com"));
    assert!(searched.contains("value=\"grace\""), "it stays in the box");
    let none = browser.get("/admin/users?search=zzz").await.text;
    assert!(none.contains("Nobody matches"));
}

#[tokio::test]
async fn what_the_list_does_not_know_is_refused() {
    let browser = portal().await.admin();
    for query in ["filter=purple", "sort=size", "page=0", "page=many"] {
        let answer = browser.get(&format!("/admin/users?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

#[tokio::test]
async fn to_others_there_are_no_such_pages_and_no_links_to_them() {
    let browser = portal().await.developer();
    for page in [
        "/admin/users",
        "/admin/users/invite",
        "/admin/users/claim-rules",
        "/admin/tenants",
    ] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(
            answer.text.contains("There is no page at this address."),
            "{page}"
        );
        assert_eq!(answer.text.matches("<h1").count(), 1, "{page}");
        assert!(!answer.text.contains("href=\"/admin"), "{page}");
    }
}

#[tokio::test]
async fn an_invitation_from_here_says_which_tenant_and_comes_back_as_it_was_typed() {
    let mut browser = portal().await.admin();
    let form = "slug=vision&among_users=true&input[email]=nobody&input[role]=admin";
    let page = browser.submit("/rpc/invite-member", form).await.text;
    assert!(page.contains("Invite somebody"));
    assert!(page.contains("aria-invalid=\"true\""));
    assert!(page.contains("value=\"nobody\""));
    let form = "slug=vision&among_users=true&input[email]=eve%40example.com&input[role]=viewer";
    let sent = browser.post("/rpc/invite-member", form).await;
    assert_eq!(sent.location(), "/tenants/vision/invitations");
}
