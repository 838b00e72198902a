//! One person.

use crate::support::{self, TestPortal, UNKNOWN};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_sessions().await
}

#[tokio::test]
async fn every_role_says_why_and_what_ends_with_a_suspension_is_listed() {
    let portal = portal().await;
    let grace = portal.grace;
    let page = portal.admin().get(&format!("/admin/users/{grace}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for says in [
        "Grace Okafor",
        "grace-at-the-provider",
        "verified by the provider",
        "href=\"/tenants/vision\"",
        "from a claim: ",
        "groups has vision-dev",
        "2 sessions",
        "1 API token",
        "Make platform admin",
        &format!("href=\"/admin/audit?user={grace}\""),
    ] {
        assert!(page.text.contains(says), "{says} is missing");
    }
}

#[tokio::test]
async fn the_last_admin_keeps_role_and_access_and_the_buttons_say_why() {
    let portal = portal().await;
    let (paula, grace) = (portal.paula, portal.grace);
    let page = portal
        .admin()
        .get(&format!("/admin/users/{paula}"))
        .await
        .text;
    let whys = page
        .matches("is the only admin who is not suspended")
        .count();
    assert_eq!(whys, 2, "beside the role and beside the suspension");
    assert!(!page.contains("Make platform admin"));
    for button in ["Take the admin role away", "Suspend now"] {
        assert!(support::is_off(&page, button), "{button}");
    }
    let other = portal
        .admin()
        .get(&format!("/admin/users/{grace}"))
        .await
        .text;
    for button in ["Make platform admin", "Suspend now"] {
        assert!(!support::is_off(&other, button), "{button}");
    }
}

#[tokio::test]
async fn a_role_is_granted_and_a_stale_page_is_told_who_was_faster() {
    let portal = portal().await;
    let grace = portal.grace;
    let mut browser = portal.admin();
    let (users, maya) = (&portal.core.users, portal.maya());
    let version = users.get(&maya, grace).await.unwrap().version;
    users.suspend(&maya, grace).await.unwrap();
    users.restore(&maya, grace).await.unwrap();
    let stale = format!("id={grace}&role=admin&version={version}");
    let page = browser.submit("/rpc/set-platform-role", &stale).await.text;
    assert!(page.contains("Maya Lindt"));
    let version = users.get(&maya, grace).await.unwrap().version;
    let seen = format!("id={grace}&role=admin&version={version}");
    let page = browser.submit("/rpc/set-platform-role", &seen).await.text;
    assert!(page.contains("granted by Paula Stein"));
    assert!(page.contains("Take the admin role away"));
}

#[tokio::test]
async fn suspending_and_restoring_lead_back_to_the_person() {
    let portal = portal().await;
    let (paula, grace) = (portal.paula, portal.grace);
    let mut browser = portal.admin();
    let form = format!("id={grace}");
    let page = browser.submit("/rpc/suspend-person", &form).await.text;
    assert!(page.contains("/rpc/restore-person\"") && !page.contains("/rpc/suspend-person\""));
    assert!(page.contains("They are signed in nowhere."));
    let page = browser.submit("/rpc/restore-person", &form).await.text;
    assert!(page.contains("/rpc/suspend-person\""));
    let refused = browser
        .submit("/rpc/suspend-person", &format!("id={paula}"))
        .await;
    assert!(refused.text.contains("role=\"alert\""));
}

#[tokio::test]
async fn signing_out_everywhere_leaves_nobody_signed_in() {
    let portal = portal().await;
    let grace = portal.grace;
    let mut browser = portal.admin();
    let form = format!("id={grace}");
    let page = browser.submit("/rpc/sign-out-person", &form).await.text;
    assert!(page.contains("They are signed in nowhere."));
    assert!(page.contains("1 API token"), "tokens stay");
}

#[tokio::test]
async fn nobody_and_somebody_one_may_not_see_look_the_same() {
    let portal = portal().await;
    let linus = portal.linus;
    for browser in [portal.admin(), portal.developer()] {
        for id in ["not-an-id", &UNKNOWN.to_string()] {
            let answer = browser.get(&format!("/admin/users/{id}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
    }
    let developer = portal.developer();
    let answer = developer.get(&format!("/admin/users/{linus}")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!answer.text.contains("Linus"));
    let mut developer = developer;
    let form = format!("id={linus}");
    let answer = developer.submit("/rpc/restore-person", &form).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
