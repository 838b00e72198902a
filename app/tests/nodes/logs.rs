//! Logs before any script runs.

use crate::support::{READY_NODE, STOPPED_NODE, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

#[tokio::test]
async fn the_page_has_the_last_200_lines_without_a_script() {
    let browser = portal().await.developer();
    for log in ["logs", "logs?job=3"] {
        let page = browser
            .get(&format!("/nodes/{READY_NODE}/{log}"))
            .await
            .text;
        assert!(page.contains("line 300:") && page.contains("line 101:"));
        assert!(!page.contains("line 100:"), "the older lines are left out");
    }
}

#[tokio::test]
async fn a_log_cannot_become_markup() {
    let browser = portal().await.developer();
    let page = browser.get(&format!("/nodes/{READY_NODE}/logs")).await.text;
    assert!(page.contains("&lt;b&gt;epoch&lt;/b&gt;"));
    assert!(!page.contains("<b>epoch"));
}

#[tokio::test]
async fn the_download_is_the_same_log() {
    let browser = portal().await.developer();
    let logs = format!("/nodes/{READY_NODE}/logs");
    let page = browser.get(&logs).await.text;
    assert!(page.contains(&format!("href=\"{logs}/provisioning\"")));
    let page = browser.get(&format!("{logs}?job=3")).await.text;
    assert!(page.contains(&format!("href=\"{logs}/jobs/3\"")));
}

#[tokio::test]
async fn a_log_that_cannot_be_read_is_replaced_by_its_problem() {
    let browser = portal().await.without_skypilot().developer();
    let page = browser.get(&format!("/nodes/{READY_NODE}/logs")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("data-problem=\"unavailable\""));
    assert!(page.text.contains("data-state=\"refused\""));
    let browser = portal().await.developer();
    for (node, job) in [
        (STOPPED_NODE, "9"),
        (READY_NODE, "9223372036854775808"),
        (READY_NODE, "18446744073709551615"),
    ] {
        let unknown = browser.get(&format!("/nodes/{node}/logs?job={job}")).await;
        assert!(unknown.text.contains("data-problem=\"not-found\""), "{job}");
    }
}

#[tokio::test]
async fn a_viewer_may_read_logs() {
    let browser = portal().await.viewer();
    let page = browser.get(&format!("/nodes/{READY_NODE}/logs")).await.text;
    assert!(page.contains("line 300:"));
}
