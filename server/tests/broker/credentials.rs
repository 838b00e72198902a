//! `hangar credentials`: what is stored, listed and removed.

use crate::fixture::{Portal, output_of, settings, write_site};
use domain::caller::Caller;
use persistence::{ChainVerdict, Database};
use provisioning::ports::{sealing::SecretOwner, stores::TenantStore as _};
use secrecy::ExposeSecret as _;
use server::server::Server;
use std::{fs, path::Path};

async fn audited(portal: &Portal) -> i64 {
    match portal.server.database.verify_chain().await.unwrap() {
        ChainVerdict::Intact { entries } => entries,
        broken => panic!("{broken:?}"),
    }
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
        listed.contains("payments, every environment") && listed.contains("eu-central-1"),
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

#[tokio::test]
async fn what_lay_in_the_data_directory_is_taken_over_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let (data, site) = (folder.path().join("data"), folder.path().join("site"));
    write_site(&site);
    let settings = settings(&data);
    settings.make_data_directory().unwrap();
    let database = Database::open(settings.database.expose()).await.unwrap();
    database.seed_tenants(&settings.tenants).await.unwrap();
    let tenants = database.tenants().await.unwrap();
    database.close().await;
    let tenant = &tenants[0];
    let (tenant_id, environment) = (tenant.tenant.id, tenant.environments[0].id);
    let keyring = server::keys::keyring(&settings).unwrap();
    let sealer = server::keys::sealer(&server::keys::keys(&settings, &keyring).unwrap());
    let owner = SecretOwner {
        tenant_id,
        place: format!("credentials/{environment}/aws"),
    };
    let keys =
        r#"{"access_key_id": "AKIAIOSFODNN7EXAMPLE", "secret_access_key": "canary-from-before"}"#;
    let sealed = sealer.seal(&owner, &keys.to_owned().into()).await.unwrap();
    let mut file = serde_json::to_value(sealed).unwrap();
    file["stored_at"] = "2026-06-01T12:00:00Z".into();
    let of_tenant = data.join("credentials").join(tenant_id.to_string());
    fs::create_dir_all(&of_tenant).unwrap();
    let path = of_tenant.join(format!("{environment}.aws.json"));
    for _ in 0..2 {
        // The second time as after a crash between the row and the file.
        fs::write(&path, file.to_string()).unwrap();
        let server = Server::start(settings.clone(), &site).await.unwrap();
        assert!(!path.exists());
        let slug = &tenant.tenant.slug;
        let credentials = &server.portal.core.credentials;
        let listed = credentials.list(&Caller::portal(), slug).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert!(listed[0].chosen);
        assert_eq!(listed[0].environment.as_ref().unwrap().id, environment);
        server.stop().await;
    }
}
