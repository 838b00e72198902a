//! Members and invitations.

use crate::support::people::GRACE;
use crate::support::tenancy::INVITATION;
use crate::support::{self, ADA, Browser};

const TENANT: &str = "tenant=00000000-0000-0000-0000-00000000000a&slug=vision";

#[tokio::test]
async fn everybody_sees_who_is_in_it_and_why_and_only_its_admins_change_that() {
    let offers = [
        "/rpc/set-member\"",
        "/rpc/remove-member\"",
        "/rpc/invite-member\"",
    ];
    for (caller, may) in [
        (support::viewer(), false),
        (support::developer(), false),
        (support::tenant_admin(), true),
        (support::admin(), true),
    ] {
        let page = Browser::of(caller).get("/tenants/vision").await.text;
        assert!(page.contains("Grace Okafor") && page.contains("groups has vision-dev"));
        for offer in offers {
            assert_eq!(page.contains(offer), may, "{offer}");
        }
    }
}

#[tokio::test]
async fn a_role_that_a_claim_gives_can_be_raised_but_not_removed_here() {
    let browser = Browser::of(support::tenant_admin());
    let page = browser.get("/tenants/vision").await.text;
    assert!(!support::is_off(&page, "Remove Ada Keller"));
    assert!(support::is_off(&page, "Remove Grace Okafor"));
    assert!(page.contains("can only be taken away there"));
    let mut browser = browser;
    let form = format!("{TENANT}&user={GRACE}&role=admin");
    let page = browser.submit("/rpc/set-member", &form).await.text;
    assert!(!page.contains("groups has vision-dev"));
    let form = format!("{TENANT}&user={GRACE}");
    let page = browser.submit("/rpc/remove-member", &form).await.text;
    assert!(!page.contains("Grace Okafor"));
}

#[tokio::test]
async fn an_invitation_is_listed_until_it_is_withdrawn_and_others_do_not_see_it() {
    let mut browser = Browser::of(support::tenant_admin());
    let form = "slug=vision&input[email]=eve%40example.com&input[role]=developer";
    let page = browser.submit("/rpc/invite-member", form).await.text;
    assert!(page.contains("eve@example.com") && page.contains("new@example.com"));
    let form = format!("{TENANT}&id={INVITATION}");
    let page = browser.submit("/rpc/withdraw-invitation", &form).await.text;
    assert!(page.contains("No open invitations"));
    let seen = Browser::of_a_developer();
    let seen = seen.get("/tenants/vision/invitations").await.text;
    assert!(seen.contains("Invitations are for admins of the tenant"));
    assert!(!seen.contains("new@example.com"));
}

#[tokio::test]
async fn a_bad_address_comes_back_beside_its_field_as_it_was_typed() {
    let mut browser = Browser::of(support::tenant_admin());
    let form = "slug=vision&input[email]=eve&input[role]=viewer";
    let page = browser.submit("/rpc/invite-member", form).await.text;
    assert!(page.contains("This is no e-mail address."));
    assert!(page.contains("value=\"eve\""));
    assert!(page.contains("value=\"viewer\" selected"));
}

#[tokio::test]
async fn who_may_not_is_refused_also_without_the_page() {
    let mut browser = Browser::of_a_developer();
    let form = format!("{TENANT}&user={ADA}&role=admin");
    let page = browser.submit("/rpc/set-member", &form).await.text;
    assert!(page.contains("You may not manage the members of this tenant."));
}
