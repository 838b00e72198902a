//! The pages of the audit log and of permissions as a browser without JavaScript gets them.

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
    let ordered = portal.audited_on("payments-ci").await;
    let page = portal.admin().get("/admin/audit?search=pay").await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text;
    assert!(text.contains("payments-ci"), "{text}");
    assert!(
        !text.contains("changed the environment"),
        "the search is heard"
    );
    assert!(text.contains(&format!("/admin/audit?search=pay&amp;entry={ordered}")));
    for format in ["csv", "jsonl"] {
        assert!(text.contains(&format!(
            "/api/v1/audit/export?search=pay&amp;format={format}"
        )));
    }
    assert!(text.contains("value=\"pay\""), "the form has the question");
    assert!(text.contains("Clear filters"));
}

#[tokio::test]
async fn a_long_log_leads_on_and_back() {
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
    for said in [
        "Entry ",
        "max_nodes",
        "192.0.2.7",
        "in the browser",
        "Refused",
        "/admin/audit?target=environment%2F1",
    ] {
        assert!(page.text.contains(said), "{said}");
    }
}

#[tokio::test]
async fn a_foreign_entry_and_none_look_the_same() {
    let portal = portal().await;
    let signed_in = portal.audited(AuditAction::SignIn).await.to_string();
    let browser = portal.developer();
    let at = |entry: String| format!("/tenants/vision/audit?entry={entry}");
    let foreign = browser.get(&at(signed_in.clone())).await;
    let none = "0197aaaa-0000-7000-8000-000000000000".to_owned();
    let missing = browser.get(&at(none.clone())).await;
    assert_eq!(foreign.status, missing.status);
    assert!(foreign.text.contains("no such audit entry"));
    // What stands around the message; the list beside it has times, which go on.
    let answer = |text: &str, id: &str| {
        let (before, after) = text.split_once("no such audit entry").unwrap();
        let before: String = before.chars().rev().take(200).collect();
        let after: String = after.chars().take(200).collect();
        (before, after.replace(id, ""))
    };
    assert_eq!(
        answer(&foreign.text, &signed_in),
        answer(&missing.text, &none)
    );
    assert!(!foreign.text.contains("signed in"));
}

#[tokio::test]
async fn a_tenants_log_is_for_those_who_may_read_it() {
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
    assert!(page.text.contains("Not for you to read"));
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
async fn to_who_is_no_platform_admin_there_are_no_such_pages() {
    for path in ["/admin/audit", "/admin/permissions"] {
        let page = portal().await.developer().get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("no page at this address"), "{path}");
    }
}

#[tokio::test]
async fn a_question_that_cannot_be_answered_keeps_what_was_typed() {
    let page = portal()
        .await
        .admin()
        .get("/admin/audit?since=yesterday&search=pay")
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text.contains("value=\"yesterday\""));
    assert!(page.text.contains("value=\"pay\""));
    assert!(page.text.contains("A day such as 2026-11-21"));
}

#[tokio::test]
async fn no_match_says_so_and_leads_to_everything() {
    let page = portal()
        .await
        .admin()
        .get("/admin/audit?search=zebra")
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Nothing matches"));
    assert!(page.text.contains("href=\"/admin/audit\""));
}

#[tokio::test]
async fn the_table_of_permissions_shows_what_decides() {
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
