//! The people of a Cognito user pool.

use crate::support::{Browser, TestPortal};
use std::sync::atomic::Ordering;

use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await
}

const PAGE: &str = "/admin/identity-provider";
const GRACE: &str = "/admin/identity-provider/corp/grace";

async fn of_an_admin() -> Browser {
    portal().await.admin()
}

#[tokio::test]
async fn an_admin_sees_who_is_in_the_pool_and_who_may_sign_in() {
    let page = of_an_admin().await.get(PAGE).await;
    assert_eq!(page.status, StatusCode::OK);
    for says in [
        "eu-central-1_AbCdEfGhI",
        "grace@example.com",
        "Invited",
        "Disabled",
        "href=\"/admin/identity-provider/corp/grace\"",
        "after=a%2Fb%2Bc%3D",
    ] {
        assert!(page.text.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn a_pool_that_cannot_be_asked_says_why_and_what_to_do() {
    let browser = of_an_admin().await;
    browser.portal.core.pool.gone.store(true, Ordering::SeqCst);
    let page = browser.get(PAGE).await;
    assert!(page.text.contains("does not exist (any more)"));
    assert!(page.text.contains("Correct user_pool."));
}

#[tokio::test]
async fn nobody_with_such_an_address_is_told_from_an_empty_pool() {
    let page = of_an_admin().await.get(&format!("{PAGE}?email=zz")).await;
    assert!(page.text.contains("Nobody has such an address"));
}

#[tokio::test]
async fn to_others_there_is_no_such_page_and_no_such_action() {
    let mut browser = portal().await.developer();
    for page in [PAGE, GRACE] {
        let page = browser.get(page).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
        assert!(page.text.contains("There is no page at this address."));
    }
    let form = "provider=corp&username=grace&change=disable";
    let refused = browser.post("/rpc/change-pool-user", form).await;
    browser.cookies = refused.cookies();
    assert_eq!(
        browser.get(refused.location()).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn a_person_can_be_put_into_groups_and_taken_out() {
    let page = of_an_admin().await.get(GRACE).await;
    assert!(page.text.contains("Take out of a"));
    assert!(page.text.contains("Put into c"));
    let form = "provider=corp&username=grace&change=join_group&group=admins";
    let done = of_an_admin()
        .await
        .post("/rpc/change-pool-user", form)
        .await;
    assert_eq!(done.location(), GRACE);
}

#[tokio::test]
async fn a_refusal_stands_on_the_page_of_the_person() {
    let mut browser = of_an_admin().await;
    let form = "provider=corp&username=grace&change=reset_password";
    let refused = browser.post("/rpc/change-pool-user", form).await;
    assert_eq!(refused.location(), GRACE);
    browser.cookies = refused.cookies();
    let page = browser.get(GRACE).await;
    assert!(page.text.contains("AdminResetUserPassword"));
}

#[tokio::test]
async fn an_invitation_leads_to_the_person_or_says_what_is_wrong_at_its_field() {
    let mut browser = of_an_admin().await;
    let invite = |email: &str| format!("provider=corp&input%5Bemail%5D={email}&input%5Bname%5D=");
    let done = browser
        .post("/rpc/invite-pool-user", &invite("new%40corp.example.com"))
        .await;
    assert_eq!(
        done.location(),
        "/admin/identity-provider/corp/new%20person"
    );
    let refused = browser
        .post("/rpc/invite-pool-user", &invite("grace%40example.com"))
        .await;
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await;
    assert!(page.text.contains("has this address already"));
}
