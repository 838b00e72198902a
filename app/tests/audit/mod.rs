//! The audit log and the table of permissions.

use axum::http::StatusCode;
use domain::audit::AuditAction;

use crate::support::TestPortal;

async fn portal() -> TestPortal {
    TestPortal::start()
        .await
        .with_clusters()
        .await
        .with_a_refusal()
        .await
}

#[tokio::test]
async fn entries_are_listed_with_links_that_open_them_and_to_files() {
    let portal = portal().await;
    let entry = portal.audited_on("payments-ci").await;
    let page = portal.admin().get("/admin/audit?search=pay").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text;
    assert!(text.contains("payments-ci"), "{text}");
    assert!(
        !text.contains("changed the environment"),
        "the search applies"
    );
    assert!(text.contains(&format!("/admin/audit?search=pay&amp;entry={entry}")));
    for format in ["csv", "jsonl"] {
        assert!(text.contains(&format!(
            "/api/v1/audit/export?search=pay&amp;format={format}"
        )));
    }
    assert!(text.contains("value=\"pay\""), "the form keeps the search");
    assert!(text.contains("Clear filters"));
}

#[tokio::test]
async fn a_long_log_leads_to_older_entries_and_back() {
    let portal = portal().await;
    for _ in 0..50 {
        portal.clone().with_a_refusal().await;
    }
    let browser = portal.admin();
    let first = browser.get("/admin/audit").await.text;
    let (_, next) = first
        .split_once("href=\"/admin/audit?before=")
        .expect("a link to older entries");
    let (before, _) = next.split_once('"').unwrap();
    let second = browser
        .get(&format!("/admin/audit?before={before}"))
        .await
        .text;
    assert!(second.contains("signed in"));
    assert!(second.contains("payments-ci") && !first.contains("payments-ci"));
    assert!(second.contains("rel=\"first\""));
}

#[tokio::test]
async fn an_entry_opens_at_an_address_with_what_changed() {
    let portal = portal().await;
    let changed = portal.audited(AuditAction::ChangeEnvironment).await;
    let page = portal
        .admin()
        .get(&format!("/admin/audit?entry={changed}"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    for expected in [
        "Entry ",
        "max_nodes",
        "192.0.2.7",
        "browser",
        "Refused",
        "/admin/audit?target=environment%2F1",
    ] {
        assert!(page.text.contains(expected), "{expected}");
    }
}

#[tokio::test]
async fn a_foreign_entry_and_a_missing_one_look_the_same() {
    let portal = portal().await;
    let foreign = portal.audited(AuditAction::SignIn).await.to_string();
    let missing = "0197aaaa-0000-7000-8000-000000000000".to_owned();
    let browser = portal.developer();
    let mut seen = Vec::new();
    for entry in [foreign, missing] {
        let page = browser
            .get(&format!("/tenants/vision/audit?entry={entry}"))
            .await;
        assert!(!page.text.contains("signed in"));
        // The list beside the problem has times, which go on.
        let (_, problem) = page.text.split_once("data-problem=\"not-found\"").unwrap();
        let (problem, _) = problem.split_once("<form").unwrap();
        seen.push((page.status, problem.to_owned()));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_tenants_log_is_for_callers_who_may_read_it() {
    let page = portal()
        .await
        .developer()
        .get("/tenants/vision/audit")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Audit log of Vision team"));
    assert!(page.text.contains("export?tenant=vision&amp;format=csv"));
    let page = portal().await.viewer().get("/tenants/vision/audit").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text.contains("data-empty=\"no-permission\""));
    let portal = portal().await;
    for (browser, slug) in [
        (portal.stranger(), "vision"),
        (portal.developer(), "speech"),
    ] {
        let page = browser.get(&format!("/tenants/{slug}/audit")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{slug}");
    }
}

#[tokio::test]
async fn for_others_these_pages_do_not_exist() {
    for path in ["/admin/audit", "/admin/permissions"] {
        let page = portal().await.developer().get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("data-problem=\"not-found\""), "{path}");
    }
}

#[tokio::test]
async fn an_invalid_query_keeps_what_was_typed() {
    let page = portal()
        .await
        .admin()
        .get("/admin/audit?since=yesterday&search=pay")
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("value=\"yesterday\""));
    assert!(page.text.contains("value=\"pay\""));
    assert!(page.text.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn no_match_leads_to_all_entries() {
    let page = portal()
        .await
        .admin()
        .get("/admin/audit?search=zebra")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("data-empty=\"no-match\""));
    assert!(page.text.contains("href=\"/admin/audit\""));
}

#[tokio::test]
async fn the_table_of_permissions_has_every_action() {
    let page = portal().await.admin().get("/admin/permissions").await;
    assert_eq!(page.status, StatusCode::OK);
    for action in domain::access::Action::ALL {
        let title = action.title().replace('\'', "&#x27;");
        assert!(
            page.text.contains(&title) || page.text.contains(action.title()),
            "{title}"
        );
    }
    for action in domain::access::PlatformAction::ALL {
        assert!(page.text.contains(action.title()), "{}", action.title());
    }
}
