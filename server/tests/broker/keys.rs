//! The key-encryption key: without the right one a portal does not start.

use crate::fixture::{Hangar, settings, write_site};
use secrets::Key;
use server::server::Server;
use std::fs;

#[tokio::test]
async fn a_portal_without_its_key_does_not_start_and_says_which_one_it_needs() {
    let folder = tempfile::tempdir().unwrap();
    let (data, site) = (folder.path().join("data"), folder.path().join("site"));
    write_site(&site);
    Server::start(settings(&data), &site)
        .await
        .unwrap()
        .stop()
        .await;
    let key = data.join("keys/current.key");
    let id = Key::from_text(&fs::read_to_string(&key).unwrap())
        .unwrap()
        .id()
        .to_owned();

    fs::rename(&key, folder.path().join("kept")).unwrap();
    let lost = Server::start(settings(&data), &site)
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(lost.to_string().contains(&id), "{lost}");

    let wrong = Key::generate().to_text();
    fs::write(&key, wrong.as_str()).unwrap();
    let exposed = Server::start(settings(&data), &site)
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(exposed.to_string().contains("chmod 600"), "{exposed}");
    fs::remove_file(&key).unwrap();
    secrets::write_private(&key, wrong.as_bytes()).unwrap();
    let refused = Server::start(settings(&data), &site)
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(refused.to_string().contains(&id), "{refused}");
    assert!(!format!("{refused:?}").contains(wrong.as_str()));

    fs::rename(folder.path().join("kept"), &key).unwrap();
    Server::start(settings(&data), &site)
        .await
        .unwrap()
        .stop()
        .await;
}

#[tokio::test]
async fn a_key_from_the_environment_is_used_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let key = Key::generate().to_text();
    let hangar = Hangar::for_data(folder.path()).with("HANGAR__KEYS__CURRENT", &key);
    let keys = r#"{"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}"#;
    hangar.with_input(&["credentials", "set", "aws", "--tenant", "vision"], keys);
    assert!(hangar.run(&["credentials", "list"]).contains("MPLE"));
    assert!(!folder.path().join("keys/current.key").exists());
    let without = Hangar::for_data(folder.path()).output(&["credentials", "list"]);
    assert!(!without.status.success());
}
