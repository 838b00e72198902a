//! Looking things up in the audit log: each question is compared with the same put to a plain list.

use crate::{backend::Backend, fixtures::*};
use domain::{
    audit::{AuditAction, AuditChange, AuditOutcome, AuditQuery, AuditRow},
    caller::TenantScope,
    ids::{TenantId, UserId},
};
use persistence::{audit_records::AuditEntry, new_id};
use sqlx::{AssertSqlSafe, Executor};

on_both_databases!(
    an_entry_comes_back_as_it_was_written,
    every_question_is_answered_like_a_plain_list,
    pages_follow_each_other_without_gap_while_entries_are_added,
    an_export_goes_through_everything_once_oldest_first,
    a_search_takes_wildcards_literally_and_any_case,
    foreign_entries_are_not_found,
);

/// Enough that pages and batches end in the middle of everything.
const ROWS: usize = 600;

struct Row {
    sequence: i64,
    at: i64,
    user: UserId,
    who: &'static str,
    action: AuditAction,
    tenant: Option<TenantId>,
    target: String,
    name: &'static str,
    outcome: AuditOutcome,
}

fn entry(tenant: Option<TenantId>, name: &str) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: Some(new_id()),
        who: "Ada “the first” Lovelace".into(),
        channel: "session".into(),
        source: Some("192.0.2.7".into()),
        action: AuditAction::ChangeEnvironment,
        tenant_id: tenant,
        target: "environment/1".into(),
        target_name: name.into(),
        detail: Some("more".into()),
        outcome: AuditOutcome::Refused,
        changes: vec![AuditChange::new("max_nodes", Some("3"), None::<String>)],
    }
}

async fn an_entry_comes_back_as_it_was_written(backend: &Backend) {
    let world = world(&backend.database).await;
    let tenant = &world.vision.tenant;
    let written = entry(Some(tenant.id), "dev");
    backend
        .database
        .audit()
        .append(written.clone())
        .await
        .unwrap();
    let scope = TenantScope::Only(vec![tenant.id]);
    let read = backend.database.audit().get(&scope, written.id).await;
    let read = read.unwrap().unwrap();
    let hash = read.hash.clone();
    assert_eq!(hash.len(), 64);
    let sequence = backend.database.audit().end().await.unwrap();
    let expected = AuditRow {
        id: written.id,
        sequence,
        at: written.at,
        user_id: written.user_id,
        who: written.who,
        channel: written.channel,
        source: written.source,
        action: "change_environment".into(),
        did: "changed the environment".into(),
        tenant: Some(tenant.clone()),
        target: written.target,
        target_name: written.target_name,
        outcome: AuditOutcome::Refused,
        detail: written.detail,
        changes: written.changes,
        hash,
        times: 1,
        last_at: None,
    };
    assert_eq!(read, expected);
    let query = AuditQuery::default();
    let page = backend.database.audit().list(&scope, &query);
    let page = page.await.unwrap();
    assert_eq!(page.items.first(), Some(&expected));
    assert_eq!(page.next, None);
}

/// A log written behind the store's back, with times that are not quite in order.
async fn log(backend: &Backend, world: &World) -> Vec<Row> {
    let mut random = 7_u64;
    let mut below = move |end: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % end
    };
    let people = [
        (world.ada.id, "Ada Lovelace"),
        (world.brian.id, "Brian Kernighan"),
    ];
    let actions = [
        AuditAction::OrderCluster,
        AuditAction::DeleteCluster,
        AuditAction::SignIn,
        AuditAction::ReadKubeconfig,
    ];
    let tenants = [
        None,
        Some(world.vision.tenant.id),
        Some(world.speech.tenant.id),
    ];
    let outcomes = [
        AuditOutcome::Done,
        AuditOutcome::Done,
        AuditOutcome::Done,
        AuditOutcome::Refused,
        AuditOutcome::Failed,
    ];
    let begin = backend.database.audit().end().await.unwrap();
    let mut rows = Vec::new();
    for sequence in begin + 1..=begin + i64::try_from(ROWS).unwrap() {
        let (user, who) = people[below(2)];
        rows.push(Row {
            sequence,
            at: noon().as_microsecond() + sequence * 10 + i64::try_from(below(40)).unwrap(),
            user,
            who,
            action: actions[below(4)],
            tenant: tenants[below(3)],
            target: format!("{}/{}", ["cluster", "node", "clusters"][below(3)], below(5)),
            name: ["payments", "PAYROLL", "100%_sure"][below(3)],
            outcome: outcomes[below(5)],
        });
    }
    let quoted = |text: Option<String>| text.map_or("NULL".into(), |text| format!("'{text}'"));
    let values: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "({}, '{}', {}, '{}', {}, '{}', '{}', 'session', '{}', {}, '{}', '{}', '{}', '[]', '', \
                 'hash')",
                row.sequence,
                new_id::<uuid::Uuid>(),
                row.sequence,
                new_id::<uuid::Uuid>(),
                backend.time(Some(row.at)),
                row.user,
                row.who,
                row.action.as_str(),
                quoted(row.tenant.map(|tenant| tenant.to_string())),
                row.target,
                row.name,
                row.outcome.as_str(),
            )
        })
        .collect();
    let sql = format!(
        "INSERT INTO audit_entries (sequence, chain, number, id, at, user_id, who, channel, action, tenant_id, \
         target, target_name, outcome, changes, previous_hash, hash) VALUES {}",
        values.join(", ")
    );
    let mut connection = backend.raw().await;
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    if backend.is_postgres() {
        let next = "SELECT setval(pg_get_serial_sequence('audit_entries', 'sequence'), \
            (SELECT MAX(sequence) FROM audit_entries))";
        connection.execute(next).await.unwrap();
    }
    rows
}

