//! Jobs: the queue, the form that adds one, and how one is cancelled.

use crate::support::{READY_NODE, STOPPED_NODE, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

fn jobs() -> String {
    format!("/nodes/{READY_NODE}/jobs")
}

/// A form of the page.
fn form(fields: &str) -> String {
    format!("_page={}&id={READY_NODE}&{fields}", jobs())
}

#[tokio::test]
async fn each_job_has_state_and_duration_and_a_link_to_its_log() {
    let page = portal().await.developer().get(&jobs()).await.text;
    for part in [
        "train",
        "Running",
        "Failed",
        "Succeeded",
        "Job 1",
        "1 min",
        "6.0 s",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    let log = format!("href=\"/nodes/{READY_NODE}/logs?job=3\"");
    assert!(page.contains(&log));
}

#[tokio::test]
async fn only_an_open_job_can_be_cancelled_and_its_button_has_to_be_opened_first() {
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
async fn a_submitted_and_a_cancelled_job_lead_back_to_the_queue() {
    let browser = portal().await.developer();
    for (function, fields) in [
        ("submit-node-job", "input[run]=nvidia-smi&input[name]="),
        ("cancel-node-job", "job=3"),
    ] {
        let answer = browser
            .post(&format!("/rpc/{function}"), &form(fields))
            .await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.location(), jobs());
    }
}

#[tokio::test]
async fn a_rejected_job_comes_back_with_the_message_beside_its_field() {
    let browser = portal().await.developer();
    let form = form("input[run]=echo+%3Cb%3E&input[name]=Not+Good");
    let rejected = browser.post("/rpc/submit-node-job", &form).await;
    assert_eq!(rejected.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = rejected.text;
    assert!(page.contains("echo &lt;b&gt;"), "the command is kept");
    assert!(page.contains("value=\"Not Good\""), "the name is kept");
    assert!(page.contains("aria-invalid=\"true\""));
}

#[tokio::test]
async fn a_job_after_the_session_has_ended_is_kept_in_the_address() {
    let portal = portal().await;
    let form = form("_keep=true&input[run]=python+train.py&input[name]=train");
    let answer = portal
        .signed_out()
        .post("/rpc/submit-node-job", &form)
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location().starts_with("/sign-in?return_to="));
    let kept = format!("{}?run=python+train.py&name=train", jobs());
    let page = portal.developer().get(&kept).await.text;
    assert!(page.contains("python train.py</textarea>"));
    assert!(page.contains("name=\"input[name]\" type=\"text\" value=\"train\""));
}

#[tokio::test]
async fn cancelling_an_unknown_job_fails_with_the_reason() {
    let browser = portal().await.developer();
    let rejected = browser.post("/rpc/cancel-node-job", &form("job=9")).await;
    assert_eq!(rejected.status, StatusCode::NOT_FOUND);
    assert!(rejected.text.contains("data-problem=\"not-found\""));
}

#[tokio::test]
async fn the_page_says_why_there_is_no_queue() {
    let browser = portal().await.developer();
    let stopped = browser.get(&format!("/nodes/{STOPPED_NODE}/jobs")).await;
    assert!(stopped.text.contains("data-unavailable=\"stopped\""));
    let browser = browser.portal.clone().without_skypilot().developer();
    let silent = browser.get(&jobs()).await;
    assert_eq!(silent.status, StatusCode::OK);
    assert!(silent.text.contains("data-problem=\"unavailable\""));
    assert!(
        silent.text.contains("/rpc/submit-node-job"),
        "the form stays"
    );
}

#[tokio::test]
async fn a_viewer_sees_the_queue_and_no_form() {
    let browser = portal().await.viewer();
    let page = browser.get(&jobs()).await.text;
    assert!(page.contains("train") && page.contains("developer or admin role"));
    assert!(!page.contains("/rpc/submit-node-job") && !page.contains("/rpc/cancel-node-job"));
}
