//! One user.

use crate::support::{self, TestPortal, UNKNOWN};
use axum::http::StatusCode;
use domain::ids::UserId;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_sessions().await
}

fn page_of(id: UserId) -> String {
    format!("/admin/users/{id}")
}

fn form_of(id: UserId, fields: &str) -> String {
    format!("_page={}&id={id}&{fields}", page_of(id))
}

/// What stands in the element with this id.
fn text_of<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, element) = page.split_once(&format!("id=\"{id}\"")).unwrap();
    let (_, text) = element.split_once('>').unwrap();
    let (text, _) = text.split_once('<').unwrap();
    text.trim()
}

#[tokio::test]
async fn every_role_has_its_source_and_what_a_suspension_revokes_is_listed() {
    let portal = portal().await;
    let grace = portal.grace;
    let page = portal.admin().get(&page_of(grace)).await;
    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "Grace Okafor",
        "grace-at-the-provider",
        "verified by the provider",
        "href=\"/tenants/vision\"",
        "groups has vision-dev",
        "2 sessions",
        "1 API token",
        "Make platform admin",
        &format!("href=\"/admin/audit?user={grace}\""),
    ] {
        assert!(page.text.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn the_last_admin_keeps_role_and_access_and_both_forms_say_why() {
    let portal = portal().await;
    let browser = portal.admin();
    let last = browser.get(&page_of(portal.paula)).await.text;
    let other = browser.get(&page_of(portal.grace)).await.text;
    assert!(support::is_off(&last, "Revoke admin role"));
    assert!(support::is_off(&last, "Suspend user"));
    assert!(!support::is_off(&other, "Make platform admin"));
    assert!(!support::is_off(&other, "Suspend user"));
    assert!(text_of(&last, "role-why").contains("only active platform admin"));
    assert!(text_of(&last, "suspend-why").contains("only active platform admin"));
    assert_eq!(text_of(&other, "suspend-why"), "");
}

#[tokio::test]
async fn a_role_is_granted_and_a_stale_form_shows_the_change_before_it() {
    let portal = portal().await;
    let grace = portal.grace;
    let browser = portal.admin();
    let (users, maya) = (&portal.core.users, portal.maya());
    let version = users.get(&maya, grace).await.unwrap().version;
    users
        .suspend(&maya, grace, "grace@example.com")
        .await
        .unwrap();
    users.restore(&maya, grace).await.unwrap();
    let stale = form_of(
        grace,
        &format!("role=admin&version={version}&confirmation=grace@example.com"),
    );
    let page = browser.submit("/rpc/set-platform-role", &stale).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.text.contains("data-problem=\"conflict\""));
    assert!(page.text.contains("Maya Lindt"));
    let version = users.get(&maya, grace).await.unwrap().version;
    assert!(
        page.text
            .contains(&format!("name=\"version\" value=\"{version}\""))
    );
    let current = form_of(
        grace,
        &format!("role=admin&version={version}&confirmation=grace@example.com"),
    );
    let page = browser.submit("/rpc/set-platform-role", &current).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("granted by Paula Stein"));
    assert!(!support::is_off(&page.text, "Revoke admin role"));
}

