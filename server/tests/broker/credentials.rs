//! `hangar credentials`: what is stored, listed and removed.

use crate::fixture::{Portal, output_of};
use domain::{audit::AuditQueryInput, caller::TenantScope};
use secrecy::ExposeSecret as _;
use std::{fs, path::Path};

/// How often the command line stored or deleted a credential. Its use by the portal is recorded at any time.
async fn audited(portal: &Portal) -> usize {
    let input = AuditQueryInput {
        action: Some("create_credential,delete_credential".into()),
        ..AuditQueryInput::default()
    };
    let query = input.validate().unwrap();
    let audit = portal.server.database.audit();
    let entries = audit.list(&TenantScope::All, &query).await.unwrap();
    entries.items.len()
}

/// Everything in the files below a folder.
fn everything(folder: &Path, into: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            everything(&path, into);
        } else {
            into.extend(fs::read(&path).unwrap_or_default());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_is_stored_listed_and_removed_and_never_shown() {
    let portal = Portal::start().await;
    let secrets = portal.moto.secrets("vision").await;
    let hangar = portal.hangar();
    let set = [
        "credentials",
        "set",
        "--tenant",
        "vision",
        "--environment",
        "dev",
        "aws",
    ];
    let before = audited(&portal).await;
    let said = hangar.with_input(&set, &secrets.json());
    assert!(said.contains("vision / dev"), "{said}");
    assert_eq!(audited(&portal).await, before + 1);

    let listed = hangar.run(&["credentials", "list"]);
    let end = &secrets.access_key_id[secrets.access_key_id.len() - 4..];
    assert!(
        listed.contains("vision / dev") && listed.contains(end),
        "{listed}"
    );
    assert!(listed.contains("role/vision"), "{listed}");
    assert!(!secrets.secret_is_in(&listed) && !secrets.secret_is_in(&said));
    let mut stored = Vec::new();
    everything(&portal.folder().join("data"), &mut stored);
    assert!(!secrets.secret_is_in(&String::from_utf8_lossy(&stored)));

    let remove = [
        "credentials",
        "remove",
        "aws",
        "--tenant",
        "vision",
        "--environment",
        "dev",
    ];
    hangar.run(&remove);
    assert_eq!(audited(&portal).await, before + 2);
    assert_eq!(hangar.run(&["credentials", "list"]), "");
    assert!(!hangar.output(&remove).status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn awss_usual_variables_are_taken_where_they_are_asked_for() {
    let portal = Portal::start().await;
    let secrets = portal.moto.secrets("vision").await;
    let hangar = portal
        .hangar()
        .with("AWS_ACCESS_KEY_ID", &secrets.access_key_id)
        .with(
            "AWS_SECRET_ACCESS_KEY",
            secrets.secret_access_key.expose_secret(),
        )
        .with("AWS_REGION", "eu-central-1");
    hangar.run(&[
        "credentials",
        "set",
        "aws",
        "--tenant",
        "payments",
        "--from-environment",
    ]);
    let listed = hangar.run(&["credentials", "list"]);
    assert!(
        listed.contains("payments, all environments") && listed.contains("eu-central-1"),
        "{listed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_credential_is_refused_field_by_field_and_not_repeated() {
    let portal = Portal::start().await;
    let hangar = portal.hangar();
    let set = ["credentials", "set", "aws", "--tenant", "vision"];
    let refused = |arguments: &[&str], input: &str| {
        let output = hangar.fed(arguments, input);
        assert!(!output.status.success(), "{input}");
        let said = output_of(&output);
        assert!(!said.contains("canary"), "{said}");
        said
    };
    let said = refused(
        &set,
        r#"{"access_key_id": "ASIAIOSFODNN7EXAMPLE", "secret_access_key": "canary", "region": "Mars", "role_arn": "x"}"#,
    );
    for field in ["access_key_id", "secret_access_key", "region", "role_arn"] {
        assert!(said.contains(field), "{field}: {said}");
    }
    refused(&set, "canary");
    let good = portal.moto.secrets("vision").await.json();
    let nobody = refused(&["credentials", "set", "aws", "--tenant", "visoin"], &good);
    assert!(
        nobody.contains("vision, ") || nobody.contains(", vision"),
        "{nobody}"
    );
    let nowhere = [&set[..], &["--environment", "prod"]].concat();
    assert!(refused(&nowhere, &good).contains("dev"));
    assert_eq!(hangar.run(&["credentials", "list"]), "");
}
