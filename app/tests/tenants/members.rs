//! Members and invitations.

use crate::support::{self, TestPortal};

async fn portal() -> TestPortal {
    TestPortal::start().await.with_an_invitation().await
}

#[tokio::test]
async fn everybody_sees_who_is_in_it_and_why_and_only_its_admins_change_that() {
    let offers = [
        "/rpc/set-member\"",
        "/rpc/remove-member\"",
        "/rpc/invite-member\"",
    ];
    let portal = portal().await;
    for (browser, may) in [
        (portal.viewer(), false),
        (portal.developer(), false),
        (portal.tenant_admin(), true),
        (portal.admin(), true),
    ] {
        let page = browser.get("/tenants/vision").await.text;
        assert!(page.contains("Grace Okafor") && page.contains("groups has vision-dev"));
        for offer in offers {
            assert_eq!(page.contains(offer), may, "{offer}");
        }
    }
}

#[tokio::test]
async fn a_role_that_a_claim_gives_can_be_raised_but_not_removed_here() {
    let portal = portal().await;
    let grace = portal.grace;
    let tenant = format!("tenant={}&slug=vision", portal.tenant);
    let browser = portal.tenant_admin();
    let page = browser.get("/tenants/vision").await.text;
    assert!(!support::is_off(&page, "Remove Ada Keller"));
    assert!(support::is_off(&page, "Remove Grace Okafor"));
    assert!(page.contains("can only be taken away there"));
    let mut browser = browser;
    let form = format!("{tenant}&user={grace}&role=admin");
    let page = browser.submit("/rpc/set-member", &form).await.text;
    assert!(!page.contains("groups has vision-dev"));
    let form = format!("{tenant}&user={grace}");
    let page = browser.submit("/rpc/remove-member", &form).await.text;
    assert!(
        page.contains("groups has vision-dev"),
        "the role from the claim stays"
    );
}

#[tokio::test]
async fn an_invitation_is_listed_until_it_is_withdrawn_and_others_do_not_see_it() {
    let portal = portal().await;
    let tenant = format!("tenant={}&slug=vision", portal.tenant);
    let mut browser = portal.tenant_admin();
    let form = "slug=vision&input[email]=eve%40example.com&input[role]=developer";
    let page = browser.submit("/rpc/invite-member", form).await.text;
    assert!(page.contains("eve@example.com") && page.contains("new@example.com"));
    let mut page = String::new();
    for invitation in portal.invitations().await {
        assert!(!page.contains("No open invitations"));
        let form = format!("{tenant}&id={invitation}");
        page = browser.submit("/rpc/withdraw-invitation", &form).await.text;
    }
    assert!(page.contains("No open invitations"));
    let seen = portal.developer();
    let seen = seen.get("/tenants/vision/invitations").await.text;
    assert!(seen.contains("Invitations are for admins of the tenant"));
    assert!(!seen.contains("new@example.com"));
}

#[tokio::test]
async fn a_bad_address_comes_back_beside_its_field_as_it_was_typed() {
    let mut browser = portal().await.tenant_admin();
    let form = "slug=vision&input[email]=eve&input[role]=viewer";
    let page = browser.submit("/rpc/invite-member", form).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    assert!(page.contains("value=\"eve\""));
    assert!(page.contains("value=\"viewer\" selected"));
}

#[tokio::test]
async fn who_may_not_is_refused_also_without_the_page() {
    let portal = portal().await;
    let ada = portal.ada;
    let tenant = format!("tenant={}&slug=vision", portal.tenant);
    let mut browser = portal.developer();
    let form = format!("{tenant}&user={ada}&role=admin");
    let page = browser.submit("/rpc/set-member", &form).await.text;
    assert!(page.contains("You may not manage the members of this tenant."));
}
