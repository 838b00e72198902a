//! Opening a database, and what people are told when it cannot be opened.

use crate::{
    backend::{Backend, drop_postgres_database, head_keys, postgres_database, postgres_server},
    fixtures::*,
};
use domain::error::causes;
use persistence::{Database, OpenError};
use sqlx::{AnyConnection, Connection, Executor, Row};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};
use tempfile::tempdir;
use tokio::task::JoinSet;

on_both_databases!(
    what_is_stored_is_there_after_a_restart,
    a_database_of_a_newer_hangar_is_refused,
    a_database_with_another_migration_is_refused,
);

async fn refusal(location: &str) -> OpenError {
    Database::open(location, head_keys()).await.unwrap_err()
}

async fn what_is_stored_is_there_after_a_restart(backend: &Backend) {
    let world = world(&backend.database).await;
    let order = world.order("payments-ci");
    let record = created(&backend.database, &order).await;
    let restarted = backend.another().await;
    assert_eq!(read(&restarted, &order).await, record);
    restarted.close().await;
}

async fn a_database_of_a_newer_hangar_is_refused(backend: &Backend) {
    backend
        .raw()
        .await
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
             execution_time) SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations \
             WHERE version = 1",
        )
        .await
        .unwrap();
    let error = refusal(&backend.location).await;
    assert!(
        matches!(error, OpenError::NewerSchema { found: 9999, .. }),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("run that version or a later one")
    );
}

