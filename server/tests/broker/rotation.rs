//! Another key for what is sealed: while a portal runs, stopped in between, and with AWS KMS.

use crate::fixture::{Hangar, Moto, Portal, output_of, settings, write_site};
use domain::{
    caller::Caller,
    credential::{CredentialInput, CredentialScope, Provider},
    ids::CredentialId,
};
use persistence::{Database, credential_records::SealedKind};
use provisioning::{
    key_rotation::{KeyRotation, RotationReport},
    ports::sealing::{SealError, Sealer},
    vault::Vault,
};
use secrecy::ExposeSecret as _;
use secrets::{Envelope, Key, Keyring};
use server::{
    config::{AwsSettings, Settings},
    keys,
    server::Server,
    vault,
};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYCANARYSECR";

/// A vault beside whatever else uses the data directory.
struct Beside {
    database: Database,
    sealer: Arc<dyn Sealer>,
    vault: Vault,
}

impl Beside {
    async fn open(settings: &Settings) -> Self {
        server::data_directory::prepare(&settings.data_dir).unwrap();
        let keyring = keys::keyring(settings).unwrap();
        let database = keys::open_database(settings, &keyring).await.unwrap();
        database.tenants().seed(&settings.tenants).await.unwrap();
        let sealer = keys::sealer(&keys::keys(settings, &keyring).unwrap());
        Self::with(settings, database, sealer)
    }

    fn with(settings: &Settings, database: Database, sealer: Arc<dyn Sealer>) -> Self {
        let db = database.clone();
        Self {
            vault: vault::vault(settings, db, sealer.clone()).unwrap(),
            database,
            sealer,
        }
    }

    async fn store(&self, name: &str) -> CredentialId {
        let fields = [
            ("access_key_id", "AKIAIOSFODNN7EXAMPLE"),
            ("secret_access_key", SECRET),
        ];
        let input = CredentialInput {
            scope: CredentialScope {
                tenant: "vision".into(),
                environment: None,
            },
            provider: Provider::Aws,
            name: name.into(),
            chosen: true,
            fields: fields
                .map(|(name, value)| (name.to_owned(), value.to_owned().into()))
                .into(),
        };
        let stored = self.vault.create(&Caller::command_line(), input).await;
        stored.unwrap().id
    }

    async fn opens(&self, id: CredentialId) -> Result<bool, SealError> {
        let record = self.database.credentials().get(id).await.unwrap().unwrap();
        let opened = self.sealer.open(&record.owner(), &record.sealed).await?;
        Ok(opened.expose_secret().contains(SECRET))
    }

    /// The keys in use, with how much lies under each.
    async fn in_use(&self) -> Vec<(String, u64)> {
        let uses = self.database.sealed_rows().keys_in_use().await.unwrap();
        uses.into_iter()
            .map(|found| (found.key_id, found.count))
            .collect()
    }

    async fn rotate(&self, batches: u32) -> RotationReport {
        let rotation = KeyRotation::new(self.database.clone(), self.sealer.clone());
        let done = AtomicU32::new(0);
        let told = |_: &RotationReport| {
            done.fetch_add(1, Ordering::SeqCst);
        };
        let go_on = || done.load(Ordering::SeqCst) < batches;
        let report = rotation.run(&Caller::command_line(), told, go_on).await;
        report.unwrap()
    }
}

fn envelope(current: Key, old: Vec<Key>) -> Arc<dyn Sealer> {
    Arc::new(Envelope::new(Arc::new(Keyring::new(current, old))))
}

fn copy(text: &str) -> Key {
    Key::from_text(text).unwrap()
}

