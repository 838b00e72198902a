//! Name and archiving of a tenant.

use crate::support::{self, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_clusters().await
}

const PAGE: &str = "/tenants/vision/settings";

fn form_of(portal: &TestPortal, fields: &str) -> String {
    format!("_page={PAGE}&id={}&{fields}", portal.tenant)
}

#[tokio::test]
async fn only_platform_admins_rename_and_archive() {
    let portal = portal().await;
    for (browser, may) in [
        (portal.viewer(), false),
        (portal.tenant_admin(), false),
        (portal.admin(), true),
    ] {
        let page = browser.get(PAGE).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.text.contains("\"/rpc/rename-tenant\""), may);
        assert_eq!(page.text.contains("\"/rpc/archive-tenant\""), may);
    }
}

#[tokio::test]
async fn the_second_of_two_changes_shows_the_first_and_keeps_what_was_typed() {
    let portal = portal().await;
    let browser = portal.admin();
    let (version, _) = portal.versions().await;
    let maya = portal.maya();
    let tenants = &portal.core.tenants;
    let renamed = tenants.rename(&maya, portal.tenant, "Eyes", version);
    renamed.await.unwrap();
    let form = form_of(&portal, &format!("name=Sight+team&version={version}"));
    let page = browser.submit("/rpc/rename-tenant", &form).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("data-problem=\"conflict\""));
    assert!(page.text.contains("Maya Lindt") && page.text.contains("“Eyes”"));
    assert!(page.text.contains("value=\"Sight team\""));
    let (version, _) = portal.versions().await;
    let form = form_of(&portal, &format!("name=Sight+team&version={version}"));
    let page = browser.submit("/rpc/rename-tenant", &form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("data-state=\"saved\""));
    assert!(page.text.contains("Sight team · Hangar</title>"));
}

#[tokio::test]
async fn only_an_empty_tenant_is_archived_by_typing_its_short_name() {
    let portal = portal().await;
    let browser = portal.admin();
    let page = browser.get(PAGE).await.text;
    let (_, obstacles) = page.split_once("id=\"obstacles\"").unwrap();
    assert!(obstacles.contains("checkout-preview") && obstacles.contains(" in dev)"));
    assert!(support::is_off(&page, "Archive tenant"));
    let wrong = form_of(&portal, "confirmation=Vision");
    let page = browser.submit("/rpc/archive-tenant", &wrong).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    let empty = TestPortal::start().await;
    let right = form_of(&empty, "confirmation=vision");
    let archived = empty.admin().post("/rpc/archive-tenant", &right).await;
    assert_eq!(archived.status, StatusCode::SEE_OTHER);
    assert_eq!(archived.location(), "/admin/tenants");
}