async fn a_database_with_another_migration_is_refused(backend: &Backend) {
    let other = if backend.is_postgres() {
        "UPDATE _sqlx_migrations SET checksum = '\\x00'"
    } else {
        "UPDATE _sqlx_migrations SET checksum = x'00'"
    };
    backend.raw().await.execute(other).await.unwrap();
    let error = refusal(&backend.location).await;
    assert!(
        matches!(error, OpenError::AlteredMigration { version: 1 }),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn several_portals_may_start_on_an_empty_postgres_at_once() {
    let location = postgres_database().await;
    let mut portals = JoinSet::new();
    for _ in 0..6 {
        let location = location.clone();
        portals.spawn(async move { Database::open(&location, head_keys()).await.unwrap() });
    }
    for database in portals.join_all().await {
        database.close().await;
    }
    drop_postgres_database(&location).await;
}

#[tokio::test]
async fn a_new_file_is_readable_by_its_owner_only() {
    let folder = tempdir().unwrap();
    let location = folder.path().join("hangar.db");
    let database = Database::open(location.to_str().unwrap(), head_keys())
        .await
        .unwrap();
    world(&database).await;
    let mut files = 0;
    for file in fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
        files += 1;
    }
    assert!(files > 1, "the write-ahead log is there too");
    database.close().await;
}

#[tokio::test]
async fn sqlite_lets_readers_go_on_and_writers_wait_while_another_process_writes() {
    let backend = Backend::sqlite().await;
    let mode = sqlx::query("PRAGMA journal_mode")
        .fetch_one(&mut backend.raw().await)
        .await
        .unwrap();
    assert_eq!(mode.get::<String, _>(0), "wal");
    // Another process holds the write lock for a moment.
    let mut other = backend.raw().await;
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let database = backend.database.clone();
    let writing = tokio::spawn(async move { sign_in(&database, "ada", "Ada").await });
    assert!(
        backend
            .database
            .clusters()
            .get(persistence::new_id())
            .await
            .unwrap()
            .is_none()
    );
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(writing.await.unwrap().name, "Ada");
    backend.end().await;
}

#[tokio::test]
async fn a_path_may_hold_any_character_and_be_a_url() {
    let folder = tempdir().unwrap();
    let odd = folder.path().join("50% of #1 über.db");
    Database::open(odd.to_str().unwrap(), head_keys())
        .await
        .unwrap()
        .close()
        .await;
    assert!(odd.is_file());
    for (scheme, name) in [("sqlite:", "one.db"), ("sqlite://", "two.db")] {
        let path = folder.path().join(name);
        let location = format!("{scheme}{}", path.display());
        Database::open(&location, head_keys())
            .await
            .unwrap()
            .close()
            .await;
        assert!(path.is_file());
    }
}

#[tokio::test]
async fn what_is_no_database_is_named_with_a_way_out() {
    let folder = tempdir().unwrap();
    let inside = |name: &str| folder.path().join(name).display().to_string();
    fs::write(inside("notes.txt"), "not a database, only some notes").unwrap();
    fs::write(inside("short.txt"), "SQL").unwrap();
    for (location, part) in [
        ("", "no database is given"),
        ("  ", "no database is given"),
        ("sqlite:", "no database is given"),
        ("mysql://root:secret@db/hangar", "“mysql” cannot be used"),
        ("postgres://", "write it as"),
        ("postgres://user:secret@host:port/db", "write it as"),
        (":memory:", "because it ends with its connection"),
        ("sqlite::memory:", "because it ends with its connection"),
        ("sqlite:hangar.db?cache=shared", "leave it out"),
        (
            &inside("missing/hangar.db"),
            "create it, or choose another path",
        ),
        (&inside("."), "is a folder"),
        (&inside("notes.txt"), "is not an SQLite database"),
        (&inside("short.txt"), "is not an SQLite database"),
        (
            &format!("{}?mode=ro", inside("none.db")),
            "there is no database file",
        ),
    ] {
        let error = refusal(location).await;
        let text = causes(&error);
        assert!(text.contains(part), "{location}: {text}");
        assert!(!text.contains("secret"), "{text}");
    }
    assert_eq!(
        fs::read_to_string(inside("notes.txt")).unwrap(),
        "not a database, only some notes"
    );
}

#[tokio::test]
async fn the_database_of_another_program_is_left_alone() {
    sqlx::any::install_default_drivers();
    let folder = tempdir().unwrap();
    let path = folder.path().join("other.db");
    let mut other = AnyConnection::connect(&format!("sqlite:{}?mode=rwc", path.display()))
        .await
        .unwrap();
    other
        .execute("CREATE TABLE songs (title TEXT)")
        .await
        .unwrap();
    other.close().await.unwrap();
    let before = fs::read(&path).unwrap();
    for query in ["", "?mode=ro"] {
        let error = refusal(&format!("{}{query}", path.display())).await;
        assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_file_is_reported() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("hangar.db");
    let mut damaged = b"SQLite format 3\0".to_vec();
    damaged.resize(8192, 0xff);
    fs::write(&path, damaged).unwrap();
    let error = refusal(path.to_str().unwrap()).await;
    assert!(matches!(error, OpenError::Sqlite { .. }), "{error}");
}

#[tokio::test]
async fn a_postgres_that_cannot_be_used_says_why_without_the_password() {
    let mut url = postgres_server();
    url.set_password(Some("hunter2")).unwrap();
    let mut missing = url.clone();
    missing.set_path("no_such_database");
    let mut nobody = url.clone();
    nobody.set_port(Some(1)).unwrap();
    for (url, part) in [(missing, "no_such_database"), (nobody, "refused")] {
        let error = refusal(url.as_str()).await;
        let text = causes(&error);
        assert!(text.contains(part), "{text}");
        assert!(text.contains("check that it runs"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_of_a_database_holds_no_password() {
    let location = postgres_database().await;
    let database = Database::open(&location, head_keys()).await.unwrap();
    let name = location.rsplit('/').next().unwrap();
    for shown in [
        format!("{database:?}"),
        format!("{:?}", database.sessions()),
    ] {
        assert!(
            !shown.contains("postgres://") && !shown.contains(name),
            "{shown}"
        );
    }
    database.close().await;
    drop(database);
    drop_postgres_database(&location).await;
    assert!(!Path::new(&location).exists());
}
