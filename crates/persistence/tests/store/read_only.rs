//! A database file that cannot be written: reads work, each write says why it does not.

use crate::{
    backend::{Backend, head_keys},
    fixtures::*,
};
use domain::{
    access::PlatformRole,
    audit::AuditAction,
    caller::TenantScope,
    cluster::ClusterQuery,
    error::causes,
    operation::{Operation, OperationKind},
};
use jiff::SignedDuration;
use persistence::{Database, OpenError, error::StoreError, new_id, records::Costs};
use sqlx::{AnyConnection, Connection, Executor};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use tempfile::{TempDir, tempdir};
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The file of a portal that has ended, with one cluster in it.
async fn stopped() -> (TempDir, PathBuf, World) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("hangar.db");
    let database = Database::open(path.to_str().unwrap(), head_keys())
        .await
        .unwrap();
    let world = world(&database).await;
    created(&database, &world.order("payments-ci")).await;
    database.close().await;
    (folder, path, world)
}

/// Every read answers, every write is refused with a reason and a way out.
async fn reads_work_and_writes_are_refused(database: &Database, world: &World) {
    let everything = TenantScope::All;
    let page = database
        .clusters()
        .list(&everything, None, &ClusterQuery::default())
        .await
        .unwrap();
    assert_eq!(page.total, 1);
    let cluster = page.items[0].clone();
    let order = world.order("other");
    assert_eq!(
        database.clusters().get(cluster.id).await.unwrap(),
        Some(cluster.clone())
    );
    assert!(
        !database
            .clusters()
            .name_taken(HOST, &order.name)
            .await
            .unwrap()
    );
    assert_eq!(
        database
            .clusters()
            .ending_before(&everything, after(9999), 8)
            .await
            .unwrap()
            .len(),
        1
    );
    let costs = database
        .clusters()
        .costs(&everything, month(), after(9))
        .await
        .unwrap();
    assert_eq!(costs, Costs::default());
    assert!(database.clusters().next_due().await.unwrap().is_some());
    let ada = world.ada.clone();
    assert_eq!(
        database.users().get(ada.id).await.unwrap(),
        Some(ada.clone())
    );
    assert_eq!(
        database.users().by_email(&ada.email).await.unwrap().len(),
        1
    );
    assert!(
        database
            .tokens()
            .list(ada.id, noon())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        database.tokens().by_digest("x", noon()).await.unwrap(),
        None
    );
    assert_eq!(database.tenants().active().await.unwrap().len(), 2);
    assert_eq!(
        database.audit().recent(&everything, 8).await.unwrap().len(),
        1
    );
    let verification = database.verify_chains(&[]).await.unwrap();
    assert!(!verification.chains.is_empty() && verification.is_intact());
    let sessions = database.sessions();
    assert_eq!(sessions.load(&Id::default()).await.unwrap(), None);

    let audit = || audit_of(&order, AuditAction::OrderCluster);
    let claim = persistence::records::Claim {
        record: cluster.clone(),
        fence: 1,
        wakes: 0,
    };
    let operation = Operation::begin(new_id(), OperationKind::DeleteCluster, noon());
    let minute = SignedDuration::from_secs(60);
    let refused = [
        database
            .clusters()
            .create(order.clone(), audit())
            .await
            .map(drop),
        database
            .clusters()
            .delete(cluster.id, operation, audit())
            .await
            .map(drop),
        database.clusters().claim(noon(), minute, 1).await.map(drop),
        database.clusters().extend(&claim, noon()).await.map(drop),
        database
            .clusters()
            .record(&claim, as_it_is(&cluster))
            .await
            .map(drop),
        database.clusters().wake(cluster.id).await,
        database
            .users()
            .sign_in(person("ada", "Ada"), noon())
            .await
            .map(drop),
        database
            .users()
            .set_platform_role(ada.id, PlatformRole::Admin, None, audit())
            .await
            .map(drop),
        database
            .users()
            .set_suspended(
                ada.id,
                true,
                audit_of_user(ada.id, AuditAction::SuspendUser),
            )
            .await
            .map(drop),
        database
            .users()
            .sign_out_everywhere(
                ada.id,
                false,
                audit_of_user(ada.id, AuditAction::SignOutEverywhere),
            )
            .await,
        database
            .tokens()
            .create(token(ada.id, "x"), 10, audit())
            .await
            .map(drop),
        database.tokens().note_use(new_id(), noon()).await,
        database
            .tokens()
            .revoke(ada.id, new_id(), audit())
            .await
            .map(drop),
        database.tenants().seed(&[]).await,
        database.audit().append(audit()).await,
    ];
    for (number, outcome) in refused.into_iter().enumerate() {
        let error: StoreError = outcome.expect_err(&format!("write {number}"));
        let text = causes(&error);
        assert!(text.contains("hangar.db is read-only"), "{text}");
        assert!(
            text.contains("give the user that runs Hangar write permission"),
            "{text}"
        );
    }
    let mut record = Record {
        id: Id::default(),
        data: Default::default(),
        expiry_date: time::OffsetDateTime::now_utc(),
    };
    let text = sessions.create(&mut record).await.unwrap_err().to_string();
    assert!(text.contains("cannot create a session"), "{text}");
    assert!(text.contains("hangar.db is read-only"), "{text}");
}

