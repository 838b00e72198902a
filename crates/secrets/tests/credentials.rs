//! Credentials in sealed files.

use domain::ids::{EnvironmentId, TenantId};
use jiff::Timestamp;
use provisioning::ports::cloud_credentials::{AwsKeys, AwsRole, CredentialSource};
use secrecy::ExposeSecret;
use secrets::{Envelope, Key, Keyring, Scope, SealedCredentials};
use std::{fs, os::unix::fs::PermissionsExt, path::Path, sync::Arc};
use uuid::Uuid;

const CANARY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";

fn keys(access_key_id: &str) -> AwsKeys {
    AwsKeys {
        access_key_id: access_key_id.into(),
        secret_access_key: CANARY.into(),
        region: Some("eu-central-1".into()),
        role: Some(AwsRole {
            arn: "arn:aws:iam::123456789012:role/hangar".into(),
            external_id: Some("hangar-vision".into()),
        }),
    }
}

fn source(folder: &Path, key: Key) -> SealedCredentials {
    let envelope = Envelope::new(Arc::new(Keyring::new(key, Vec::new())));
    SealedCredentials::new(folder, Arc::new(envelope))
}

fn tenant(number: u128) -> TenantId {
    Uuid::from_u128(number).into()
}

fn environment(number: u128) -> EnvironmentId {
    Uuid::from_u128(number).into()
}

#[tokio::test]
async fn an_environment_without_a_credential_uses_that_of_its_tenant() {
    let directory = tempfile::tempdir().unwrap();
    let source = source(directory.path(), Key::generate());
    let whole = Scope::Tenant(tenant(1));
    let one = Scope::Environment(tenant(1), environment(11));
    let now = Timestamp::now();
    source
        .store_aws(whole, &keys("AKIAWHOLE"), now)
        .await
        .unwrap();
    source.store_aws(one, &keys("AKIAONE"), now).await.unwrap();

    let found = async |tenant, environment| {
        let keys = source.aws_keys(tenant, environment).await.unwrap()?;
        assert_eq!(keys.secret_access_key.expose_secret(), CANARY);
        assert_eq!(keys.role.unwrap().external_id.unwrap(), "hangar-vision");
        Some(keys.access_key_id)
    };
    assert_eq!(found(tenant(1), environment(11)).await.unwrap(), "AKIAONE");
    assert_eq!(
        found(tenant(1), environment(12)).await.unwrap(),
        "AKIAWHOLE"
    );
    assert_eq!(found(tenant(2), environment(11)).await, None);

    assert!(source.remove_aws(one).unwrap());
    assert!(!source.remove_aws(one).unwrap());
    assert_eq!(
        found(tenant(1), environment(11)).await.unwrap(),
        "AKIAWHOLE"
    );
    let listed: Vec<_> = source.list().unwrap().iter().map(|one| one.scope).collect();
    assert_eq!(listed, [whole]);
}

#[tokio::test]
async fn the_files_hold_nothing_readable_and_are_their_owners() {
    let directory = tempfile::tempdir().unwrap();
    let source = source(&directory.path().join("credentials"), Key::generate());
    let scope = Scope::Tenant(tenant(1));
    source
        .store_aws(scope, &keys("AKIACANARY"), Timestamp::now())
        .await
        .unwrap();
    let path = directory
        .path()
        .join(format!("credentials/{}/tenant.aws.json", tenant(1)));
    let content = fs::read_to_string(&path).unwrap();
    for hidden in [CANARY, "AKIACANARY", "123456789012"] {
        assert!(!content.contains(hidden), "{content}");
    }
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(!format!("{:?}", source.list().unwrap()).contains("AKIACANARY"));
}

#[tokio::test]
async fn a_file_moved_to_another_tenant_does_not_open() {
    let directory = tempfile::tempdir().unwrap();
    let source = source(directory.path(), Key::generate());
    source
        .store_aws(Scope::Tenant(tenant(1)), &keys("AKIAONE"), Timestamp::now())
        .await
        .unwrap();
    let of = |number| directory.path().join(tenant(number).to_string());
    fs::rename(of(1), of(2)).unwrap();
    let error = source
        .aws_keys(tenant(2), environment(1))
        .await
        .unwrap_err();
    assert!(!error.may_pass);
    assert!(!format!("{error} {error:?}").contains(CANARY));
}

#[tokio::test]
async fn a_file_under_a_key_that_is_gone_says_which() {
    let directory = tempfile::tempdir().unwrap();
    let key = Key::generate();
    let id = key.id().to_owned();
    source(directory.path(), key)
        .store_aws(Scope::Tenant(tenant(1)), &keys("AKIAONE"), Timestamp::now())
        .await
        .unwrap();
    let other = source(directory.path(), Key::generate());
    let error = other.aws_keys(tenant(1), environment(1)).await.unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains(&id), "{cause}");
}
