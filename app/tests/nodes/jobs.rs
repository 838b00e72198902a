//! Jobs: the queue, a command for it, and how one is cancelled.

use crate::support::{READY_NODE, STOPPED_NODE, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

fn jobs() -> String {
    format!("/nodes/{READY_NODE}/jobs")
}

#[tokio::test]
async fn each_job_says_how_it_is_how_long_it_took_and_leads_to_its_log() {
    let page = portal().await.developer().get(&jobs()).await.text;
    for says in [
        "train",
        "Running",
        "Failed",
        "Succeeded",
        "Job 1",
        "1 min",
        "6.0 s",
    ] {
        assert!(page.contains(says), "{says} is missing");
    }
    let log = format!("href=\"/nodes/{READY_NODE}/logs?job=3\"");
    assert!(page.contains(&log));
}

#[tokio::test]
async fn only_what_is_open_can_be_cancelled_and_only_when_asked_twice() {
    let page = portal().await.developer().get(&jobs()).await.text;
    let form = "action=\"/rpc/cancel-node-job\"";
    assert_eq!(page.matches(form).count(), 1, "one of three is open");
    let before = page.split(form).next().unwrap();
    let opened = before.rfind("<details").unwrap();
    assert!(
        before.rfind("</details>").is_none_or(|end| end < opened),
        "the button is behind another one"
    );
}

#[tokio::test]
async fn a_plain_command_is_queued_and_leads_back() {
    let browser = portal().await.developer();
    let form = format!("id={READY_NODE}&input[run]=nvidia-smi&input[name]=");
    let answer = browser.post("/rpc/submit-node-job", &form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert_eq!(answer.location(), jobs());
    let form = format!("id={READY_NODE}&job=3");
    let answer = browser.post("/rpc/cancel-node-job", &form).await;
    assert_eq!(answer.location(), jobs());
}

#[tokio::test]
async fn a_refused_plain_command_comes_back_with_the_message_beside_its_field() {
    let mut browser = portal().await.developer();
    let form = format!("id={READY_NODE}&input[run]=echo+%3Cb%3E&input[name]=Not+Good");
    let refused = browser.post("/rpc/submit-node-job", &form).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    browser.cookies = refused.cookies();
    let page = browser.get(refused.location()).await.text;
    assert!(page.contains("echo &lt;b&gt;"), "the command is kept");
    assert!(page.contains("value=\"Not Good\""), "the name is kept");
    assert!(page.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn what_cannot_be_cancelled_says_why() {
    let mut browser = portal().await.developer();
    let form = format!("id={READY_NODE}&job=9");
    let refused = browser.post("/rpc/cancel-node-job", &form).await;
    assert_eq!(refused.location(), jobs());
    browser.cookies = refused.cookies();
    let page = browser.get(&jobs()).await.text;
    assert!(page.contains("There is no such job"));
}

#[tokio::test]
async fn there_is_a_reason_where_there_is_no_queue() {
    let browser = portal().await.developer();
    let stopped = format!("/nodes/{STOPPED_NODE}/jobs");
    assert!(browser.get(&stopped).await.text.contains("It is stopped"));
    let browser = browser.portal.clone().without_skypilot().developer();
    let silent = browser.get(&jobs()).await;
    assert_eq!(silent.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(silent.text.contains("does not answer"));
}

#[tokio::test]
async fn a_viewer_sees_the_queue_and_no_form() {
    let browser = portal().await.viewer();
    let page = browser.get(&jobs()).await.text;
    assert!(page.contains("train") && page.contains("You may look, but not run anything"));
    assert!(!page.contains("/rpc/submit-node-job") && !page.contains("/rpc/cancel-node-job"));
}
