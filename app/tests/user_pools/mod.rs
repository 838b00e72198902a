//! The users of a Cognito user pool.

use crate::support::{Browser, TestPortal};
use std::sync::atomic::Ordering;

use axum::http::StatusCode;

const PAGE: &str = "/admin/identity-provider";
const GRACE: &str = "/admin/identity-provider/corp/grace";

async fn admin() -> Browser {
    TestPortal::start().await.admin()
}

fn form_of_grace(fields: &str) -> String {
    format!("_page={GRACE}&provider=corp&username=grace&{fields}")
}

#[tokio::test]
async fn admins_see_the_users_of_the_pool_and_their_access() {
    let page = admin().await.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "eu-central-1_AbCdEfGhI",
        "grace@example.com",
        "Invited",
        "Disabled",
        "href=\"/admin/identity-provider/corp/grace\"",
        "after=a%2Fb%2Bc%3D",
    ] {
        assert!(page.text.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn a_pool_that_cannot_be_read_says_why_and_what_to_do() {
    let browser = admin().await;
    browser.portal.core.pool.gone.store(true, Ordering::SeqCst);
    let page = browser.get(PAGE).await.text;
    let (_, problem) = page.split_once("data-problem=").unwrap();
    assert!(problem.contains("does not exist (any more)"));
    assert!(problem.contains("Correct user_pool."));
}

#[tokio::test]
async fn no_match_differs_from_an_empty_pool() {
    let page = admin().await.get(&format!("{PAGE}?email=zz")).await;
    assert!(page.text.contains("data-empty=\"no-match\""));
}

#[tokio::test]
async fn for_others_pages_and_changes_do_not_exist() {
    let browser = TestPortal::start().await.developer();
    let form = form_of_grace("enabled=false");
    for answer in [
        browser.get(PAGE).await,
        browser.get(GRACE).await,
        browser.submit("/rpc/set-pool-user-enabled", &form).await,
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.text.contains("data-problem=\"not-found\""));
        assert!(!answer.text.contains("grace@example.com"));
    }
}

#[tokio::test]
async fn a_user_is_added_to_groups_and_removed_from_them() {
    let browser = admin().await;
    let page = browser.get(GRACE).await.text;
    assert!(page.contains("Remove from a") && page.contains("Add to c"));
    let form = form_of_grace("_key=admins&group=admins&member=true");
    let done = browser.post("/rpc/set-pool-user-group", &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    assert_eq!(done.location(), GRACE);
    let changes = browser.portal.core.pool.asked();
    assert_eq!(
        changes.last().map(String::as_str),
        Some("join grace admins")
    );
}

#[tokio::test]
async fn a_refused_change_stands_on_the_page_of_the_user() {
    let form = form_of_grace("");
    let page = admin()
        .await
        .submit("/rpc/reset-pool-user-password", &form)
        .await;
    assert!(page.status.is_server_error() || page.status.is_client_error());
    assert!(page.text.contains("grace@example.com"));
    let (_, problem) = page.text.split_once("data-problem=").unwrap();
    assert!(problem.contains("AdminResetUserPassword"));
}

#[tokio::test]
async fn an_invitation_leads_to_the_user_or_has_a_message_beside_its_field() {
    let browser = admin().await;
    let invite = |email: &str| {
        format!("_page={PAGE}&provider=corp&input[email]={email}&input[name]=New+user")
    };
    let done = browser
        .post("/rpc/invite-pool-user", &invite("new%40corp.example.com"))
        .await;
    assert_eq!(
        done.location(),
        "/admin/identity-provider/corp/new%20person"
    );
    let page = browser
        .submit("/rpc/invite-pool-user", &invite("grace%40example.com"))
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("aria-invalid=\"true\""));
    for typed in ["value=\"grace@example.com\"", "value=\"New user\""] {
        assert!(page.text.contains(typed), "{typed}");
    }
}