#[tokio::test]
async fn a_file_without_write_permission_is_served_for_reading() {
    let (_folder, path, world) = stopped().await;
    set_mode(&path, 0o400);
    let before = fs::read(&path).unwrap();
    let database = Database::open(path.to_str().unwrap(), head_keys())
        .await
        .unwrap();
    assert!(database.is_read_only());
    reads_work_and_writes_are_refused(&database, &world).await;
    database.close().await;
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_file_may_be_opened_for_reading_on_purpose() {
    let (_folder, path, world) = stopped().await;
    let location = format!("sqlite:{}?mode=ro", path.display());
    let database = Database::open(&location, head_keys()).await.unwrap();
    assert!(database.is_read_only());
    reads_work_and_writes_are_refused(&database, &world).await;
    database.close().await;
}

#[tokio::test]
async fn a_file_that_loses_its_write_permission_is_served_for_reading() {
    let backend = Backend::sqlite().await;
    let world = world(&backend.database).await;
    created(&backend.database, &world.order("payments-ci")).await;
    assert!(!backend.database.is_read_only());
    set_mode(Path::new(&backend.location), 0o400);
    reads_work_and_writes_are_refused(&backend.database, &world).await;
    set_mode(Path::new(&backend.location), 0o600);
    created(&backend.database, &world.order("other")).await;
    backend.end().await;
}

#[tokio::test]
async fn a_file_whose_companions_cannot_be_made_is_served_for_reading() {
    let (folder, path, world) = stopped().await;
    // Stands for a folder that cannot be written, which the tests' user may be allowed to all the same.
    fs::create_dir(folder.path().join("hangar.db-shm")).unwrap();
    set_mode(&path, 0o400);
    let database = Database::open(path.to_str().unwrap(), head_keys())
        .await
        .unwrap();
    reads_work_and_writes_are_refused(&database, &world).await;
    database.close().await;
}

#[tokio::test]
async fn a_read_only_file_with_another_schema_is_refused() {
    let (_folder, path, _) = stopped().await;
    let url = format!("sqlite:{}", path.display());
    let read_only = format!("{url}?mode=ro");
    sqlx::any::install_default_drivers();
    let mut raw = AnyConnection::connect(&url).await.unwrap();
    let newer = "UPDATE _sqlx_migrations SET version = version + 9990";
    raw.execute(newer).await.unwrap();
    let error = Database::open(&read_only, head_keys()).await.unwrap_err();
    assert!(
        matches!(error, OpenError::NewerSchema { found: 9991.., .. }),
        "{error}"
    );
    let older = "UPDATE _sqlx_migrations SET version = -version";
    raw.execute(older).await.unwrap();
    let error = Database::open(&read_only, head_keys()).await.unwrap_err();
    assert!(
        matches!(error, OpenError::OldReadOnly { found: ..0, .. }),
        "{error}"
    );
    raw.close().await.unwrap();

    let empty = path.with_file_name("empty.db");
    fs::write(&empty, "").unwrap();
    set_mode(&empty, 0o400);
    let error = Database::open(empty.to_str().unwrap(), head_keys())
        .await
        .unwrap_err();
    assert!(
        matches!(error, OpenError::OldReadOnly { found: 0, .. }),
        "{error}"
    );
}
