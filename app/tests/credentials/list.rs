//! The credentials of a tenant.

use axum::http::StatusCode;

use crate::support::credentials::{ACCEPTED, UNCHECKED};
use crate::support::{self, Browser};

const PAGE: &str = "/tenants/vision/credentials";

#[tokio::test]
async fn each_is_told_by_its_fingerprint_and_how_it_is_doing() {
    let page = Browser::of(support::tenant_admin()).get(PAGE).await.text;
    for says in [
        &format!("href=\"{PAGE}/{ACCEPTED}\""),
        "9f2c41d07be3",
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
    for caller in [support::viewer(), support::developer()] {
        let browser = Browser::of(caller);
        let page = browser.get(PAGE).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.text
                .contains("Credentials are for admins of the tenant")
        );
        assert!(!page.text.contains("9f2c41d07be3"));
        let form = browser.get(&format!("{PAGE}/new?provider=aws")).await;
        assert_eq!(form.status, StatusCode::FORBIDDEN);
        let one = browser.get(&format!("{PAGE}/{UNCHECKED}")).await;
        assert_eq!(one.status, StatusCode::FORBIDDEN);
        assert!(!one.text.contains("9f2c41d07be3"));
    }
}
