//! The credentials of a tenant.

use crate::support::TestPortal;
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_credentials().await
}

const PAGE: &str = "/tenants/vision/credentials";

#[tokio::test]
async fn each_is_told_by_its_fingerprint_and_how_it_is_doing() {
    let portal = portal().await;
    let training = portal.credential("training").await;
    let page = portal.tenant_admin().get(PAGE).await.text;
    for says in [
        &format!("href=\"{PAGE}/{}\"", training.id),
        &training.fingerprint,
        "Accepted",
        "Not checked",
        "Default",
        "Lambda",
        "all environments",
        &format!("href=\"{PAGE}/new\""),
    ] {
        assert!(page.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn who_may_not_see_them_is_told_so_and_gets_no_names() {
    let portal = portal().await;
    let (spare, training) = (
        portal.credential("spare").await.id,
        portal.credential("training").await,
    );
    for browser in [portal.viewer(), portal.developer()] {
        let page = browser.get(PAGE).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text
                .contains("Credentials are for admins of the tenant")
        );
        assert!(!page.text.contains(&training.fingerprint));
        let form = browser.get(&format!("{PAGE}/new?provider=aws")).await;
        assert_eq!(form.status, StatusCode::FORBIDDEN);
        let one = browser.get(&format!("{PAGE}/{spare}")).await;
        assert_eq!(one.status, StatusCode::FORBIDDEN);
        assert!(!one.text.contains(&training.fingerprint));
    }
}
