//! A tenant's name and its end.

use crate::support::people::VERSION;
use crate::support::{self, Browser};

const PAGE: &str = "/tenants/vision/settings";
const TENANT: &str = "id=00000000-0000-0000-0000-00000000000a&slug=vision";

#[tokio::test]
async fn only_platform_admins_rename_and_archive() {
    for (caller, may) in [
        (support::viewer(), false),
        (support::tenant_admin(), false),
        (support::admin(), true),
    ] {
        let page = Browser::of(caller).get(PAGE).await.text;
        assert_eq!(page.contains("/rpc/rename-tenant\""), may);
        assert_eq!(page.contains("/rpc/archive-tenant\""), may);
        assert_eq!(page.contains("You may look, but not change anything"), !may);
    }
}

#[tokio::test]
async fn whoever_is_second_sees_what_it_is_now_and_keeps_what_they_typed() {
    let mut browser = Browser::of(support::admin());
    let form = format!("{TENANT}&name=Sight+team&version=1");
    let page = browser.submit("/rpc/rename-tenant", &form).await.text;
    assert!(page.contains("Maya Lindt changed this 12 seconds before you."));
    assert!(page.contains("It is “Vision team” now."));
    assert!(page.contains("value=\"Sight team\""));
    let form = format!("{TENANT}&name=Sight+team&version={VERSION}");
    let page = browser.submit("/rpc/rename-tenant", &form).await.text;
    assert!(page.contains("Sight team · Hangar</title>"));
}

#[tokio::test]
async fn archiving_lists_what_is_in_the_way_and_takes_the_short_name() {
    let mut browser = Browser::of(support::admin());
    let page = browser.get(PAGE).await.text;
    assert!(page.contains("checkout-preview") && page.contains(", a cluster in dev"));
    let wrong = format!("{TENANT}&confirmation=Vision");
    let page = browser.submit("/rpc/archive-tenant", &wrong).await.text;
    assert!(page.contains("That is not its short name."));
    let right = format!("{TENANT}&confirmation=vision");
    let archived = browser.post("/rpc/archive-tenant", &right).await;
    assert_eq!(archived.location(), "/admin/tenants");
}
