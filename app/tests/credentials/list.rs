//! The credentials of a tenant.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_credentials().await
}

const PAGE: &str = "/tenants/vision/credentials";

#[tokio::test]
async fn each_has_its_fingerprint_and_its_state() {
    let portal = portal().await;
    let training = portal.credential("training").await;
    let page = portal.tenant_admin().get(PAGE).await.text;
    for expected in [
        &format!("href=\"{PAGE}/{}\"", training.id),
        &training.fingerprint,
        "Accepted",
        "Not checked",
        "Default",
        "Lambda",
        "all environments",
        &format!("href=\"{PAGE}/new\""),
    ] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn without_permission_the_list_says_so_and_has_no_names() {
    let portal = portal().await;
    let (spare, training) = (
        portal.credential("spare").await.id,
        portal.credential("training").await,
    );
    for browser in [portal.viewer(), portal.developer()] {
        let page = browser.get(PAGE).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains("data-empty=\"no-permission\""));
        assert!(!page.text.contains(&training.fingerprint) && !page.text.contains("training"));
        let form = browser.get(&format!("{PAGE}/new?provider=aws")).await;
        assert_eq!(form.status, StatusCode::FORBIDDEN);
        let one = browser.get(&format!("{PAGE}/{spare}")).await;
        assert_eq!(one.status, StatusCode::FORBIDDEN);
        assert!(!one.text.contains(&training.fingerprint));
    }
}