#[tokio::test]
async fn a_rotation_that_is_stopped_leaves_everything_open_and_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let before = Beside::open(&settings).await;
    let mut ids = Vec::new();
    // More than a batch.
    for number in 0..150 {
        ids.push(before.store(&format!("credential {number}")).await);
    }
    let old_text = std::fs::read_to_string(folder.path().join("keys/current.key")).unwrap();
    let new_text = Key::generate().to_text();
    let both = envelope(copy(&new_text), vec![copy(&old_text)]);
    let after = Beside::with(&settings, before.database.clone(), both);
    let report = after.rotate(1).await;
    assert_eq!((report.done, report.failed.len()), (100, 0));
    assert_eq!(after.in_use().await.len(), 2);
    for id in &ids {
        assert!(after.opens(*id).await.unwrap());
    }
    let report = after.rotate(u32::MAX).await;
    assert_eq!(report.done, 50);
    assert_eq!(
        after.in_use().await,
        [(copy(&new_text).id().to_owned(), 150)]
    );
    // Once more there is nothing to do.
    assert_eq!(after.rotate(u32::MAX).await, RotationReport::default());
    let only_new = envelope(copy(&new_text), Vec::new());
    let end = Beside::with(&settings, before.database.clone(), only_new);
    assert!(end.opens(ids[0]).await.unwrap() && end.opens(ids[149]).await.unwrap());
    before.opens(ids[0]).await.unwrap_err();
}

#[tokio::test]
async fn what_does_not_open_is_left_as_it_is_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let before = Beside::open(&settings).await;
    let (kept, moved) = (before.store("kept").await, before.store("moved").await);
    // Somebody puts the secret of one into the row of the other.
    let rows =
        before
            .database
            .sealed_rows()
            .not_under(SealedKind::Credential, "", uuid::Uuid::nil(), 9);
    let rows = rows.await.unwrap();
    let row = |id: CredentialId| {
        rows.iter()
            .find(|row| CredentialId::from(row.id) == id)
            .unwrap()
    };
    let mut swapped = row(moved).sealed.clone();
    swapped
        .wrapped_key
        .clone_from(&row(kept).sealed.wrapped_key);
    let swap = [(row(moved).clone(), swapped)];
    assert_eq!(
        before
            .database
            .sealed_rows()
            .put_rewrapped(&swap)
            .await
            .unwrap(),
        1
    );
    let error = before.opens(moved).await.unwrap_err();
    assert!(matches!(error, SealError::NotAuthentic), "{error}");

    let old = std::fs::read_to_string(folder.path().join("keys/current.key")).unwrap();
    let both = envelope(Key::generate(), vec![copy(&old)]);
    let after = Beside::with(&settings, before.database.clone(), both);
    let report = after.rotate(u32::MAX).await;
    assert_eq!(report.done, 1);
    let [failure] = report.failed.as_slice() else {
        panic!("{report:?}")
    };
    assert!(failure.starts_with("the credential moved: "), "{failure}");
    assert!(after.opens(kept).await.unwrap());
}

#[tokio::test]
async fn a_ciphertext_in_another_row_or_of_another_tenant_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(folder.path());
    let beside = Beside::open(&settings).await;
    let (one, two) = (beside.store("one").await, beside.store("two").await);
    let record = beside
        .database
        .credentials()
        .get(one)
        .await
        .unwrap()
        .unwrap();
    let mut elsewhere = beside
        .database
        .credentials()
        .get(two)
        .await
        .unwrap()
        .unwrap();
    elsewhere.sealed = record.sealed.clone();
    let owner = elsewhere.owner();
    let opened = beside.sealer.open(&owner, &elsewhere.sealed).await;
    assert!(matches!(opened, Err(SealError::NotAuthentic)));
    let mut foreign = record.clone();
    let tenants = beside.database.tenants().active().await.unwrap();
    let other = tenants.iter().find(|one| one.tenant.slug == "payments");
    foreign.tenant = other.unwrap().tenant.clone();
    let owner = foreign.owner();
    let opened = beside.sealer.open(&owner, &foreign.sealed).await;
    assert!(matches!(opened, Err(SealError::NotAuthentic)));
    let dump = std::fs::read(folder.path().join("hangar.db")).unwrap();
    let log = std::fs::read(folder.path().join("hangar.db-wal")).unwrap_or_default();
    let dump = String::from_utf8_lossy(&[dump, log].concat()).into_owned();
    assert!(dump.contains("AKIAIOSFODNN7EXAMPLE") && !dump.contains(SECRET));
}

