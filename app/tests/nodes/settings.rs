//! What can be changed about a node.

use crate::support::{FAILED_NODE, LAUNCHING_NODE, READY_NODE, STOPPED_NODE, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

fn settings(node: uuid::Uuid) -> String {
    format!("/nodes/{node}/settings")
}

#[tokio::test]
async fn only_what_fits_the_state_is_offered() {
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
        assert!(page.contains("/rpc/take-down-node\""), "{node}");
        assert!(page.contains("accelerators: H100:8"), "the YAML of {node}");
    }
}

#[tokio::test]
async fn stopping_and_starting_say_what_they_come_to_and_lead_to_the_steps() {
    let browser = portal().await.developer();
    let ready = browser.get(&settings(READY_NODE)).await.text;
    assert!(ready.contains("Saves $55.04 an hour"));
    let stopped = browser.get(&settings(STOPPED_NODE)).await.text;
    assert!(stopped.contains("It costs $55.04 an hour again."));
    for (action, node) in [("stop-node", READY_NODE), ("start-node", STOPPED_NODE)] {
        let answer = browser
            .post(&format!("/rpc/{action}"), &format!("id={node}"))
            .await;
        assert_eq!(answer.location(), format!("/nodes/{node}"));
    }
}

#[tokio::test]
async fn what_is_refused_comes_back_with_its_reason() {
    let mut browser = portal().await.developer();
    let refused = browser
        .post("/rpc/stop-node", &format!("id={FAILED_NODE}"))
        .await;
    assert_eq!(refused.location(), settings(FAILED_NODE));
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(page.contains("cannot be stopped now"));
}

#[tokio::test]
async fn the_idle_rule_is_changed_and_bad_minutes_are_refused_beside_their_field() {
    let mut browser = portal().await.developer();
    let form = format!("id={READY_NODE}&idle_minutes=45&idle_action=stop");
    let changed = browser.post("/rpc/set-node-autostop", &form).await;
    assert_eq!(changed.status, StatusCode::FOUND);
    assert_eq!(changed.location(), settings(READY_NODE));
    for minutes in ["-5", "soon", "99999"] {
        let form = format!("id={READY_NODE}&idle_minutes={minutes}&idle_action=stop");
        let refused = browser.post("/rpc/set-node-autostop", &form).await;
        browser.cookies = refused.cookies();
        let page = browser.get(refused.location()).await.text;
        assert!(
            page.contains("Choose between 1 and 10080 minutes"),
            "{minutes}"
        );
        assert!(page.contains("aria-invalid=\"true\""), "{minutes}");
        let elsewhere = "id=\"confirmation-message\"";
        let danger = page.split(elsewhere).nth(1).unwrap();
        let danger = danger.split("</section>").next().unwrap();
        assert!(
            !danger.contains("10080"),
            "it stands beside its own field only"
        );
    }
}

#[tokio::test]
async fn taking_down_lists_what_dies_and_takes_the_name() {
    let mut browser = portal().await.developer();
    let page = browser.get(&settings(READY_NODE)).await.text;
    for dies in [
        "hgr-0000000a-trainer",
        "Its disk",
        "Its jobs",
        "their logs",
        "$55.04 an hour",
    ] {
        assert!(page.contains(dies), "{dies} is missing");
    }
    let wrong = format!("id={READY_NODE}&confirmation=train");
    let refused = browser.post("/rpc/take-down-node", &wrong).await;
    assert_eq!(refused.location(), settings(READY_NODE));
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(page.contains("aria-invalid=\"true\""));
    let right = format!("id={READY_NODE}&confirmation=trainer");
    let accepted = browser.post("/rpc/take-down-node", &right).await;
    assert_eq!(accepted.location(), format!("/nodes/{READY_NODE}"));
}

#[tokio::test]
async fn a_viewer_may_change_nothing() {
    let browser = portal().await.viewer();
    for node in [READY_NODE, STOPPED_NODE] {
        let page = browser.get(&settings(node)).await.text;
        assert!(page.contains("You may look, but not change anything"));
        for action in ["stop", "start", "take-down"] {
            assert!(!page.contains(&format!("/rpc/{action}-node\"")), "{action}");
        }
    }
}