fn matches(row: &Row, world: &World, scope: &TenantScope, query: &AuditQuery) -> bool {
    let slug = |tenant: TenantId| {
        let tenants = [&world.vision.tenant, &world.speech.tenant];
        let found = tenants.into_iter().find(|known| known.id == tenant);
        found.map(|tenant| tenant.slug.clone())
    };
    let search = query.search.to_lowercase();
    let in_scope = match scope {
        TenantScope::All => true,
        TenantScope::Only(tenants) => row.tenant.is_some_and(|tenant| tenants.contains(&tenant)),
    };
    in_scope
        && query.user_id.is_none_or(|user| user == row.user)
        && (query.actions.is_empty() || query.actions.contains(&row.action))
        && query.target.as_ref().is_none_or(|target| {
            row.target == *target || row.target.starts_with(&format!("{target}/"))
        })
        && query
            .tenant
            .as_ref()
            .is_none_or(|asked| row.tenant.and_then(slug).as_ref() == Some(asked))
        && query.outcome.is_none_or(|outcome| outcome == row.outcome)
        && query
            .since
            .is_none_or(|since| row.at >= since.as_microsecond())
        && query
            .until
            .is_none_or(|until| row.at < until.as_microsecond())
        && query.before.is_none_or(|before| row.sequence < before)
        && (row.who.to_lowercase().contains(&search) || row.name.to_lowercase().contains(&search))
}

fn questions(world: &World) -> Vec<AuditQuery> {
    let user_id = Some(world.ada.id);
    let time = |number: i64| {
        let microsecond = noon().as_microsecond() + number * 10 + 15;
        jiff::Timestamp::from_microsecond(microsecond).ok()
    };
    let question = AuditQuery::default;
    vec![
        question(),
        AuditQuery {
            user_id,
            ..question()
        },
        AuditQuery {
            user_id: Some(new_id()),
            ..question()
        },
        AuditQuery {
            actions: vec![AuditAction::SignIn],
            ..question()
        },
        AuditQuery {
            actions: vec![
                AuditAction::SignIn,
                AuditAction::OrderCluster,
                AuditAction::Invite,
            ],
            ..question()
        },
        AuditQuery {
            actions: AuditAction::ALL.to_vec(),
            ..question()
        },
        AuditQuery {
            target: Some("cluster".into()),
            ..question()
        },
        AuditQuery {
            target: Some("node/3".into()),
            ..question()
        },
        AuditQuery {
            target: Some("%".into()),
            ..question()
        },
        AuditQuery {
            tenant: Some("vision".into()),
            ..question()
        },
        AuditQuery {
            tenant: Some("nobody".into()),
            ..question()
        },
        AuditQuery {
            outcome: Some(AuditOutcome::Done),
            ..question()
        },
        AuditQuery {
            outcome: Some(AuditOutcome::Refused),
            ..question()
        },
        AuditQuery {
            since: time(300),
            ..question()
        },
        AuditQuery {
            until: time(300),
            ..question()
        },
        AuditQuery {
            since: time(100),
            until: time(140),
            ..question()
        },
        AuditQuery {
            since: time(9000),
            ..question()
        },
        AuditQuery {
            search: "payroll".into(),
            ..question()
        },
        AuditQuery {
            search: "LOVELACE".into(),
            ..question()
        },
        AuditQuery {
            user_id,
            actions: vec![AuditAction::SignIn, AuditAction::OrderCluster],
            target: Some("clusters".into()),
            tenant: Some("speech".into()),
            outcome: Some(AuditOutcome::Done),
            since: time(50),
            until: time(550),
            search: "pay".into(),
            before: Some(500),
            ..question()
        },
    ]
}

