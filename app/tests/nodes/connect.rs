//! Getting onto a node.

use crate::support::{Browser, FAILED_NODE, LAUNCHING_NODE, READY_NODE, STOPPED_NODE, TestPortal};

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

async fn connect(browser: &Browser, node: uuid::Uuid) -> String {
    browser.get(&format!("/nodes/{node}/connect")).await.text
}

#[tokio::test]
async fn key_and_configuration_are_asked_for_by_posts_and_are_not_on_the_page() {
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
async fn whoever_cannot_connect_is_told_why() {
    let browser = portal().await.developer();
    let refused = [
        (LAUNCHING_NODE, "Not ready yet"),
        (STOPPED_NODE, "It is stopped"),
        (FAILED_NODE, "There is nothing to connect to"),
    ];
    for (node, why) in refused {
        let page = connect(&browser, node).await;
        assert!(page.contains(why), "{why} is missing");
        assert!(!page.contains("/ssh/key"), "{why}, and yet a key");
    }
    let browser = browser.portal.viewer();
    let page = connect(&browser, READY_NODE).await;
    assert!(page.contains("You may look, but not connect"));
    assert!(!page.contains("/ssh/key"));
}
