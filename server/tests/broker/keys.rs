//! The key-encryption key: without the right one a portal does not start.

use crate::fixture::{Hangar, settings, write_site};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    node_records::{SealedAccount, WorkspaceProgress},
};
use provisioning::ports::sealing::Sealed;
use secrets::Key;
use server::server::Server;
use std::{fs, os::unix::fs::PermissionsExt};

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
    let refused = Server::start(settings(&data), &site)
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(refused.to_string().contains(&id), "{refused}");
    assert!(!format!("{refused:?}").contains(wrong.as_str()));
    // Written with the usual permissions, which are withdrawn.
    let mode = fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

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

/// A token in the database that was sealed under the key `key_id`.
async fn token_under(database: &Database, key_id: &str) {
    database.workspaces().seed().await.unwrap();
    let now = Timestamp::now() + SignedDuration::from_secs(1);
    let lease = SignedDuration::from_mins(1);
    let claims = database.workspaces().claim(now, lease, 1).await.unwrap();
    let token = Sealed {
        key_id: key_id.into(),
        wrapped_key: "AAAA".into(),
        ciphertext: "AAAA".into(),
    };
    let progress = WorkspaceProgress {
        account: Some(SealedAccount {
            user_id: "sa-1".into(),
            token_id: "1".into(),
            token,
        }),
        ready: true,
        enabled_clouds: Vec::new(),
        checked_at: None,
        failure: None,
        attempts: 0,
        due_at: now,
    };
    assert!(
        database
            .workspaces()
            .record(&claims[0], progress)
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_new_data_directory_beside_an_old_database_does_not_pass_for_a_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let (data, site) = (folder.path().join("data"), folder.path().join("site"));
    write_site(&site);
    let settings = settings(&data);
    server::data_directory::prepare(&settings.data_dir).unwrap();
    let database = Database::open(settings.database.expose(), None)
        .await
        .unwrap();
    database.tenants().seed(&settings.tenants).await.unwrap();
    token_under(&database, "key-0123456789abcdef").await;
    database.close().await;
    let refused = Server::start(settings, &site)
        .await
        .map(|_| ())
        .unwrap_err();
    assert!(
        refused.to_string().contains("key-0123456789abcdef"),
        "{refused}"
    );
}
