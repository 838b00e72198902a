//! How to connect to a node.

use crate::support::{Browser, FAILED_NODE, LAUNCHING_NODE, READY_NODE, STOPPED_NODE, TestPortal};
use axum::http::StatusCode;

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

async fn connect(browser: &Browser, node: uuid::Uuid) -> String {
    browser.get(&format!("/nodes/{node}/connect")).await.text
}

#[tokio::test]
async fn key_and_configuration_are_downloaded_by_posts_and_are_not_on_the_page() {
    let page = connect(&portal().await.developer(), READY_NODE).await;
    for file in ["key", "config"] {
        let form = format!("method=\"post\" action=\"/nodes/{READY_NODE}/ssh/{file}\"");
        assert!(page.contains(&form), "{form} is missing");
    }
    assert!(!page.contains("PRIVATE KEY"));
}

#[tokio::test]
async fn the_steps_name_the_files_and_the_node() {
    let page = connect(&portal().await.developer(), READY_NODE).await;
    for command in [
        "chmod 600 ~/.ssh/trainer.pem",
        "ssh trainer",
        "code --remote ssh-remote+trainer",
    ] {
        assert!(page.contains(command), "{command} is missing");
    }
}

#[tokio::test]
async fn the_page_says_why_a_user_cannot_connect() {
    let portal = portal().await;
    let (developer, viewer) = (portal.developer(), portal.viewer());
    for (browser, node, reason) in [
        (&developer, LAUNCHING_NODE, "not-ready"),
        (&developer, STOPPED_NODE, "stopped"),
        (&developer, FAILED_NODE, "failed"),
        (&viewer, READY_NODE, "no-permission"),
    ] {
        let page = connect(browser, node).await;
        let unavailable = format!("data-unavailable=\"{reason}\"");
        assert!(page.contains(&unavailable), "{reason} is missing");
        assert!(!page.contains("/ssh/key"), "{reason}, and yet a key");
    }
}

#[tokio::test]
async fn the_configuration_is_shown_once_where_a_plain_form_asks_for_it() {
    let browser = portal().await.developer();
    let form = format!("_page=/nodes/{READY_NODE}/connect&id={READY_NODE}");
    let shown = browser.post("/rpc/show-node-ssh-config", &form).await;
    assert_eq!(shown.status, StatusCode::OK);
    for part in [
        "Host trainer",
        "203.0.113.7",
        "vscode://vscode-remote/ssh-remote+trainer/",
    ] {
        assert!(shown.text.contains(part), "{part} is missing");
    }
    assert!(!connect(&browser, READY_NODE).await.contains("Host trainer"));
    let refused = browser
        .portal
        .viewer()
        .post("/rpc/show-node-ssh-config", &form)
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(!refused.text.contains("Host trainer"));
}
