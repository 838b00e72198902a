//! Requests from other sites change nothing. The list of routes is the router's own, so a new one is tested too.

use crate::fixture::{Browser, DEVELOPER, TestPortal};
use reqwest::Method;
use server::http::list_of_routes;

const ID: &str = "0197aaaa-0000-7000-8000-000000000000";

fn changing_routes() -> Vec<(Method, String)> {
    list_of_routes()
        .into_iter()
        .filter(|(method, _)| *method != Method::GET)
        .map(|(method, path)| {
            (
                method,
                path.replace("{id}", ID).replace("{provider}", "sandbox"),
            )
        })
        .collect()
}

#[tokio::test]
async fn no_route_that_changes_something_can_be_used_from_another_site() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let routes = changing_routes();
    assert!(routes.len() >= 8, "{routes:?}");
    let ours = portal.origin();
    let neighbour = ours.replace("127.0.0.1", "localhost");
    let from_elsewhere: &[&[(&str, &str)]] = &[
        // A form on another site, and on a sibling subdomain.
        &[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example.com"),
        ],
        &[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.hangar.example.com"),
        ],
        // Browsers that do not know Sec-Fetch-Site.
        &[("origin", "https://evil.example.com")],
        &[("origin", "null")],
        &[("origin", &neighbour)],
        &[("referer", "https://evil.example.com/a")],
        &[],
    ];
    for (method, path) in &routes {
        for headers in from_elsewhere {
            for media_type in [
                "application/x-www-form-urlencoded",
                "text/plain",
                "application/json",
            ] {
                let mut request = browser.request(method.clone(), path);
                for (name, value) in *headers {
                    request = request.header(*name, *value);
                }
                let request = request.header("content-type", media_type).body("{}");
                let answer = browser.send(request).await;
                answer.assert_problem(403, "cross-site");
            }
        }
    }
    assert!(browser.is_signed_in().await, "not even signing out");
    portal.stop().await;
}

#[tokio::test]
async fn text_that_looks_like_json_is_refused_from_our_own_pages_too() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    for (method, path) in changing_routes() {
        let request = browser
            .request_of_our_page(method, &path)
            .header("content-type", "text/plain")
            .body("{}");
        browser
            .send(request)
            .await
            .assert_problem(415, "unsupported-media-type");
    }
    portal.stop().await;
}

/// links and images are GET, and bring the cookie along.
#[tokio::test]
async fn nothing_that_changes_something_answers_to_get() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let all = list_of_routes();
    for (method, path) in changing_routes() {
        let listed = |path: &str| path.replace("{id}", ID) == path;
        let also_read = all.iter().any(|(other, found)| {
            *other == Method::GET && found.replace("{id}", ID) == path && !listed(found)
        });
        let lists = [
            "clusters",
            "nodes",
            "credentials",
            "tenants",
            "user-pools/sandbox/users",
        ]
        .map(|things| format!("/api/v1/{things}"))
        .contains(&path);
        if also_read || lists {
            continue;
        }
        let answer = browser.get(&path).await;
        assert!(
            matches!(answer.status, 404 | 405),
            "GET {path} ({method}) answered {}",
            answer.status
        );
    }
    assert!(browser.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn every_server_function_is_a_post() {
    let functions: Vec<_> = list_of_routes()
        .into_iter()
        .filter(|(_, path)| path.starts_with("/rpc/"))
        .collect();
    assert!(functions.len() >= 5, "{functions:?}");
    for (method, path) in functions {
        assert_eq!(method, Method::POST, "{path}");
    }
}

#[tokio::test]
async fn a_program_with_a_token_needs_no_page() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let request = program
        .request(
            Method::DELETE,
            &format!("/api/v1/clusters/{ID}?confirmation=x"),
        )
        .header("origin", "https://ci.example.com");
    program.send(request).await.assert_problem(404, "not-found");
    portal.stop().await;
}

/// A page elsewhere points a name of its own to this machine, where a sandbox lets anybody in.
#[tokio::test]
async fn a_sandbox_answers_to_names_of_this_machine_only() {
    let portal = TestPortal::start().await;
    let stranger = Browser::at(portal.origin());
    let request = stranger
        .request(Method::GET, "/sign-in")
        .header("host", "evil.example.com");
    stranger
        .send(request)
        .await
        .assert_problem(400, "bad-request");
    portal.stop().await;
}
