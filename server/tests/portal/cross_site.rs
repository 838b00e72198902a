//! Requests from other sites change nothing. The list of routes is the router's own, so a new one is tested too.

use crate::fixture::{ADMIN, Browser, DEVELOPER, TestPortal};
use domain::caller::TenantScope;
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

/// A header from outside must not switch the check off: `POST /sign-out` with any `Authorization` once ended a session.
#[tokio::test]
async fn a_session_is_not_exempt_because_of_a_token_beside_it() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let own = format!("Bearer {}", portal.token_of(DEVELOPER).await);
    let other = format!("Bearer {}", portal.token_of(ADMIN).await);
    let authorizations = [
        "Bearer hgr_made-up",
        "Bearer",
        "Basic Z3JhY2U6eA==",
        "x",
        "",
        &own,
        &other,
    ];
    for (method, path) in changing_routes() {
        for authorization in authorizations {
            let request = browser
                .request(method.clone(), &path)
                .header("authorization", authorization)
                .header("sec-fetch-site", "cross-site");
            let answer = browser.send(request).await;
            answer.assert_problem(403, "cross-site");
        }
    }
    assert!(browser.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn a_program_learns_that_its_token_is_missing_or_not_valid() {
    let portal = TestPortal::start().await;
    let program = Browser::with_token(portal.origin(), "hgr_made-up");
    for (method, path) in changing_routes() {
        let answer = program.send(program.request(method, &path)).await;
        answer.assert_problem(401, "unauthenticated");
    }
    // And that it needs one.
    let program = portal.browser();
    for (method, path) in changing_routes() {
        let request = program.request(method, &path);
        let answer = program
            .send(request.header("sec-fetch-site", "cross-site"))
            .await;
        if path.starts_with("/api/") {
            answer.assert_problem(401, "unauthenticated");
        } else {
            answer.assert_problem(403, "cross-site");
        }
    }
    portal.stop().await;
}

/// Every route that is read, with the route of the router; pages and the API's document may be linked to.
fn reading_routes() -> Vec<(String, bool)> {
    let pages = server::http::pages::list_of_pages();
    let others = list_of_routes()
        .into_iter()
        .filter(|(method, _)| *method == Method::GET)
        .map(|(_, path)| {
            let linked = path.starts_with("/sign-in") || path == server::http::rest::DOCUMENT;
            (path, linked)
        });
    let pages = pages.into_iter().map(|path| (path, true));
    pages
        .chain(others)
        .map(|(path, linked)| {
            let path = path.replace("{id}", ID).replace("{job}", "1");
            (path.replace("{provider}", "sandbox"), linked)
        })
        .collect()
}

#[tokio::test]
async fn other_sites_link_to_pages_and_read_nothing_with_a_session() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let routes = reading_routes();
    for secret in [
        "/kubeconfig",
        "/ssh",
        "/audit/export",
        "/logs/jobs/1",
        "/events/nodes",
    ] {
        let is_read = |(path, linked): &(String, bool)| path.ends_with(secret) && !linked;
        assert!(routes.iter().any(is_read), "{secret}");
    }
    let link = ("navigate", Some("document"));
    for (path, linked) in &routes {
        for site in ["cross-site", "same-site"] {
            for (mode, destination) in [
                link,
                ("navigate", None),
                ("navigate", Some("iframe")),
                ("no-cors", Some("image")),
                ("no-cors", Some("script")),
                ("cors", Some("empty")),
                ("", None),
            ] {
                let mut request = browser
                    .request(Method::GET, path)
                    .header("sec-fetch-site", site)
                    .header("sec-fetch-mode", mode);
                if let Some(destination) = destination {
                    request = request.header("sec-fetch-dest", destination);
                }
                let passes =
                    *linked && mode == "navigate" && matches!(destination, None | Some("document"));
                let answer = browser.send(request).await;
                let case = format!("{path} from {site}, {mode} {destination:?}");
                if passes {
                    assert_ne!(answer.status, 403, "{case}");
                } else {
                    assert_eq!(answer.status, 403, "{case}: {}", answer.body);
                    assert_eq!(answer.body_json()["code"], "cross_site", "{case}");
                }
            }
        }
    }
    // Typed addresses, our own pages, old browsers, and programs.
    for site in [Some("none"), Some("same-origin"), None] {
        let mut request = browser.request(Method::GET, "/api/v1/me");
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        assert_eq!(browser.send(request).await.status, 200, "{site:?}");
    }
    let program = portal.program_of(DEVELOPER).await;
    let request = program
        .request(Method::GET, "/api/v1/me")
        .header("sec-fetch-site", "cross-site");
    assert_eq!(program.send(request).await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn head_reads_pages_only_and_records_no_download() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let program = portal.program_of(DEVELOPER).await;
    let entries = async || {
        let audit = portal.database().audit();
        audit.recent(&TenantScope::All, 500).await.unwrap().len()
    };
    let before = entries().await;
    for (path, linked) in reading_routes() {
        for caller in [&browser, &program] {
            let answer = caller.send(caller.request(Method::HEAD, &path)).await;
            assert_eq!(answer.status == 405, !linked, "{path}: {}", answer.status);
            assert_eq!(answer.header("allow") == "GET", !linked, "{path}");
        }
    }
    assert_eq!(entries().await, before);
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
