use crate::{backend::Backend, fixtures::*};
use domain::{audit::AuditAction, ids::UserId};
use persistence::{Sessions, change::Change};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor, Row};
use std::time::Duration;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
};

on_both_databases!(
    a_session_is_stored_changed_and_removed,
    an_id_in_use_is_replaced_by_a_fresh_one,
    the_database_holds_no_session_id,
    a_session_that_has_expired_is_not_found_and_removed_in_time,
    ending_somebodys_sessions_leaves_those_of_others,
    suspension_ends_sessions,
    an_ended_session_is_not_brought_back_by_a_request_under_way,
    signing_in_makes_a_session_somebodys,
    signing_out_is_announced,
);

fn record(user: Option<UserId>) -> Record {
    let mut data = std::collections::HashMap::new();
    data.insert("theme".to_owned(), json!({"dark": true}));
    if let Some(user) = user {
        data.insert("user_id".to_owned(), json!(user));
    }
    // To the microsecond, as it is kept.
    let end = OffsetDateTime::now_utc() + Duration::from_secs(3600);
    Record {
        id: Id::default(),
        data,
        expiry_date: end.replace_microsecond(end.microsecond()).unwrap(),
    }
}

async fn stored(sessions: &Sessions, user: Option<UserId>) -> Record {
    let mut record = record(user);
    sessions.create(&mut record).await.unwrap();
    record
}

async fn is_there(sessions: &Sessions, record: &Record) -> bool {
    sessions.load(&record.id).await.unwrap().is_some()
}

async fn a_session_is_stored_changed_and_removed(backend: &Backend) {
    let sessions = backend.database.sessions();
    let mut record = stored(&sessions, None).await;
    assert_eq!(
        sessions.load(&record.id).await.unwrap(),
        Some(record.clone())
    );
    record.data.insert("count".into(), json!(2));
    record.expiry_date += Duration::from_secs(60);
    sessions.save(&record).await.unwrap();
    assert_eq!(
        sessions.load(&record.id).await.unwrap(),
        Some(record.clone())
    );
    sessions.delete(&record.id).await.unwrap();
    assert_eq!(sessions.load(&record.id).await.unwrap(), None);
    sessions.delete(&record.id).await.unwrap();
}

async fn an_id_in_use_is_replaced_by_a_fresh_one(backend: &Backend) {
    let sessions = backend.database.sessions();
    let first = stored(&sessions, None).await;
    let mut second = record(None);
    second.id = first.id;
    second.data.clear();
    sessions.create(&mut second).await.unwrap();
    assert_ne!(second.id, first.id);
    assert_eq!(sessions.load(&first.id).await.unwrap(), Some(first));
    assert_eq!(sessions.load(&second.id).await.unwrap(), Some(second));
}

async fn the_database_holds_no_session_id(backend: &Backend) {
    let record = stored(&backend.database.sessions(), None).await;
    let row = sqlx::query("SELECT digest, CAST(data AS TEXT) AS data FROM sessions")
        .fetch_one(&mut backend.raw().await)
        .await
        .unwrap();
    let kept = format!("{}{}", row.get::<String, _>(0), row.get::<String, _>(1));
    for form in [
        record.id.to_string(),
        record.id.0.to_string(),
        format!("{:x}", record.id.0),
        format!("{:x}", record.id.0.swap_bytes()),
    ] {
        assert!(!kept.contains(&form));
    }
}

async fn a_session_that_has_expired_is_not_found_and_removed_in_time(backend: &Backend) {
    let sessions = backend.database.sessions();
    let mut old = record(None);
    old.expiry_date = OffsetDateTime::now_utc() - Duration::from_secs(1);
    sessions.create(&mut old).await.unwrap();
    let current = stored(&sessions, None).await;
    assert!(!is_there(&sessions, &old).await);
    let rows = "SELECT COUNT(*) FROM sessions";
    assert_eq!(backend.count(rows).await, 2);
    // As after a restart: the first session made cleans up.
    let sessions = backend.another().await.sessions();
    stored(&sessions, None).await;
    assert_eq!(backend.count(rows).await, 2);
    assert!(is_there(&sessions, &current).await);
}

