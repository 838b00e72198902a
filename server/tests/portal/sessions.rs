//! Sessions and tokens: whose they are, and when they end.

use crate::fixture::{ADMIN, Browser, DEVELOPER, TestPortal, order, ordered};
use persistence::records::{ClaimedRoles, SignedIn};
use reqwest::Method;
use serde_json::json;
use tower_sessions::{SessionStore as _, session::Id};

#[tokio::test]
async fn the_session_id_changes_at_sign_in() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let before = browser.stolen();
    let old = browser.cookie("hangar").unwrap();
    browser.sign_in_as(DEVELOPER).await;
    assert_ne!(browser.cookie("hangar").unwrap(), old);
    assert!(browser.is_signed_in().await);
    assert!(!before.is_signed_in().await, "the old id is worth nothing");
    portal.stop().await;
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_for_scripts_and_other_sites() {
    let portal = TestPortal::start().await;
    let answer = portal.browser().sign_in_as(DEVELOPER).await;
    let cookie = answer.header("set-cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
    portal.stop().await;
}

#[tokio::test]
async fn suspension_ends_sessions_and_tokens_at_once() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let program = portal.program_of(DEVELOPER).await;
    assert!(browser.is_signed_in().await && program.is_signed_in().await);
    portal.suspend(portal.person(DEVELOPER).await.id).await;
    assert!(!browser.is_signed_in().await);
    assert!(!program.is_signed_in().await);
    let answer = portal.browser().sign_in_as(DEVELOPER).await;
    assert!(answer.location().starts_with("/sign-in?error=suspended"));
    portal.stop().await;
}

#[tokio::test]
async fn a_token_stays_revoked_after_its_user_is_restored() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let admin = portal.program_of(ADMIN).await;
    let id = portal.person(DEVELOPER).await.id;
    let typed = json!({ "confirmation": DEVELOPER });
    let suspend = format!("/api/v1/users/{id}/suspend");
    let suspended = admin.json(Method::POST, &suspend, &typed).await;
    assert_eq!(suspended.status, 200, "{}", suspended.body);
    let restore = format!("/api/v1/users/{id}/restore");
    let restored = admin.send(admin.request(Method::POST, &restore)).await;
    assert_eq!(restored.status, 200, "{}", restored.body);
    assert!(!program.is_signed_in().await);
    assert!(portal.browser_of(DEVELOPER).await.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn an_admin_ends_sessions_or_tokens_with_their_streams_over_rest() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let delete = async |path: String| {
        let answer = admin.send(admin.request(Method::DELETE, &path)).await;
        assert_eq!(answer.status, 204, "{path}");
    };
    let (browser, program) = (
        portal.browser_of(DEVELOPER).await,
        portal.program_of(DEVELOPER).await,
    );
    let id = portal.person(DEVELOPER).await.id;
    let mut stream = program.events("/events/clusters").await;
    stream.next().await.unwrap();
    delete(format!("/api/v1/users/{id}/sessions")).await;
    assert!(!browser.is_signed_in().await && program.is_signed_in().await);
    let tokens = admin.get(&format!("/api/v1/users/{id}/tokens")).await;
    let tokens = tokens.body_json();
    let mut shown: Vec<&str> = tokens[0]
        .as_object()
        .unwrap()
        .keys()
        .map(|key| &**key)
        .collect();
    shown.sort_unstable();
    let fields = [
        "created_at",
        "expires_at",
        "id",
        "last_used_at",
        "name",
        "prefix",
        "scopes",
        "tenant",
    ];
    assert_eq!(shown, fields);
    let token = tokens[0]["id"].as_str().unwrap();
    delete(format!("/api/v1/users/{id}/tokens/{token}")).await;
    assert!(!program.is_signed_in().await);
    stream.assert_ends().await;

    let (browser, program) = (
        portal.browser_of(DEVELOPER).await,
        portal.program_of(DEVELOPER).await,
    );
    let mut stream = program.events("/events/clusters").await;
    stream.next().await.unwrap();
    delete(format!("/api/v1/users/{id}/sessions?tokens=true")).await;
    assert!(!browser.is_signed_in().await && !program.is_signed_in().await);
    stream.assert_ends().await;
    portal.stop().await;
}

