//! Members and invitations.

use crate::support::{self, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_an_invitation().await
}

const PAGE: &str = "/tenants/vision";

fn form_of(portal: &TestPortal, fields: &str) -> String {
    format!("_page={PAGE}&tenant={}&{fields}", portal.tenant)
}

#[tokio::test]
async fn every_member_sees_members_and_sources_of_roles_and_only_admins_change_them() {
    let changes = [
        "\"/rpc/set-member\"",
        "\"/rpc/remove-member\"",
        "\"/rpc/invite-member\"",
    ];
    let portal = portal().await;
    for (browser, may) in [
        (portal.viewer(), false),
        (portal.developer(), false),
        (portal.tenant_admin(), true),
        (portal.admin(), true),
    ] {
        let page = browser.get(PAGE).await.text;
        assert!(page.contains("Grace Okafor") && page.contains("groups has vision-dev"));
        for change in changes {
            assert_eq!(page.contains(change), may, "{change}");
        }
    }
}

#[tokio::test]
async fn a_role_from_a_claim_can_be_raised_but_not_removed_here() {
    let portal = portal().await;
    let grace = portal.grace;
    let browser = portal.tenant_admin();
    let page = browser.get(PAGE).await.text;
    assert!(!support::is_off(&page, "Remove Ada Keller"));
    assert!(support::is_off(&page, "Remove Grace Okafor"));
    let form = form_of(&portal, &format!("_key={grace}&user={grace}&role=admin"));
    let changed = browser.post("/rpc/set-member", &form).await;
    assert_eq!(changed.location(), PAGE);
    let page = browser.get(PAGE).await.text;
    assert!(!page.contains("groups has vision-dev"));
    let form = form_of(&portal, &format!("_key={grace}&user={grace}"));
    let page = browser.submit("/rpc/remove-member", &form).await.text;
    assert!(
        page.contains("groups has vision-dev"),
        "the role from the claim stays"
    );
}

#[tokio::test]
async fn an_invitation_is_listed_until_it_is_cancelled_and_only_for_admins() {
    let portal = portal().await;
    let invitations = format!("{PAGE}/invitations");
    let browser = portal.tenant_admin();
    let form = format!("_page={PAGE}&tenant=vision&email=eve%40example.com&role=developer");
    let page = browser.submit("/rpc/invite-member", &form).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("data-testid=\"invite-outcome\" data-state=\"invited\"")
    );
    assert!(
        !page.text.contains("value=\"eve@example.com\""),
        "the form is empty again"
    );
    let page = browser.get(&invitations).await.text;
    assert!(page.contains("eve@example.com") && page.contains("new@example.com"));
    let seen = portal.developer().get(&invitations).await.text;
    assert!(seen.contains("data-empty=\"no-permission\""));
    assert!(!seen.contains("new@example.com"));
    let mut page = page;
    for invitation in portal.invitations().await {
        assert!(!page.contains("data-empty="));
        let tenant = portal.tenant;
        let form = format!("_page={invitations}&_key={invitation}&tenant={tenant}&id={invitation}");
        page = browser.submit("/rpc/cancel-invitation", &form).await.text;
    }
    assert!(page.contains("data-empty=\"nothing-yet\""));
}

#[tokio::test]
async fn an_invalid_address_comes_back_as_typed_with_a_message_beside_its_field() {
    let browser = portal().await.tenant_admin();
    let form = format!("_page={PAGE}&tenant=vision&email=eve&role=viewer");
    let page = browser.submit("/rpc/invite-member", &form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("aria-invalid=\"true\""));
    assert!(page.text.contains("value=\"eve\""));
    assert!(page.text.contains("value=\"viewer\" selected"));
    assert!(!page.text.contains("invite-outcome"));
}

#[tokio::test]
async fn a_change_without_permission_is_refused_although_the_page_has_no_form() {
    let portal = portal().await;
    let ada = portal.ada;
    let form = form_of(&portal, &format!("_key={ada}&user={ada}&role=admin"));
    let page = portal.developer().submit("/rpc/set-member", &form).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("data-problem=\"forbidden\""));
}

#[tokio::test]
async fn an_invitation_tells_who_was_added_and_asks_if_several_users_have_the_address() {
    let portal = portal().await;
    let browser = portal.tenant_admin();
    let form = format!("_page={PAGE}&tenant=vision&email=linus%40example.com&role=developer");
    let page = browser.submit("/rpc/invite-member", &form).await;
    assert!(page.text.contains("data-state=\"added\""));
    assert!(page.text.contains("Linus"));
    assert!(!page.text.contains("value=\"linus@example.com\""));

    let other = portal
        .core
        .sign_in("paula-at-home", "paula@example.com")
        .await;
    let form = format!("_page={PAGE}&tenant=vision&email=paula%40example.com&role=admin");
    for unchosen in ["", "&user_id="] {
        let page = browser
            .submit("/rpc/invite-member", &format!("{form}{unchosen}"))
            .await;
        assert_eq!(page.status, StatusCode::OK);
        for expected in [
            "data-state=\"ambiguous\"",
            "value=\"paula@example.com\"",
            "value=\"admin\" selected",
            &format!("value=\"{other}\""),
            &format!("value=\"{}\"", portal.paula),
        ] {
            assert!(page.text.contains(expected), "{expected}");
        }
    }
    let chosen = format!("{form}&user_id={other}");
    let page = browser.submit("/rpc/invite-member", &chosen).await;
    assert!(page.text.contains("data-state=\"added\""));
    let members = browser.get(PAGE).await.text;
    assert!(members.contains("paula-at-home"));
    let odd = format!("{form}&user_id=nobody");
    let page = browser.submit("/rpc/invite-member", &odd).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}