#[tokio::test]
async fn a_stray_click_changes_no_platform_role() {
    let portal = portal().await;
    let (grace, browser) = (portal.grace, portal.admin());
    let user = portal.core.users.get(&portal.maya(), grace).await.unwrap();
    let page = browser.get(&page_of(grace)).await.text;
    assert!(page.contains("data-confirm=\"grace@example.com\""));
    for typed in ["", "Grace Okafor", "paula@example.com"] {
        let fields = format!("role=admin&version={}&confirmation={typed}", user.version);
        let form = form_of(grace, &fields);
        let refused = browser.submit("/rpc/set-platform-role", &form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(refused.text.contains("aria-invalid=\"true\""), "{typed}");
    }
    let after = portal.core.users.get(&portal.maya(), grace).await.unwrap();
    assert_eq!(after, user);
}

#[tokio::test]
async fn suspending_and_restoring_lead_back_to_the_user() {
    let portal = portal().await;
    let (paula, grace) = (portal.paula, portal.grace);
    let browser = portal.admin();
    let confirmed = |id, email: &str| form_of(id, &format!("_key=suspend&confirmation={email}"));
    for typed in ["", "Grace Okafor", "paula@example.com"] {
        let refused = browser
            .submit("/rpc/suspend-user", &confirmed(grace, typed))
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(refused.text.contains("aria-invalid=\"true\""), "{typed}");
        assert!(refused.text.contains("id=\"confirmation-suspend\""));
    }
    let user = portal.core.users.get(&portal.maya(), grace).await.unwrap();
    assert!(!user.user.suspended);
    let suspended = browser
        .post("/rpc/suspend-user", &confirmed(grace, "grace@example.com"))
        .await;
    assert_eq!(suspended.location(), page_of(grace));
    let page = browser.get(&page_of(grace)).await.text;
    assert!(page.contains("\"/rpc/restore-user\"") && !page.contains("\"/rpc/suspend-user\""));
    assert!(support::is_off(&page, "Sign out everywhere"));
    let page = browser
        .submit("/rpc/restore-user", &form_of(grace, ""))
        .await;
    assert!(page.text.contains("\"/rpc/suspend-user\""));
    let refused = browser
        .submit("/rpc/suspend-user", &confirmed(paula, "paula@example.com"))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text.contains("data-problem=\"forbidden\""));
    assert!(refused.text.contains("\"/rpc/suspend-user\""));
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions() {
    let portal = portal().await;
    let form = form_of(portal.grace, "");
    let page = portal
        .admin()
        .submit("/rpc/sign-out-user", &form)
        .await
        .text;
    assert!(!page.contains("2 sessions"));
    assert!(page.contains("1 API token"), "tokens stay");
    assert!(!support::is_off(&page, "Sign out everywhere"));
    let form = form_of(portal.grace, "tokens=true");
    let page = portal
        .admin()
        .submit("/rpc/sign-out-user", &form)
        .await
        .text;
    assert!(!page.contains("1 API token"));
    assert!(support::is_off(&page, "Sign out everywhere"));
}

#[tokio::test]
async fn tokens_are_listed_without_their_secret_and_revoked() {
    let portal = portal().await;
    let grace = portal.grace;
    let tokens = portal.core.users.tokens(&portal.maya(), grace).await;
    let token = tokens.unwrap().remove(0);
    let row = format!("id=\"token-{}\"", token.id);
    let browser = portal.admin();
    let page = browser.get(&page_of(grace)).await.text;
    let listed = page.split("<tr").find(|part| part.contains(&row)).unwrap();
    assert!(listed.contains(&token.name) && listed.contains(&token.prefix));
    let form = format!("_page={}&user={grace}&id={}", page_of(grace), token.id);
    let refused = portal
        .developer()
        .post("/rpc/revoke-user-token", &form)
        .await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    let answer = browser.post("/rpc/revoke-user-token", &form).await;
    assert_eq!(answer.location(), page_of(grace));
    assert!(!browser.get(&page_of(grace)).await.text.contains(&row));
}

#[tokio::test]
async fn a_missing_user_and_a_hidden_one_look_the_same() {
    let portal = portal().await;
    let linus = portal.linus;
    for browser in [portal.admin(), portal.developer()] {
        for id in ["not-an-id", &UNKNOWN.to_string()] {
            let answer = browser.get(&format!("/admin/users/{id}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }
    let developer = portal.developer();
    let answer = developer.get(&page_of(linus)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.text.contains("Linus"));
    let answer = developer
        .submit("/rpc/restore-user", &form_of(linus, ""))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.text.contains("Linus"));
}
