//! A database, or a table, that another process has locked.

use crate::{backend::Backend, fixtures::*};
use domain::problem::{Problem, ProblemKind};
use persistence::error::internal;
use sqlx::{AnyConnection, Connection, Executor};
use std::{
    pin::pin,
    time::{Duration, Instant},
};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_file_is_unavailable_soon_and_works_again_when_it_is_free() {
    let backend = Backend::sqlite().await;
    let database = &backend.database;
    sqlx::any::install_default_drivers();
    let url = format!("sqlite:{}", backend.location);
    let mut other = AnyConnection::connect(&url).await.unwrap();
    other.execute("BEGIN EXCLUSIVE").await.unwrap();
    let mut record = Record {
        id: Id::default(),
        data: std::collections::HashMap::new(),
        expiry_date: OffsetDateTime::now_utc() + Duration::from_secs(60),
    };
    let sessions = database.sessions();
    let begun = Instant::now();
    let (write, session, sign_in) = tokio::join!(
        database.check_writable(),
        sessions.create(&mut record),
        sessions.take_sign_in("state", jiff::Timestamp::now()),
    );
    // One waits for the lock, the others for the connection that writes.
    assert!(begun.elapsed() < Duration::from_secs(5));
    for problem in [
        Problem::from(write.unwrap_err()),
        internal(&session.unwrap_err()),
        Problem::from(sign_in.unwrap_err()),
    ] {
        assert_eq!(problem.kind, ProblemKind::Unavailable, "{problem}");
        assert_eq!(problem.code, "database_unavailable");
    }
    assert!(database.clusters().next_due().await.is_ok(), "reads go on");
    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
    database.check_writable().await.unwrap();
    backend.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_unavailable_soon_and_works_again_when_it_is_free() {
    let backend = Backend::postgres().await;
    let database = &backend.database;
    let world = world(database).await;
    let mut other = backend.raw().await;
    other.execute("BEGIN").await.unwrap();
    other
        .execute("LOCK TABLE users, api_tokens IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let begun = Instant::now();
    let (read, token, written) = tokio::join!(
        database.users().get(world.ada.id),
        database.tokens().by_digest("digest", noon()),
        database
            .users()
            .sign_in(person("ada", "Ada Lovelace"), noon()),
    );
    assert!(begun.elapsed() < Duration::from_secs(5));
    for error in [
        read.map(|_| ()).unwrap_err(),
        token.map(|_| ()).unwrap_err(),
        written.map(|_| ()).unwrap_err(),
    ] {
        let problem = Problem::from(error);
        assert_eq!(problem.kind, ProblemKind::Unavailable, "{problem}");
    }
    assert!(database.clusters().next_due().await.is_ok());
    other.execute("ROLLBACK").await.unwrap();
    other.close().await.unwrap();
    assert!(database.users().get(world.ada.id).await.unwrap().is_some());
    backend.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_waits_for_one_that_migrates() {
    let backend = Backend::postgres().await;
    let mut other = backend.raw().await;
    other.execute("BEGIN").await.unwrap();
    other
        .execute("LOCK TABLE _sqlx_migrations IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    {
        let mut opening = pin!(backend.another());
        let longer_than_for_a_lock = Duration::from_secs(2);
        assert!(
            tokio::time::timeout(longer_than_for_a_lock, &mut opening)
                .await
                .is_err()
        );
        other.execute("ROLLBACK").await.unwrap();
        opening.await.close().await;
    }
    backend.end().await;
}