async fn ending_somebodys_sessions_leaves_those_of_others(backend: &Backend) {
    let world = world(&backend.database).await;
    let sessions = backend.database.sessions();
    let adas = [
        stored(&sessions, Some(world.ada.id)).await,
        stored(&sessions, Some(world.ada.id)).await,
    ];
    let others = [
        stored(&sessions, Some(world.brian.id)).await,
        stored(&sessions, None).await,
    ];
    let mut changes = backend.listen().await;
    backend
        .database
        .users()
        .sign_out_everywhere(
            world.ada.id,
            false,
            audit_of_user(world.ada.id, AuditAction::SignOutEverywhere),
        )
        .await
        .unwrap();
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access {
            user_id: world.ada.id
        }]
    );
    for session in &adas {
        assert!(!is_there(&sessions, session).await);
    }
    for session in &others {
        assert!(is_there(&sessions, session).await);
    }
}

async fn suspension_ends_sessions(backend: &Backend) {
    let world = world(&backend.database).await;
    let sessions = backend.database.sessions();
    let session = stored(&sessions, Some(world.ada.id)).await;
    backend
        .database
        .users()
        .set_suspended(
            world.ada.id,
            false,
            audit_of_user(world.ada.id, AuditAction::SuspendUser),
        )
        .await
        .unwrap();
    assert!(is_there(&sessions, &session).await);
    backend
        .database
        .users()
        .set_suspended(
            world.ada.id,
            true,
            audit_of_user(world.ada.id, AuditAction::SuspendUser),
        )
        .await
        .unwrap();
    assert!(!is_there(&sessions, &session).await);
}

async fn an_ended_session_is_not_brought_back_by_a_request_under_way(backend: &Backend) {
    let world = world(&backend.database).await;
    let sessions = backend.database.sessions();
    let session = stored(&sessions, Some(world.ada.id)).await;
    backend
        .database
        .users()
        .sign_out_everywhere(
            world.ada.id,
            false,
            audit_of_user(world.ada.id, AuditAction::SignOutEverywhere),
        )
        .await
        .unwrap();
    sessions.save(&session).await.unwrap();
    assert!(!is_there(&sessions, &session).await);
}

async fn signing_in_makes_a_session_somebodys(backend: &Backend) {
    let world = world(&backend.database).await;
    let sessions = backend.database.sessions();
    let mut session = stored(&sessions, None).await;
    session.data.insert("user_id".into(), json!(world.ada.id));
    sessions.save(&session).await.unwrap();
    backend
        .database
        .users()
        .sign_out_everywhere(
            world.ada.id,
            false,
            audit_of_user(world.ada.id, AuditAction::SignOutEverywhere),
        )
        .await
        .unwrap();
    assert!(!is_there(&sessions, &session).await);
}

async fn signing_out_is_announced(backend: &Backend) {
    let world = world(&backend.database).await;
    let sessions = backend.database.sessions();
    let session = stored(&sessions, Some(world.ada.id)).await;
    let anonymous = stored(&sessions, None).await;
    let mut changes = backend.listen().await;
    sessions.delete(&anonymous.id).await.unwrap();
    sessions.delete(&session.id).await.unwrap();
    assert_eq!(
        backend.heard(&mut changes).await,
        [Change::Access {
            user_id: world.ada.id
        }]
    );
    // Somebody who no longer exists has no session.
    let nobody = AssertSqlSafe(format!(
        "INSERT INTO sessions (digest, user_id, data, expires_at) VALUES ('x', '{}', '{{}}', {})",
        uuid::Uuid::nil(),
        backend.time(Some(0))
    ));
    assert!(backend.raw().await.execute(nobody).await.is_err());
}
