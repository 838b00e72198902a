//! Logs before any script runs.

use crate::support::{READY_NODE, STOPPED_NODE, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

#[tokio::test]
async fn the_last_two_hundred_lines_are_there_without_a_script() {
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
async fn a_log_that_cannot_be_read_leaves_the_page_around_it_whole() {
    let browser = portal().await.without_skypilot().developer();
    let page = browser.get(&format!("/nodes/{READY_NODE}/logs")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.text
            .contains("The SkyPilot API server does not answer.")
    );
    assert!(page.text.contains("Try again in a minute"));
    let browser = portal().await.developer();
    let unknown = browser
        .get(&format!("/nodes/{STOPPED_NODE}/logs?job=9"))
        .await;
    assert!(unknown.text.contains("There is no such job"));
}

#[tokio::test]
async fn a_viewer_reads_logs_too() {
    let browser = portal().await.viewer();
    let page = browser.get(&format!("/nodes/{READY_NODE}/logs")).await.text;
    assert!(page.contains("line 300:"));
}
