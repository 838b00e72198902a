//! Credentials that lay in sealed files before there was a vault.

use domain::ids::{EnvironmentId, TenantId};
use provisioning::ports::sealing::{Sealer, SecretOwner};
use secrecy::ExposeSecret;
use secrets::{EarlierCredentials, Envelope, Key, Keyring};
use serde_json::{Value, json};
use std::{fs, path::Path, sync::Arc};
use uuid::Uuid;

const CANARY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";

fn sealer() -> Arc<dyn Sealer> {
    Arc::new(Envelope::new(Arc::new(Keyring::new(
        Key::generate(),
        Vec::new(),
    ))))
}

fn tenant() -> TenantId {
    Uuid::from_u128(1).into()
}

fn environment() -> EnvironmentId {
    Uuid::from_u128(11).into()
}

/// Writes a file as earlier versions did.
async fn write(folder: &Path, sealer: &dyn Sealer, stem: &str, place: &str) {
    let owner = SecretOwner {
        tenant_id: tenant(),
        place: place.into(),
    };
    let keys = json!({
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": CANARY,
        "role_arn": "arn:aws:iam::123456789012:role/hangar",
        "external_id": "hangar-vision",
    });
    let sealed = sealer.seal(&owner, &keys.to_string().into()).await.unwrap();
    let mut file: Value = serde_json::to_value(sealed).unwrap();
    file["stored_at"] = json!("2026-06-01T12:00:00Z");
    let folder = folder.join(tenant().to_string());
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(format!("{stem}.aws.json")), file.to_string()).unwrap();
}

#[tokio::test]
async fn files_are_found_opened_and_removed() {
    let (folder, sealer) = (tempfile::tempdir().unwrap(), sealer());
    let one = environment().to_string();
    write(folder.path(), &*sealer, "tenant", "credentials/tenant/aws").await;
    write(
        folder.path(),
        &*sealer,
        &one,
        &format!("credentials/{one}/aws"),
    )
    .await;
    fs::write(folder.path().join("notes.txt"), "not ours").unwrap();
    let files = EarlierCredentials::new(folder.path(), sealer);
    let found = files.list().unwrap();
    let environments: Vec<_> = found.iter().map(|file| file.environment).collect();
    assert_eq!(environments, [Some(environment()), None]);
    assert_ne!(found[0].id, found[1].id);
    for file in &found {
        let keys = files.open(file).await.unwrap();
        assert_eq!(keys.secret_access_key.expose_secret(), CANARY);
        assert_eq!(keys.role.unwrap().external_id.unwrap(), "hangar-vision");
        assert_eq!(file.stored_at, "2026-06-01T12:00:00Z".parse().unwrap());
    }
    // The same file has the same id whenever it is read.
    assert_eq!(files.list().unwrap()[0].id, found[0].id);
    for _ in 0..2 {
        files.remove(&found[0]).unwrap();
    }
    assert_eq!(files.list().unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_of_another_environment_does_not_open_and_says_nothing_of_it() {
    let (folder, sealer) = (tempfile::tempdir().unwrap(), sealer());
    let one = environment().to_string();
    write(folder.path(), &*sealer, &one, "credentials/tenant/aws").await;
    let files = EarlierCredentials::new(folder.path(), sealer);
    let found = files.list().unwrap();
    let error = files.open(&found[0]).await.unwrap_err();
    assert!(!format!("{error:?}").contains("CANARY"));
}

#[test]
fn without_a_folder_there_is_nothing() {
    let files = EarlierCredentials::new("/nonexistent/hangar", sealer());
    assert!(files.list().unwrap().is_empty());
}
