//! The list of users.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

#[tokio::test]
async fn every_user_is_listed_with_the_role_and_its_source_and_filters_apply() {
    let browser = portal().await.admin();
    let page = browser.get("/admin/users").await;
    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "Ada Keller",
        "granted ",
        "default role",
        "Suspended",
        "1 to 4 of 4",
    ] {
        assert!(page.text.contains(expected), "{expected}");
    }
    let filtered = browser.get("/admin/users?filter=suspended").await.text;
    assert!(filtered.contains("Linus Brandt") && !filtered.contains("grace@example.com"));
    let searched = browser.get("/admin/users?search=grace").await.text;
    assert!(searched.contains("grace@example.com") && !searched.contains("linus@example.com"));
    assert!(
        searched.contains("value=\"grace\""),
        "the search box keeps it"
    );
    let none = browser.get("/admin/users?search=zzz").await.text;
    assert!(none.contains("data-empty=\"no-match\""));
}

#[tokio::test]
async fn signed_in_users_are_listed_until_they_are_signed_out() {
    let portal = portal().await.with_sessions().await;
    let (browser, grace) = (portal.admin(), portal.grace);
    let row = format!("id=\"sessions-{grace}\"");
    let page = browser.get("/admin/users/sessions").await.text;
    let listed = page.split("<tr").find(|part| part.contains(&row));
    assert!(listed.expect("a row").contains("grace@example.com"));
    let form = format!("_page=/admin/users/sessions&_key={grace}&id={grace}");
    let answer = browser.post("/rpc/sign-out-user", &form).await;
    assert_eq!(answer.location(), "/admin/users/sessions");
    let page = browser.get("/admin/users/sessions").await.text;
    assert!(!page.contains(&row));
}

#[tokio::test]
async fn an_invalid_query_is_an_error() {
    let browser = portal().await.admin();
    for query in ["filter=purple", "sort=size", "after=many"] {
        let answer = browser.get(&format!("/admin/users?{query}")).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
}

#[tokio::test]
async fn for_others_these_pages_and_links_to_them_do_not_exist() {
    let browser = portal().await.developer();
    for page in [
        "/admin/users",
        "/admin/users/invite",
        "/admin/users/claim-rules",
        "/admin/users/sessions",
        "/admin/tenants",
    ] {
        let answer = browser.get(page).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{page}");
        assert!(answer.text.contains("data-problem=\"not-found\""), "{page}");
        assert_eq!(answer.text.matches("<h1").count(), 1, "{page}");
        assert!(!answer.text.contains("href=\"/admin"), "{page}");
    }
}

#[tokio::test]
async fn an_invitation_is_for_a_chosen_tenant_and_comes_back_as_typed() {
    let browser = portal().await.admin();
    let form = "_page=/admin/users/invite&tenant=vision&email=eve&role=admin";
    let page = browser.submit("/rpc/invite-member", form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    for typed in [
        "value=\"eve\"",
        "value=\"vision\" selected",
        "value=\"admin\" selected",
    ] {
        assert!(page.text.contains(typed), "{typed}");
    }
    let form = "_page=/admin/users/invite&tenant=vision&email=eve%40example.com&role=viewer";
    let page = browser.submit("/rpc/invite-member", form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("data-testid=\"invite-outcome\" data-state=\"invited\"")
    );
    let invitations = browser.get("/tenants/vision/invitations").await.text;
    assert!(invitations.contains("eve@example.com"));
}