#[tokio::test]
async fn a_portal_without_the_key_of_a_credential_does_not_start_and_names_both() {
    let folder = tempfile::tempdir().unwrap();
    let (data, site) = (folder.path().join("data"), folder.path().join("site"));
    write_site(&site);
    let settings = settings(&data);
    let beside = Beside::open(&settings).await;
    beside.store("main account").await;
    let id = beside.sealer.current_key().to_owned();
    beside.database.close().await;
    // Another data directory beside the same database.
    std::fs::remove_dir_all(data.join("keys")).unwrap();
    let refused = Server::start(settings, &site)
        .await
        .map(|_| ())
        .unwrap_err();
    let said = refused.to_string();
    assert!(
        said.contains(&id) && said.contains("main account"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_and_everything_wrapped_anew_beside_a_running_portal() {
    let portal = Portal::start().await;
    let secrets = portal.moto.secrets("vision").await;
    portal.store("vision", &secrets);
    let hangar = portal.hangar();
    // The running portal seals the tokens of its workspaces by itself, until each has one.
    let all_sealed = async || {
        let workspaces = portal.server.database.workspaces().list().await.unwrap();
        workspaces.iter().all(|one| one.account.is_some())
    };
    while !all_sealed().await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let count = portal
        .server
        .database
        .workspaces()
        .list()
        .await
        .unwrap()
        .len()
        + 1;
    let (all, none) = (format!("{count} secrets"), "0 secrets");
    let before = hangar.run(&["keys", "status"]);
    assert!(
        before.contains("current") && before.contains(&all),
        "{before}"
    );
    let made = hangar.run(&["keys", "new"]);
    assert!(made.contains("hangar keys rotate"), "{made}");
    let rotated = hangar.run(&["keys", "rotate"]);
    hangar.run(&["audit", "verify"]);
    assert!(rotated.contains(&format!("Done: {count}.")), "{rotated}");
    let after = hangar.run(&["keys", "status"]);
    let lines: Vec<_> = after.lines().collect();
    assert_eq!(lines.len(), 2, "{after}");
    assert!(
        lines
            .iter()
            .any(|line| line.contains("current") && line.contains(&all))
    );
    assert!(
        lines
            .iter()
            .any(|line| line.contains("decrypts only") && line.contains(none))
    );
    assert!(hangar.run(&["credentials", "list"]).contains("AWS"));
    // The portal that runs finds the new key beside the old one.
    let identity = portal.let_in("server", &[]);
    let workspace = portal.workspace("vision").await;
    let asked = portal.ask(&identity, &workspace);
    assert!(asked.status.success(), "{}", output_of(&asked));
    // The old key is not needed any more, nor by what the portal has recorded since.
    let keys = portal.folder().join("data/keys");
    for file in std::fs::read_dir(&keys).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|end| end == "key") && !path.ends_with("current.key") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert!(hangar.run(&["keys", "status"]).contains(&all));
    for said in [before, made, rotated, after] {
        assert!(!said.contains(secrets.secret_access_key.expose_secret()));
    }
}

/// Settings whose keys are in moto's KMS.
async fn in_kms(moto: &Moto, data: &Path) -> Settings {
    let mut settings = settings(data);
    settings.aws = Some(AwsSettings {
        access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
        secret_access_key: "portal".to_owned().into(),
        region: domain::aws::Region::default(),
        endpoint: Some(moto.url.clone()),
    });
    settings.keys.kms = Some(moto.key().await.parse().unwrap());
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn aws_kms_wraps_data_keys_and_unwraps_them_for_their_place_only() {
    let moto = Moto::start().await;
    let folder = tempfile::tempdir().unwrap();
    // Something lies under the key of the data directory already.
    let local = Beside::open(&settings(folder.path())).await;
    let first = local.store("first").await;
    let with_kms = in_kms(&moto, folder.path()).await;
    let kms = Beside::open(&with_kms).await;
    let second = kms.store("second").await;
    let record = kms
        .database
        .credentials()
        .get(second)
        .await
        .unwrap()
        .unwrap();
    assert!(
        record
            .sealed
            .key_id
            .starts_with("kms:arn:aws:kms:us-east-1:")
    );
    assert!(kms.opens(first).await.unwrap() && kms.opens(second).await.unwrap());
    // The encryption context is the row's.
    let other = kms
        .database
        .credentials()
        .get(first)
        .await
        .unwrap()
        .unwrap();
    let moved = kms.sealer.open(&other.owner(), &record.sealed).await;
    assert!(matches!(moved, Err(SealError::NotAuthentic)), "{moved:?}");
    // Without KMS the key is missing, by its name.
    let missing = local.opens(second).await.unwrap_err().to_string();
    assert!(missing.contains("kms:arn:"), "{missing}");

    assert_eq!(kms.rotate(u32::MAX).await.done, 1);
    assert_eq!(kms.in_use().await, [(record.sealed.key_id.clone(), 2)]);
    assert!(kms.opens(first).await.unwrap());
    // And back.
    let mut back = with_kms.clone();
    back.keys.old_kms.extend(back.keys.kms.take());
    let back = Beside::open(&back).await;
    assert_eq!(back.rotate(u32::MAX).await.done, 2);
    assert!(local.opens(first).await.unwrap() && local.opens(second).await.unwrap());
    let hangar = Hangar::for_data(folder.path());
    assert!(hangar.run(&["keys", "status"]).contains("2 secrets"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_kms_that_cannot_be_used_is_told_at_the_start() {
    let moto = Moto::start().await;
    let folder = tempfile::tempdir().unwrap();
    let (data, site) = (folder.path().join("data"), folder.path().join("site"));
    write_site(&site);
    let settings = in_kms(&moto, &data).await;
    Server::start(settings, &site).await.unwrap().stop().await;
    let mut settings = in_kms(&moto, &folder.path().join("other")).await;
    let nothing = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    settings.keys.kms = Some(nothing.parse().unwrap());
    let refused = Server::start(settings, &site)
        .await
        .map(|_| ())
        .unwrap_err();
    let said = format!("{refused:#}");
    assert!(
        said.contains(nothing) && said.contains("does not exist"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_asks_sts_as_the_role_with_its_external_id() {
    let moto = Moto::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut settings = in_kms(&moto, folder.path()).await;
    settings.keys.kms = None;
    let beside = Beside::open(&settings).await;
    let secrets = moto.secrets("vision").await;
    let caller = Caller::command_line();
    let fields: serde_json::Value = serde_json::from_str(&secrets.json()).unwrap();
    let input = CredentialInput {
        scope: CredentialScope {
            tenant: "vision".into(),
            environment: None,
        },
        provider: Provider::Aws,
        name: "role".into(),
        chosen: false,
        fields: serde_json::from_value(fields).unwrap(),
    };
    let stored = beside.vault.create(&caller, input).await.unwrap();
    let result = beside.vault.check(&caller, stored.id).await.unwrap();
    assert!(result.accepted, "{result:?}");
    assert_eq!(result.account.as_deref(), Some("123456789012"));
    let identity = result.identity.clone().unwrap();
    assert_eq!(identity, secrets.identity("hangar-check"));
    let seen = beside.vault.get(&caller, stored.id).await.unwrap();
    assert_eq!(seen.check, Some(result));

    // A role that the portal's own identity assumes.
    let tenants = beside.database.tenants().active().await.unwrap();
    let vision = tenants
        .iter()
        .find(|one| one.tenant.slug == "vision")
        .unwrap();
    let role = serde_json::json!({
        "role_arn": format!("arn:aws:iam::123456789012:role/{}", secrets.role),
        "external_id": format!("hangar:{}", vision.tenant.id),
    });
    let input = CredentialInput {
        scope: CredentialScope {
            tenant: "vision".into(),
            environment: Some("dev".into()),
        },
        provider: Provider::Aws,
        name: "portal's".into(),
        chosen: false,
        fields: serde_json::from_value(role).unwrap(),
    };
    let stored = beside.vault.create(&caller, input).await.unwrap();
    let result = beside.vault.check(&caller, stored.id).await.unwrap();
    assert!(result.accepted, "{result:?}");
    let environment = vision.environments[0].id;
    let credentials = beside.database.credentials();
    let used = credentials.chosen(vision.tenant.id, environment, Provider::Aws);
    let used = used.await.unwrap().unwrap();
    assert_eq!(used.id, stored.id);
    let keys = beside.vault.aws_keys(&used).await.unwrap();
    assert_eq!(keys.access_key_id, "AKIAIOSFODNN7EXAMPLE");
}