fn scopes(world: &World) -> [TenantScope; 4] {
    let (vision, speech) = (world.vision.tenant.id, world.speech.tenant.id);
    [
        TenantScope::All,
        TenantScope::Only(vec![vision]),
        TenantScope::Only(vec![vision, speech]),
        TenantScope::Only(Vec::new()),
    ]
}

async fn every_question_is_answered_like_a_plain_list(backend: &Backend) {
    let world = world(&backend.database).await;
    let rows = log(backend, &world).await;
    let first = rows[0].sequence;
    for scope in scopes(&world) {
        for mut query in questions(&world) {
            query.limit = 7;
            let mut expected: Vec<i64> = rows
                .iter()
                .filter(|row| matches(row, &world, &scope, &query))
                .map(|row| row.sequence)
                .collect();
            expected.reverse();
            let page = backend.database.audit().list(&scope, &query).await.unwrap();
            let mut found: Vec<i64> = page.items.iter().map(|row| row.sequence).collect();
            // What made the world is in the log as well.
            found.retain(|sequence| *sequence >= first);
            let shown = expected.len().min(7);
            assert_eq!(found, expected[..shown], "{scope:?} {query:?}");
            if expected.len() > 7 {
                assert_eq!(page.next, Some(expected[6]), "{scope:?} {query:?}");
            }
        }
    }
}

async fn pages_follow_each_other_without_gap_while_entries_are_added(backend: &Backend) {
    let world = world(&backend.database).await;
    log(backend, &world).await;
    let end = backend.database.audit().end().await.unwrap();
    let mut query = AuditQuery {
        limit: 200,
        ..AuditQuery::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = backend.database.audit().list(&TenantScope::All, &query);
        let page = page.await.unwrap();
        seen.extend(page.items.iter().map(|row| row.sequence));
        let Some(next) = page.next else { break };
        query.before = Some(next);
        backend
            .database
            .audit()
            .append(entry(None, "meanwhile"))
            .await
            .unwrap();
    }
    let expected: Vec<i64> = (1..=end).rev().collect();
    assert_eq!(seen, expected);
}

async fn an_export_goes_through_everything_once_oldest_first(backend: &Backend) {
    let world = world(&backend.database).await;
    let rows = log(backend, &world).await;
    let end = backend.database.audit().end().await.unwrap();
    backend
        .database
        .audit()
        .append(entry(None, "afterwards"))
        .await
        .unwrap();
    for scope in scopes(&world) {
        for query in questions(&world) {
            let query = AuditQuery {
                before: None,
                ..query
            };
            let (mut seen, mut after) = (Vec::new(), rows[0].sequence - 1);
            loop {
                let batch = backend
                    .database
                    .audit()
                    .batch(&scope, &query, after, end, 37);
                let batch = batch.await.unwrap();
                seen.extend(batch.iter().map(|row| row.sequence));
                match batch.last() {
                    Some(last) if batch.len() == 37 => after = last.sequence,
                    _ => break,
                }
            }
            let expected: Vec<i64> = rows
                .iter()
                .filter(|row| matches(row, &world, &scope, &query))
                .map(|row| row.sequence)
                .collect();
            assert_eq!(seen, expected, "{scope:?} {query:?}");
        }
    }
}

async fn a_search_takes_wildcards_literally_and_any_case(backend: &Backend) {
    for name in ["100% sure", "1000 sure", "a_b", "aXb", "Plain"] {
        backend
            .database
            .audit()
            .append(entry(None, name))
            .await
            .unwrap();
    }
    for (search, expected) in [
        ("100% s", vec!["100% sure"]),
        ("A_B", vec!["a_b"]),
        ("plAIN", vec!["Plain"]),
        (
            "the first",
            vec!["Plain", "aXb", "a_b", "1000 sure", "100% sure"],
        ),
    ] {
        let query = AuditQuery {
            search: search.into(),
            ..AuditQuery::default()
        };
        let page = backend.database.audit().list(&TenantScope::All, &query);
        let names: Vec<_> = page
            .await
            .unwrap()
            .items
            .into_iter()
            .map(|row| row.target_name)
            .collect();
        assert_eq!(names, expected, "{search}");
    }
}

async fn foreign_entries_are_not_found(backend: &Backend) {
    let world = world(&backend.database).await;
    let (vision, speech) = (world.vision.tenant.id, world.speech.tenant.id);
    for written in [entry(Some(vision), "dev"), entry(None, "platform")] {
        backend
            .database
            .audit()
            .append(written.clone())
            .await
            .unwrap();
        for scope in [
            TenantScope::Only(vec![speech]),
            TenantScope::Only(Vec::new()),
        ] {
            let found = backend.database.audit().get(&scope, written.id).await;
            assert_eq!(found.unwrap(), None);
        }
        let found = backend.database.audit().get(&TenantScope::All, written.id);
        assert!(found.await.unwrap().is_some());
    }
}
