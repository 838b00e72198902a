//! The key to a node: handed out fresh, to be kept by nobody, and recorded.

use super::{page, ready_node};
use crate::fixture::{Browser, DEVELOPER, TestPortal};
use domain::{audit::AuditAction, caller::TenantScope};
use std::{fs, os::unix::fs::PermissionsExt as _};

#[tokio::test]
async fn key_and_config_are_files_that_nobody_on_the_way_keeps() {
    let portal = TestPortal::start().await;
    let browser = portal.browser_of(DEVELOPER).await;
    let address = ready_node(&browser, "trainer").await;
    let page = page(&address);
    let key = browser.post(&format!("{page}/ssh/key")).await;
    let config = browser.post(&format!("{page}/ssh/config")).await;
    for (answer, file) in [(&key, "trainer.pem"), (&config, "trainer.ssh-config")] {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        let disposition = format!("attachment; filename=\"{file}\"");
        assert_eq!(answer.header("content-disposition"), disposition);
    }
    assert!(key.body.contains("PRIVATE KEY-----"), "{}", key.body);
    assert!(config.body.contains("Host trainer\n"), "{}", config.body);
    assert!(!config.body.contains("PRIVATE KEY"));
    // A link or an image cannot fetch them.
    for part in ["key", "config"] {
        let path = format!("{page}/ssh/{part}");
        assert_eq!(browser.get(&path).await.status, 405);
        let elsewhere = browser
            .request(reqwest::Method::POST, &path)
            .header("sec-fetch-site", "cross-site");
        let refused = browser.send(elsewhere).await;
        refused.assert_problem(403, "cross-site");
    }

    let program = portal.program_of(DEVELOPER).await;
    let answer = program.get(&format!("{address}/ssh")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    let ssh = answer.body_json();
    assert_eq!(ssh["private_key"], key.body.as_str());
    assert_eq!(ssh["config"], config.body.as_str());
    let host_name = format!("HostName {}\n", ssh["host"].as_str().unwrap());
    assert!(config.body.contains(&host_name), "{}", config.body);
    assert!(ssh["port"].as_u64().is_some());
    assert!(!ssh["user"].as_str().unwrap().is_empty());

    let recent = portal
        .database()
        .audit()
        .recent(&TenantScope::All, 50)
        .await;
    let downloads = recent
        .unwrap()
        .into_iter()
        .filter(|entry| entry.did == AuditAction::ReadNodeKey.phrase())
        .count();
    assert_eq!(downloads, 3, "each is recorded");
    portal.stop().await;
}

#[tokio::test]
async fn what_cannot_be_recorded_is_not_handed_out() {
    let portal = TestPortal::start().await;
    let token = portal.token_of(DEVELOPER).await;
    let program = Browser::with_token(portal.origin(), &token);
    let address = ready_node(&program, "trainer").await;
    let folder = portal.stop().await;
    let database = folder.path().join("data/hangar.db");
    fs::set_permissions(&database, fs::Permissions::from_mode(0o400)).unwrap();
    let portal = TestPortal::start_in(folder, |_| {}).await;
    let program = Browser::with_token(portal.origin(), &token);
    let node = program.get(&address).await;
    assert_eq!(node.body_json()["state"], "ready", "{}", node.body);
    for part in ["/ssh", "/logs/provisioning", "/jobs/1/logs"] {
        let answer = program.get(&format!("{address}{part}")).await;
        assert!(matches!(answer.status, 500 | 503), "{}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
    }
    portal.stop().await;
}
