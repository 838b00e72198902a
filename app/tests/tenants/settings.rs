//! A tenant's name and its end.

use crate::support::TestPortal;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_clusters().await
}

const PAGE: &str = "/tenants/vision/settings";

#[tokio::test]
async fn only_platform_admins_rename_and_archive() {
    let portal = portal().await;
    for (browser, may) in [
        (portal.viewer(), false),
        (portal.tenant_admin(), false),
        (portal.admin(), true),
    ] {
        let page = browser.get(PAGE).await.text;
        assert_eq!(page.contains("/rpc/rename-tenant\""), may);
        assert_eq!(page.contains("/rpc/archive-tenant\""), may);
        assert_eq!(page.contains("You may look, but not change anything"), !may);
    }
}

#[tokio::test]
async fn whoever_is_second_sees_what_it_is_now_and_keeps_what_they_typed() {
    let portal = portal().await;
    let tenant = format!("id={}&slug=vision", portal.tenant);
    let mut browser = portal.admin();
    let (version, _) = portal.versions().await;
    let maya = portal.maya();
    let tenants = &portal.core.tenants;
    let renamed = tenants.rename(&maya, portal.tenant, "Eyes", version);
    renamed.await.unwrap();
    let form = format!("{tenant}&name=Sight+team&version={version}");
    let page = browser.submit("/rpc/rename-tenant", &form).await.text;
    assert!(page.contains("Maya Lindt") && page.contains("“Eyes”"));
    assert!(page.contains("value=\"Sight team\""));
    let (version, _) = portal.versions().await;
    let form = format!("{tenant}&name=Sight+team&version={version}");
    let page = browser.submit("/rpc/rename-tenant", &form).await.text;
    assert!(page.contains("Sight team · Hangar</title>"));
}

#[tokio::test]
async fn archiving_lists_what_is_in_the_way_and_takes_the_short_name() {
    let portal = portal().await;
    let tenant = format!("id={}&slug=vision", portal.tenant);
    let mut browser = portal.admin();
    let page = browser.get(PAGE).await.text;
    assert!(page.contains("checkout-preview") && page.contains(", a cluster in dev"));
    let wrong = format!("{tenant}&confirmation=Vision");
    let page = browser.submit("/rpc/archive-tenant", &wrong).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    let portal = TestPortal::start().await;
    let browser = portal.admin();
    let right = format!("id={}&slug=vision&confirmation=vision", portal.tenant);
    let archived = browser.post("/rpc/archive-tenant", &right).await;
    assert_eq!(archived.location(), "/admin/tenants");
}
