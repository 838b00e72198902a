//! No secret of the nodes gets to where it does not belong.

use super::{page, ready_node};
use crate::fixture::{DEVELOPER, TestPortal};
use std::fs;

/// What the token of a service account begins with: `sky_` and a JSON web token.
pub const TOKEN: &str = "sky_eyJ";

#[tokio::test]
async fn pages_events_logs_and_the_database_hold_neither_tokens_nor_keys() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let mut all = browser.events("/events/nodes").await;
    let address = ready_node(&browser, "quiet").await;
    let page = page(&address);
    let key = browser.post(&format!("{page}/ssh/key")).await.body;
    // The middle of the key, as it would stand anywhere.
    let key = key.lines().nth(2).expect("a key of several lines");
    assert!(key.len() > 20, "{key}");

    let mut seen = String::new();
    for path in [
        "/",
        "/nodes",
        "/nodes/catalogue",
        "/nodes/new",
        &page,
        &format!("{page}/connect"),
        &format!("{page}/logs"),
        &format!("{page}/jobs"),
        &format!("{page}/settings"),
    ] {
        let answer = browser.page(path).await;
        assert!(answer.status < 500, "{path}: {}", answer.status);
        seen += &answer.body;
    }
    for part in ["", "/events", "/jobs", "/logs/provisioning", "/jobs/1/logs"] {
        let answer = browser.get(&format!("{address}{part}")).await;
        assert_eq!(answer.status, 200, "{part}: {}", answer.body);
        seen += &answer.body;
    }
    seen += &all.told().await.unwrap().data;
    let mut stream = browser
        .events(&format!("{page}/logs/provisioning/stream"))
        .await;
    while let Some(event) = stream.told().await {
        seen += &event.data;
        if event.name == "end" {
            break;
        }
    }
    assert!(seen.contains("quiet"));
    let admin_token = portal.sandbox().skypilot_admin_token().to_owned();
    for secret in [TOKEN, key, &admin_token, "PRIVATE KEY"] {
        assert!(!seen.contains(secret), "{secret} was sent");
    }
    let folder = portal.stop().await;
    let database = fs::read(folder.path().join("data/hangar.db")).unwrap();
    let database = String::from_utf8_lossy(&database);
    assert!(database.contains("quiet"));
    for secret in [TOKEN, key, &admin_token] {
        assert!(!database.contains(secret), "{secret} is in the database");
    }
}
