//! The changes that a node's settings offer.

use crate::support::{FAILED_NODE, LAUNCHING_NODE, READY_NODE, STOPPED_NODE, TestPortal};
use axum::http::StatusCode;
use uuid::Uuid;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

fn settings(node: Uuid) -> String {
    format!("/nodes/{node}/settings")
}

/// A form of the page.
fn form(node: Uuid, fields: &str) -> String {
    format!("_page={}&id={node}&{fields}", settings(node))
}

#[tokio::test]
async fn only_changes_that_fit_the_state_are_offered() {
    let browser = portal().await.developer();
    let cases = [
        (READY_NODE, true, false, true),
        (STOPPED_NODE, false, true, true),
        (LAUNCHING_NODE, false, false, false),
        (FAILED_NODE, false, false, false),
    ];
    for (node, stop, start, idle) in cases {
        let page = browser.get(&settings(node)).await.text;
        assert_eq!(page.contains("/rpc/stop-node\""), stop, "{node}");
        assert_eq!(page.contains("/rpc/start-node\""), start, "{node}");
        assert_eq!(page.contains("/rpc/set-node-autostop\""), idle, "{node}");
        assert!(page.contains("/rpc/delete-node\""), "{node}");
        assert!(page.contains("accelerators: H100:8"), "the YAML of {node}");
    }
}

#[tokio::test]
async fn stopping_and_starting_show_the_price_and_lead_to_the_steps() {
    let browser = portal().await.developer();
    for (function, node) in [("stop-node", READY_NODE), ("start-node", STOPPED_NODE)] {
        let page = browser.get(&settings(node)).await.text;
        let card = page.split("Stop and start").nth(1).unwrap_or_default();
        let text = card.split("<form").next().unwrap_or_default();
        assert!(text.contains("$55.04 an hour"), "{function}: {text}");
        let answer = browser
            .post(&format!("/rpc/{function}"), &form(node, ""))
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.location(), format!("/nodes/{node}"));
    }
}

#[tokio::test]
async fn a_change_that_the_state_does_not_allow_fails_with_the_reason() {
    let browser = portal().await.developer();
    let rejected = browser.post("/rpc/stop-node", &form(FAILED_NODE, "")).await;
    assert_eq!(rejected.status, StatusCode::CONFLICT);
    assert!(rejected.text.contains("data-problem=\"conflict\""));
    assert!(rejected.text.contains("cannot be stopped"));
}

#[tokio::test]
async fn the_idle_rule_is_changed_and_invalid_minutes_are_rejected_beside_their_field() {
    let browser = portal().await.developer();
    let rule = |minutes: &str| {
        let fields = format!("idle_minutes={minutes}&idle_action=stop");
        form(READY_NODE, &fields)
    };
    let changed = browser.post("/rpc/set-node-autostop", &rule("45")).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    assert_eq!(changed.location(), settings(READY_NODE));
    let page = browser.get(&settings(READY_NODE)).await.text;
    assert!(page.contains("stops after 45 idle minutes"));
    for minutes in ["-5", "soon", "99999"] {
        let rejected = browser.post("/rpc/set-node-autostop", &rule(minutes)).await;
        assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = rejected.text;
        assert!(
            page.contains(&format!("value=\"{minutes}\"")),
            "{minutes} is kept"
        );
        let invalid: Vec<_> = page
            .split("<input")
            .filter(|tag| tag.contains("aria-invalid"))
            .collect();
        assert_eq!(invalid.len(), 1, "{minutes}");
        assert!(invalid[0].contains("name=\"idle_minutes\""), "{minutes}");
        assert_eq!(page.matches("between 1 and 10080").count(), 1, "{minutes}");
    }
}

#[tokio::test]
async fn deleting_lists_what_is_lost_and_needs_the_name() {
    let browser = portal().await.developer();
    let page = browser.get(&settings(READY_NODE)).await.text;
    for lost in [
        "hgr-0000000a-trainer",
        "Its disk",
        "Its jobs",
        "their logs",
        "$55.04 an hour",
    ] {
        assert!(page.contains(lost), "{lost} is missing");
    }
    let wrong = form(READY_NODE, "confirmation=train");
    let rejected = browser.post("/rpc/delete-node", &wrong).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(rejected.text.contains("aria-invalid=\"true\""));
    let right = form(READY_NODE, "confirmation=trainer");
    let accepted = browser.post("/rpc/delete-node", &right).await;
    assert_eq!(accepted.location(), format!("/nodes/{READY_NODE}"));
}

#[tokio::test]
async fn a_viewer_cannot_change_anything() {
    let browser = portal().await.viewer();
    for node in [READY_NODE, STOPPED_NODE] {
        let page = browser.get(&settings(node)).await.text;
        assert!(page.contains("developer or admin role"), "the reason");
        for action in [
            "stop-node",
            "start-node",
            "delete-node",
            "set-node-autostop",
        ] {
            assert!(!page.contains(&format!("/rpc/{action}\"")), "{action}");
            let rejected = browser
                .post(
                    &format!("/rpc/{action}"),
                    &form(node, "confirmation=trainer"),
                )
                .await;
            assert_eq!(rejected.status, StatusCode::FORBIDDEN, "{action}");
        }
    }
}