#[tokio::test]
async fn signing_out_everywhere_ends_every_session() {
    let portal = TestPortal::start().await;
    let (one, two) = (
        portal.browser_of(DEVELOPER).await,
        portal.browser_of(DEVELOPER).await,
    );
    let id = portal.person(DEVELOPER).await.id;
    portal.sign_out_everywhere(id).await;
    assert!(!one.is_signed_in().await && !two.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_of_the_form_is_said_in_words() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let id = portal.person(DEVELOPER).await.id;
    portal.sign_out_everywhere(id).await;
    let answer = browser
        .json(Method::POST, "/api/v1/clusters", &order("too-late"))
        .await;
    answer.assert_problem(401, "unauthenticated");
    assert!(answer.header("www-authenticate").starts_with("Bearer"));
    let page = browser.page("/clusters/new").await;
    assert_eq!(page.status, 303);
    assert!(
        page.location().starts_with("/sign-in?") && page.location().contains("clusters%2Fnew"),
        "{}",
        page.location()
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_token_that_was_made_up_or_revoked_opens_nothing() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let made_up = Browser::with_token(portal.origin(), "hgr_made-up");
    made_up
        .get("/api/v1/me")
        .await
        .assert_problem(401, "unauthenticated");
    let user = portal.person(DEVELOPER).await;
    let caller = portal
        .portal
        .session_caller(user.id, None)
        .await
        .unwrap()
        .unwrap();
    let tokens = portal.portal.core.account.tokens(&caller).await.unwrap();
    let revoked = portal
        .portal
        .core
        .account
        .revoke_token(&caller, tokens[0].id)
        .await;
    revoked.unwrap();
    assert!(!program.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn a_bad_token_is_not_made_good_by_a_session() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    for authorization in ["Bearer hgr_made-up", "Bearer", "Basic Z3JhY2U6eA==", "x"] {
        let request = browser.request(Method::GET, "/api/v1/me");
        let answer = browser
            .send(request.header("authorization", authorization))
            .await;
        answer.assert_problem(401, "unauthenticated");
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_session_ends_half_a_day_after_signing_in_however_much_it_is_used() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let id: Id = browser.cookie("hangar").unwrap().parse().unwrap();
    let sessions = &portal.portal.sessions;
    let mut record = sessions.load(&id).await.unwrap().unwrap();
    for (hours, signed_in) in [(11, true), (13, false)] {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(hours);
        record.data.get_mut("signed_in").unwrap()["at"] = at.to_string().into();
        sessions.save(&record).await.unwrap();
        assert_eq!(
            browser.is_signed_in().await,
            signed_in,
            "after {hours} hours"
        );
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_role_that_is_lost_is_lost_at_once() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let cluster = ordered(&browser, "once-mine").await;
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    assert_eq!(browser.get(&address).await.status, 200);
    let person = portal.person(DEVELOPER).await;
    let without_groups = SignedIn {
        issuer: person.issuer,
        subject: person.subject,
        email: person.email,
        email_verified: true,
        name: person.name,
        claimed: ClaimedRoles::default(),
        source: None,
    };
    let now = jiff::Timestamp::now();
    let stored = portal.database().users().sign_in(without_groups, now).await;
    stored.unwrap();
    browser.get(&address).await.assert_problem(404, "not-found");
    portal.stop().await;
}

#[tokio::test]
async fn identity_headers_are_ignored() {
    let portal = TestPortal::start().await;
    portal.browser_of(ADMIN).await;
    let admin = portal.person(ADMIN).await;
    let stranger = portal.browser();
    for name in [
        "X-Auth-Request-Email",
        "X-Auth-Request-User",
        "X-Forwarded-User",
        "X-Forwarded-Email",
        "X-Remote-User",
        "Remote-User",
        "X_Forwarded_User",
        "X_Auth_Request_Email",
        "Impersonate-User",
    ] {
        for value in [admin.email.clone(), admin.id.to_string()] {
            let request = stranger
                .request(Method::GET, "/api/v1/me")
                .header(name, value);
            stranger
                .send(request)
                .await
                .assert_problem(401, "unauthenticated");
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn wrong_tokens_of_an_address_are_limited_and_right_ones_keep_working() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    let mut statuses = Vec::new();
    for number in 0..100 {
        let wrong = Browser::with_token(portal.origin(), &format!("hgr_wrong-{number}"));
        statuses.push(wrong.get("/api/v1/me").await.status);
    }
    let limited = statuses.iter().position(|status| *status == 429);
    let limited = limited.expect("wrong tokens are limited");
    assert!(statuses[..limited].iter().all(|status| *status == 401));
    assert!(statuses[limited..].iter().all(|status| *status == 429));
    let wrong = Browser::with_token(portal.origin(), "hgr_wrong");
    let answer = wrong.get("/api/v1/me").await;
    answer.assert_problem(429, "too-many-requests");
    assert_eq!(answer.body_json()["code"], "too_many_invalid_tokens");
    assert_eq!(answer.header("retry-after"), "60");
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    assert_eq!(portal.browser().get("/sign-in").await.status, 200);
    portal.stop().await;
}
