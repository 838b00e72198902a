//! Refusals that repeat are counted.

use crate::{backend::Backend, fixtures::*};
use domain::{
    audit::{AuditAction, AuditOutcome, AuditQuery, AuditRow},
    caller::TenantScope,
    ids::UserId,
};
use jiff::Timestamp;
use persistence::{audit_records::AuditEntry, new_id};
use tokio::task::JoinSet;

on_both_databases!(
    the_same_refusals_of_a_minute_are_one_entry,
    refusals_at_once_are_one_entry,
    refusals_that_differ_have_entries_of_their_own,
    new_ids_of_what_was_not_created_do_not_make_refusals_differ,
    a_user_who_is_refused_many_things_fills_no_log,
);

fn refusal(user: UserId, at: Timestamp) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at,
        user_id: Some(user),
        who: "Grace Hopper".into(),
        outcome: AuditOutcome::Refused,
        detail: Some("You may not manage users.".into()),
        ..audit_of_user(user, AuditAction::SuspendUser)
    }
}

async fn refuse(backend: &Backend, entry: AuditEntry) {
    let audit = backend.database.audit();
    audit.append_refusal(entry).await.unwrap();
}

/// Oldest first.
async fn rows(backend: &Backend) -> Vec<AuditRow> {
    let query = AuditQuery {
        limit: 200,
        ..AuditQuery::default()
    };
    let audit = backend.database.audit();
    let page = audit.list(&TenantScope::All, &query).await.unwrap();
    page.items.into_iter().rev().collect()
}

async fn times(backend: &Backend) -> Vec<u64> {
    rows(backend).await.iter().map(|row| row.times).collect()
}

async fn the_same_refusals_of_a_minute_are_one_entry(backend: &Backend) {
    let user = new_id();
    for seconds in [0, 1, 59, 60, 61, 200] {
        refuse(backend, refusal(user, after(seconds))).await;
    }
    let rows = rows(backend).await;
    let counted: Vec<_> = rows
        .iter()
        .map(|row| (row.at, row.times, row.last_at))
        .collect();
    assert_eq!(
        counted,
        [
            (noon(), 3, Some(after(59))),
            (after(60), 2, Some(after(61))),
            (after(200), 1, Some(after(200))),
        ]
    );
    let one = backend.database.audit().get(&TenantScope::All, rows[0].id);
    assert_eq!(one.await.unwrap().as_ref(), rows.first());
    // What is done is never counted together.
    let done = AuditEntry {
        outcome: AuditOutcome::Done,
        ..refusal(user, after(300))
    };
    for _ in 0..2 {
        let entry = AuditEntry {
            id: new_id(),
            ..done.clone()
        };
        backend.database.audit().append(entry).await.unwrap();
    }
    assert_eq!(times(backend).await, [3, 2, 1, 1, 1]);
}

async fn refusals_at_once_are_one_entry(backend: &Backend) {
    let user = new_id();
    let mut refusing = JoinSet::new();
    for _ in 0..20 {
        let database = backend.database.clone();
        let entry = refusal(user, noon());
        refusing.spawn(async move { database.audit().append_refusal(entry).await.unwrap() });
    }
    refusing.join_all().await;
    assert_eq!(times(backend).await, [20]);
}

async fn refusals_that_differ_have_entries_of_their_own(backend: &Backend) {
    let world = world(&backend.database).await;
    let before = rows(backend).await.len();
    let same = refusal(world.ada.id, noon());
    let differing = [
        same.clone(),
        AuditEntry {
            action: AuditAction::RestoreUser,
            ..same.clone()
        },
        AuditEntry {
            target: format!("user/{}", world.brian.id),
            ..same.clone()
        },
        AuditEntry {
            user_id: Some(world.brian.id),
            ..same.clone()
        },
        AuditEntry {
            channel: "api_token".into(),
            ..same.clone()
        },
        AuditEntry {
            source: Some("192.0.2.8".into()),
            ..same.clone()
        },
        AuditEntry {
            detail: Some("You cannot suspend yourself.".into()),
            ..same.clone()
        },
        AuditEntry {
            tenant_id: Some(world.vision.tenant.id),
            ..same
        },
    ];
    for entry in differing.iter().chain(&differing) {
        let entry = AuditEntry {
            id: new_id(),
            ..entry.clone()
        };
        refuse(backend, entry).await;
    }
    assert_eq!(times(backend).await.split_off(before), [2; 8]);
}

async fn new_ids_of_what_was_not_created_do_not_make_refusals_differ(backend: &Backend) {
    let user = new_id();
    for action in [
        AuditAction::CreateTenant,
        AuditAction::CreateEnvironment,
        AuditAction::CreateCredential,
        AuditAction::Invite,
    ] {
        for _ in 0..5 {
            let entry = AuditEntry {
                action,
                target: format!("tenant/{}", new_id::<UserId>()),
                ..refusal(user, noon())
            };
            refuse(backend, entry).await;
        }
    }
    assert_eq!(times(backend).await, [5; 4]);
}

async fn a_user_who_is_refused_many_things_fills_no_log(backend: &Backend) {
    let (user, other) = (new_id(), new_id());
    let at = |user: UserId, seconds: i64| AuditEntry {
        target: format!("user/{}", new_id::<UserId>()),
        ..refusal(user, after(seconds))
    };
    for _ in 0..100 {
        refuse(backend, at(user, 0)).await;
    }
    refuse(backend, at(other, 0)).await;
    let counted = times(backend).await;
    assert!(counted.len() <= 32, "{}", counted.len());
    assert_eq!(counted.iter().sum::<u64>(), 101);
    // Later the user's refusals are told apart again.
    for _ in 0..2 {
        refuse(backend, at(user, 61)).await;
    }
    assert_eq!(times(backend).await.len(), counted.len() + 2);
}
