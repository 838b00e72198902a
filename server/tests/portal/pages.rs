//! Pages and the site's files as they leave the server.

use crate::fixture::{DEVELOPER, TestPortal};
use reqwest::Method;
use server::config::{Faults, PublicUrl};

#[tokio::test]
async fn pages_come_with_a_strict_policy_and_nothing_inline() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let one = browser.page("/clusters").await;
    assert_eq!(one.status, 200);
    let policy = one.header("content-security-policy");
    assert!(
        policy.contains("script-src 'self' 'wasm-unsafe-eval';"),
        "{policy}"
    );
    for script in one.body.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(tag.contains(" src=\"/pkg/"), "{tag}");
    }
    assert!(!one.body.contains(" style=\""), "no inline style");
    assert!(!one.body.contains(" onclick="), "no inline handler");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(one.header(name), value);
    }
    portal.stop().await;
}

#[tokio::test]
async fn files_under_hashed_names_are_kept_for_ever_and_sent_compressed() {
    let portal = TestPortal::start().await;
    let browser = portal.browser();
    let request = browser
        .request(Method::GET, "/pkg/a.js")
        .header("accept-encoding", "br");
    let script = browser.send(request).await;
    assert_eq!(
        script.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert_eq!(script.header("content-encoding"), "br");
    assert_eq!(script.body, "compressed");
    assert_eq!(script.header("content-type"), "text/javascript");
    let missing = browser.get("/pkg/gone.js").await;
    assert_eq!(missing.status, 404);
    assert!(!missing.header("cache-control").contains("immutable"));
    let icon = browser.get("/favicon.svg").await;
    assert_eq!(icon.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn a_page_that_does_not_exist_is_a_404_with_words() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let answer = browser.page("/nowhere").await;
    assert_eq!(answer.status, 404);
    assert!(
        answer.body.contains("no page at this address"),
        "{}",
        answer.body
    );
    portal.stop().await;
}

#[tokio::test]
async fn probes_are_answered() {
    let portal = TestPortal::start().await;
    let stranger = portal.browser();
    assert_eq!(stranger.get("/healthz").await.status, 200);
    assert_eq!(stranger.get("/readyz").await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn the_theme_is_kept_in_a_cookie() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let request = browser.request_of_our_page(Method::POST, "/rpc/set-theme");
    browser.send(request.form(&[("theme", "dark")])).await;
    assert_eq!(browser.cookie("theme").as_deref(), Some("dark"));
    let page = browser.page("/").await;
    assert!(page.body.contains("data-theme=\"dark\""));
    portal.stop().await;
}

#[tokio::test]
async fn under_a_public_address_cookies_are_bound_to_it_and_people_are_sent_there() {
    let portal = TestPortal::start_with(|settings| {
        let mut faults = Faults::default();
        settings.public_url = PublicUrl::read("https://hangar.example.com", &mut faults);
    })
    .await;
    let browser = portal.browser();
    let start = browser
        .request(Method::GET, "/sign-in/sandbox")
        .header("host", "hangar.example.com");
    let answer = browser.send(start).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-hangar_sign_in_"), "{cookie}");
    for attribute in ["Secure", "HttpOnly", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(
        answer
            .location()
            .contains("redirect_uri=https%3A%2F%2Fhangar.example.com%2F")
    );
    assert!(
        answer
            .header("strict-transport-security")
            .contains("max-age")
    );

    let elsewhere = browser.page("/clusters?page=2").await;
    assert_eq!(elsewhere.status, 307);
    assert_eq!(
        elsewhere.location(),
        "https://hangar.example.com/clusters?page=2"
    );
    // Programs inside the cluster use names of their own.
    browser
        .get("/api/v1/me")
        .await
        .assert_problem(401, "unauthenticated");
    portal.stop().await;
}

#[tokio::test]
async fn over_tls_no_cookie_can_be_planted_by_another_subdomain() {
    let portal = TestPortal::start_with(|settings| {
        let mut faults = Faults::default();
        settings.public_url = PublicUrl::read("https://hangar.example.com", &mut faults);
    })
    .await;
    let browser = portal.browser();
    let ours = |request: reqwest::RequestBuilder| {
        request
            .header("host", "hangar.example.com")
            .header("sec-fetch-site", "same-origin")
    };
    let start = ours(browser.request(Method::GET, "/sign-in/sandbox"));
    let started = browser.send(start).await;
    let theme = ours(browser.request(Method::POST, "/rpc/set-theme"));
    let themed = browser.send(theme.form(&[("theme", "dark")])).await;
    let moved = browser.page("/clusters").await;
    for (answer, name) in [
        (started, "__Host-hangar_sign_in_"),
        (themed, "__Host-theme=dark"),
        (moved, "__Host-hangar_moved=1"),
    ] {
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        assert!(!cookies.is_empty(), "{name}");
        for cookie in cookies {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.starts_with(name), "{cookie}");
            for attribute in ["; Secure", "; Path=/"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn no_error_comes_without_words() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    for path in [
        "/sign-in/sandbox/callback?state=1&state=2",
        "/sign-in/sandbox?return_to=a&return_to=b",
    ] {
        browser.get(path).await.assert_problem(400, "bad-request");
        let page = browser.page(path).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("Back to the portal"));
    }
    portal.stop().await;
}
