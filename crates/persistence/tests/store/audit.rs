use crate::{
    backend::{Backend, keys_with},
    fixtures::*,
};
use domain::{
    audit::{AuditAction, AuditOutcome},
    caller::TenantScope,
    ids::TenantId,
};
use persistence::{
    Chain, ChainHead, ChainVerdict, Database, ResignedHeads, audit_records::AuditEntry, new_id,
};
use sqlx::{AssertSqlSafe, Executor};
use tokio::task::JoinSet;

on_both_databases!(
    an_empty_log_is_intact,
    entries_written_in_parallel_make_one_chain,
    entries_cannot_be_changed_or_removed,
    a_changed_entry_is_found,
    a_removed_entry_is_found,
    a_removed_last_entry_is_found,
    a_swapped_entry_is_found,
    an_entry_slipped_in_at_the_end_is_found,
    tenants_have_chains_of_their_own_and_do_not_wait_for_each_other,
    an_entry_moved_to_another_chain_is_found,
    a_chain_without_its_end_is_found,
    a_chain_cut_off_together_with_its_head_is_found,
    an_entry_written_after_a_forged_head_does_not_sign_it,
    a_recomputed_chain_is_found,
    an_emptied_log_is_found,
    a_removed_chain_is_found_also_after_it_is_written_to_again,
    a_missing_or_disabled_trigger_is_found,
    an_older_copy_is_found_by_an_expected_head,
    heads_are_signed_again_with_a_new_key,
    a_head_of_a_missing_key_stops_writers_and_is_reported,
    the_latest_happenings_are_those_about_clusters_of_the_scope,
);

fn entry(action: AuditAction, tenant: Option<TenantId>, target: &str) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: Some(new_id()),
        who: "Ada “the first” Lovelace".into(),
        channel: "session".into(),
        source: Some("192.0.2.7".into()),
        action,
        tenant_id: tenant,
        target: target.into(),
        target_name: "payments-ci".into(),
        detail: Some("small".into()),
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

/// A log of `entries` entries.
async fn write(backend: &Backend, entries: usize) {
    for _ in 0..entries {
        let entry = entry(AuditAction::SignOut, None, "user/1");
        backend.database.audit().append(entry).await.unwrap();
    }
}

async fn verdict(backend: &Backend) -> ChainVerdict {
    let mut chains = backend.database.verify_chains(&[]).await.unwrap().chains;
    assert!(chains.len() <= 1, "{chains:?}");
    let chain = chains.pop();
    chain.map_or(ChainVerdict::Intact { entries: 0 }, |chain| chain.verdict)
}

/// Does to the log what its triggers forbid, as somebody who owns the database can.
async fn tamper(backend: &Backend, statements: &[&str]) {
    let mut connection = backend.raw().await;
    let off: &[&'static str] = if backend.is_postgres() {
        &["ALTER TABLE audit_entries DISABLE TRIGGER ALL"]
    } else {
        &[
            "DROP TRIGGER IF EXISTS audit_entries_refuse_update",
            "DROP TRIGGER IF EXISTS audit_entries_refuse_delete",
        ]
    };
    for statement in off.iter().chain(statements) {
        connection
            .execute(AssertSqlSafe(statement.to_string()))
            .await
            .unwrap();
    }
}

async fn an_empty_log_is_intact(backend: &Backend) {
    assert_eq!(verdict(backend).await, ChainVerdict::Intact { entries: 0 });
}

async fn entries_written_in_parallel_make_one_chain(backend: &Backend) {
    let mut writers = JoinSet::new();
    for _ in 0..6 {
        let database = backend.another().await;
        writers.spawn(async move {
            for _ in 0..25 {
                let entry = entry(AuditAction::SignOut, None, "user/1");
                database.audit().append(entry).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    assert_eq!(
        verdict(backend).await,
        ChainVerdict::Intact { entries: 150 }
    );
}

async fn entries_cannot_be_changed_or_removed(backend: &Backend) {
    write(backend, 2).await;
    let mut refused = vec![
        "UPDATE audit_entries SET who = 'nobody'",
        "DELETE FROM audit_entries WHERE number = 2",
        "DELETE FROM audit_head",
    ];
    if backend.is_postgres() {
        refused.extend(["TRUNCATE audit_entries", "TRUNCATE audit_head"]);
    } else {
        refused.push(
            "INSERT OR REPLACE INTO audit_entries \
             SELECT sequence, chain, number, id, at, user_id, 'nobody', channel, source, action, tenant_id, \
             target, target_name, detail, outcome, changes, previous_hash, hash FROM audit_entries",
        );
    }
    for statement in refused {
        let error = backend.raw().await.execute(statement).await.unwrap_err();
        assert!(
            error.to_string().contains("the audit log is append-only"),
            "{statement}: {error}"
        );
    }
    assert_eq!(verdict(backend).await, ChainVerdict::Intact { entries: 2 });
}

async fn a_changed_entry_is_found(backend: &Backend) {
    write(backend, 3).await;
    tamper(backend, &[]).await;
    let later = if backend.is_postgres() {
        "at = at + interval '1 microsecond'"
    } else {
        "at = at + 1"
    };
    for column in [
        later,
        "id = '00000000-0000-7000-8000-000000000000'",
        "user_id = NULL",
        "who = 'Brian'",
        "channel = 'portal'",
        "source = '192.0.2.8'",
        "action = 'sign_in'",
        "tenant_id = '00000000-0000-7000-8000-000000000000'",
        "target = 'user/2'",
        "target_name = 'other'",
        "detail = NULL",
        "detail = ''",
        "hash = previous_hash",
    ] {
        let copy = "CREATE TABLE kept AS SELECT * FROM audit_entries";
        let change = format!("UPDATE audit_entries SET {column} WHERE number = 2");
        let mut connection = backend.raw().await;
        connection.execute(copy).await.unwrap();
        connection.execute(AssertSqlSafe(change)).await.unwrap();
        match verdict(backend).await {
            ChainVerdict::Broken { number: 2, .. } => {}
            other => panic!("{column}: {other:?}"),
        }
        for restore in [
            "DELETE FROM audit_entries",
            "INSERT INTO audit_entries SELECT * FROM kept",
            "DROP TABLE kept",
        ] {
            connection.execute(restore).await.unwrap();
        }
        assert_eq!(verdict(backend).await, ChainVerdict::Intact { entries: 3 });
    }
}

async fn a_removed_entry_is_found(backend: &Backend) {
    write(backend, 3).await;
    tamper(backend, &["DELETE FROM audit_entries WHERE number = 2"]).await;
    assert_eq!(
        verdict(backend).await,
        ChainVerdict::Broken {
            number: 2,
            reason: "the entry is missing"
        }
    );
}

async fn a_removed_last_entry_is_found(backend: &Backend) {
    write(backend, 3).await;
    tamper(backend, &["DELETE FROM audit_entries WHERE number = 3"]).await;
    assert_eq!(
        verdict(backend).await,
        ChainVerdict::Broken {
            number: 3,
            reason: "the entry is missing"
        }
    );
}

async fn a_swapped_entry_is_found(backend: &Backend) {
    write(backend, 3).await;
    tamper(
        backend,
        &[
            "UPDATE audit_entries SET number = 9 WHERE number = 1",
            "UPDATE audit_entries SET number = 1 WHERE number = 2",
            "UPDATE audit_entries SET number = 2 WHERE number = 9",
        ],
    )
    .await;
    match verdict(backend).await {
        ChainVerdict::Broken { number: 1, .. } => {}
        other => panic!("{other:?}"),
    }
}

async fn an_entry_slipped_in_at_the_end_is_found(backend: &Backend) {
    write(backend, 2).await;
    let slipped = "INSERT INTO audit_entries (chain, number, id, at, who, channel, action, target, \
        target_name, outcome, changes, previous_hash, hash) SELECT chain, 3, \
        '00000000-0000-7000-8000-000000000000', at, 'x', 'x', 'x', 'x', 'x', 'done', '[]', hash, \
        hash FROM audit_entries WHERE number = 2";
    backend.raw().await.execute(slipped).await.unwrap();
    assert_eq!(
        verdict(backend).await,
        ChainVerdict::Broken {
            number: 3,
            reason: "the entry was changed"
        }
    );
    // Even with hashes that fit: it is not the entry that was written last.
    tamper(backend, &["DELETE FROM audit_entries WHERE number = 3"]).await;
    let forged = "UPDATE audit_head SET number = 1 WHERE number = 2";
    backend.raw().await.execute(forged).await.unwrap();
    assert_eq!(
        verdict(backend).await,
        ChainVerdict::Broken {
            number: 2,
            reason: "the entry is not the last one that was written"
        }
    );
}

async fn the_latest_happenings_are_those_about_clusters_of_the_scope(backend: &Backend) {
    let database = &backend.database;
    let (vision, speech): (TenantId, TenantId) = (new_id(), new_id());
    for (action, tenant, target, name) in [
        (AuditAction::OrderCluster, Some(vision), "cluster/1", "one"),
        (AuditAction::SignIn, None, "user/1", "ada@example.com"),
        (AuditAction::CreateToken, Some(vision), "token/1", "ci"),
        (AuditAction::DeleteCluster, Some(speech), "cluster/2", "two"),
        (
            AuditAction::ReadKubeconfig,
            Some(vision),
            "cluster/3",
            "three",
        ),
    ] {
        let entry = AuditEntry {
            target_name: name.into(),
            ..entry(action, tenant, target)
        };
        database.audit().append(entry).await.unwrap();
    }
    let recent = async |scope: TenantScope, limit| -> Vec<(String, String)> {
        let entries = database.audit().recent(&scope, limit).await.unwrap();
        entries
            .into_iter()
            .map(|entry| {
                assert_eq!(entry.who, "Ada “the first” Lovelace");
                assert_eq!(entry.at, noon());
                (entry.did, entry.target)
            })
            .collect()
    };
    let entry = |action: AuditAction, target: &str| (action.phrase().to_owned(), target.to_owned());
    let (ordered, deleted, downloaded) = (
        entry(AuditAction::OrderCluster, "one"),
        entry(AuditAction::DeleteCluster, "two"),
        entry(AuditAction::ReadKubeconfig, "three"),
    );
    assert_eq!(
        recent(TenantScope::All, 8).await,
        [downloaded.clone(), deleted.clone(), ordered.clone()]
    );
    assert_eq!(
        recent(TenantScope::All, 2).await,
        [downloaded.clone(), deleted.clone()]
    );
    assert_eq!(
        recent(TenantScope::Only(vec![speech, vision, new_id()]), 2).await,
        [downloaded.clone(), deleted.clone()]
    );
    let many: Vec<TenantId> = (0..60).map(|_| new_id()).chain([vision]).collect();
    assert_eq!(
        recent(TenantScope::Only(many), 8).await,
        [downloaded.clone(), ordered.clone()]
    );
    assert_eq!(
        recent(TenantScope::Only(vec![vision]), 8).await,
        [downloaded, ordered]
    );
    assert_eq!(recent(TenantScope::Only(vec![speech]), 8).await, [deleted]);
    assert_eq!(recent(TenantScope::Only(vec![]), 8).await, []);
}

async fn tenants_have_chains_of_their_own_and_do_not_wait_for_each_other(backend: &Backend) {
    let world = world(&backend.database).await;
    let tenants = [
        None,
        Some(world.vision.tenant.id),
        Some(world.speech.tenant.id),
    ];
    let before = backend.database.verify_chains(&[]).await.unwrap().chains;
    if backend.is_postgres() {
        // Somebody writes about one tenant and takes very long.
        let mut slow = backend.raw().await;
        slow.execute("BEGIN").await.unwrap();
        let vision = world.vision.tenant.id;
        let locked = format!(
            "INSERT INTO audit_head (chain, number, hash, mac_key, mac) \
             VALUES ('{vision}', 0, repeat('0', 64), '', '')"
        );
        slow.execute(AssertSqlSafe(locked)).await.unwrap();
        for tenant in [None, Some(world.speech.tenant.id)] {
            let entry = entry(AuditAction::SignOut, tenant, "user/1");
            backend.database.audit().append(entry).await.unwrap();
        }
        slow.execute("ROLLBACK").await.unwrap();
    }
    let mut writers = JoinSet::new();
    for number in 0..6 {
        let database = backend.another().await;
        writers.spawn(async move {
            for _ in 0..10 {
                let entry = entry(AuditAction::SignOut, tenants[number % 3], "user/1");
                database.audit().append(entry).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    let verification = backend.database.verify_chains(&[]).await.unwrap();
    assert!(verification.is_intact(), "{verification:?}");
    let chains = verification.chains;
    assert_eq!(chains.len(), 3);
    for tenant in tenants {
        let entries = |chains: &[Chain]| {
            let chain = chains.iter().find(|chain| chain.tenant == tenant);
            match chain.map(|chain| &chain.verdict) {
                None => 0,
                Some(ChainVerdict::Intact { entries }) => *entries,
                Some(broken) => panic!("{broken:?}"),
            }
        };
        let one = i64::from(backend.is_postgres() && tenant != Some(world.vision.tenant.id));
        assert_eq!(entries(&chains), entries(&before) + 20 + one);
    }
}

async fn an_entry_moved_to_another_chain_is_found(backend: &Backend) {
    let tenant: TenantId = new_id();
    let entry = entry(AuditAction::SignOut, Some(tenant), "user/1");
    backend.database.audit().append(entry).await.unwrap();
    let nil = uuid::Uuid::nil();
    for statement in [
        format!("UPDATE audit_entries SET chain = '{nil}'"),
        format!(
            "UPDATE audit_head SET chain = '{nil}' WHERE chain = '{}'",
            uuid::Uuid::from(tenant)
        ),
    ] {
        tamper(backend, &[]).await;
        backend
            .raw()
            .await
            .execute(AssertSqlSafe(statement))
            .await
            .unwrap();
    }
    assert!(matches!(
        verdict(backend).await,
        ChainVerdict::Broken { number: 1, .. }
    ));
}

async fn a_chain_without_its_end_is_found(backend: &Backend) {
    write(backend, 2).await;
    let off = if backend.is_postgres() {
        "ALTER TABLE audit_head DISABLE TRIGGER ALL"
    } else {
        "DROP TRIGGER audit_head_refuse_delete"
    };
    let mut connection = backend.raw().await;
    connection.execute(off).await.unwrap();
    let deleted = "DELETE FROM audit_head WHERE number = 2";
    connection.execute(deleted).await.unwrap();
    assert!(matches!(
        verdict(backend).await,
        ChainVerdict::Broken { number: 2, .. }
    ));
}

async fn intact(backend: &Backend) -> bool {
    let verification = backend.database.verify_chains(&[]).await.unwrap();
    verification.is_intact()
}

/// As [`tamper`], with the triggers of the heads off too.
async fn tamper_with_heads(backend: &Backend, statements: &[&str]) {
    let off = if backend.is_postgres() {
        "ALTER TABLE audit_head DISABLE TRIGGER ALL"
    } else {
        "DROP TRIGGER IF EXISTS audit_head_refuse_delete"
    };
    tamper(backend, &[&[off], statements].concat()).await;
}

async fn a_chain_cut_off_together_with_its_head_is_found(backend: &Backend) {
    write(backend, 3).await;
    tamper(
        backend,
        &[
            "DELETE FROM audit_entries WHERE number = 3",
            "UPDATE audit_head SET number = 2, hash = (SELECT hash FROM audit_entries \
             WHERE number = 2) WHERE number = 3",
        ],
    )
    .await;
    assert!(matches!(
        verdict(backend).await,
        ChainVerdict::Broken { number: 2, .. }
    ));
}

async fn an_entry_written_after_a_forged_head_does_not_sign_it(backend: &Backend) {
    a_chain_cut_off_together_with_its_head_is_found(backend).await;
    write(backend, 2).await;
    assert!(matches!(
        verdict(backend).await,
        ChainVerdict::Broken { number: 4, .. }
    ));
}

async fn a_recomputed_chain_is_found(backend: &Backend) {
    write(backend, 2).await;
    // The same entries as another portal writes them, which has other keys.
    let forger = Database::open(&backend.location, keys_with("key-9"))
        .await
        .unwrap();
    tamper_with_heads(
        backend,
        &[
            "DELETE FROM audit_entries",
            "DELETE FROM audit_head WHERE number = 2",
        ],
    )
    .await;
    for _ in 0..2 {
        let entry = entry(AuditAction::SignOut, None, "user/1");
        forger.audit().append(entry).await.unwrap();
    }
    forger.close().await;
    let renamed = "UPDATE audit_head SET mac_key = 'key-1'";
    backend.raw().await.execute(renamed).await.unwrap();
    assert!(matches!(
        verdict(backend).await,
        ChainVerdict::Broken { number: 2, .. }
    ));
}

async fn an_emptied_log_is_found(backend: &Backend) {
    world(&backend.database).await;
    write(backend, 2).await;
    assert!(intact(backend).await);
    let all = ["DELETE FROM audit_entries", "DELETE FROM audit_head"];
    tamper_with_heads(backend, &all).await;
    let verification = backend.database.verify_chains(&[]).await.unwrap();
    assert!(verification.chains.is_empty() && !verification.is_intact());
    // Starting the portal again does not hide it, nor does a new entry.
    let restarted = backend.another().await;
    let entry = entry(AuditAction::SignOut, None, "user/1");
    restarted.audit().append(entry).await.unwrap();
    let faults = restarted.verify_chains(&[]).await.unwrap().faults;
    restarted.close().await;
    assert!(faults.iter().any(|fault| fault.contains("register")));
}

async fn a_removed_chain_is_found_also_after_it_is_written_to_again(backend: &Backend) {
    let tenant: TenantId = new_id();
    let about = |tenant| entry(AuditAction::SignOut, tenant, "user/1");
    for tenant in [None, Some(tenant), Some(tenant)] {
        let entry = about(tenant);
        backend.database.audit().append(entry).await.unwrap();
    }
    let heads = backend.database.audit().heads().await.unwrap();
    assert_eq!(heads.len(), 2);
    tamper_with_heads(backend, &[]).await;
    for table in ["audit_entries", "audit_head"] {
        let tenant = uuid::Uuid::from(tenant);
        let removed = format!("DELETE FROM {table} WHERE chain = '{tenant}'");
        let removed = AssertSqlSafe(removed);
        backend.raw().await.execute(removed).await.unwrap();
    }
    let chains_are_missing = async || {
        let faults = backend.database.verify_chains(&[]).await.unwrap().faults;
        faults
            .iter()
            .any(|fault| fault.contains("chains were written"))
    };
    assert!(chains_are_missing().await);
    let entry = about(Some(tenant));
    backend.database.audit().append(entry).await.unwrap();
    assert!(chains_are_missing().await);
    // The head that was kept names the chain.
    let expected = backend.database.verify_chains(&heads).await.unwrap();
    let broken = |chain: &Chain| matches!(chain.verdict, ChainVerdict::Broken { number: 2, .. });
    let of_tenant = |chain: &&Chain| chain.tenant == Some(tenant);
    assert!(expected.chains.iter().find(of_tenant).is_some_and(broken));
}

async fn a_missing_or_disabled_trigger_is_found(backend: &Backend) {
    write(backend, 1).await;
    assert!(intact(backend).await);
    let (statements, triggers): (&[&'static str], _) = if backend.is_postgres() {
        (
            &[
                "ALTER TABLE audit_entries DISABLE TRIGGER audit_entries_refuse_change",
                "DROP TRIGGER audit_entries_refuse_truncate ON audit_entries",
                "DROP TRIGGER audit_head_refuse_delete ON audit_head",
                "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN RETURN OLD; END; $$",
            ],
            [
                "audit_entries_refuse_change",
                "audit_entries_refuse_truncate",
                "audit_head_refuse_delete",
                "audit_head_refuse_truncate",
            ],
        )
    } else {
        (
            &[
                "DROP TRIGGER audit_entries_refuse_update",
                "DROP TRIGGER audit_entries_refuse_delete",
                "CREATE TRIGGER audit_entries_refuse_delete BEFORE DELETE ON audit_entries \
                 BEGIN SELECT 1; END",
                "DROP TRIGGER audit_entries_refuse_replace",
                "DROP TRIGGER audit_head_refuse_delete",
            ],
            [
                "audit_entries_refuse_update",
                "audit_entries_refuse_delete",
                "audit_entries_refuse_replace",
                "audit_head_refuse_delete",
            ],
        )
    };
    for statement in statements {
        backend.raw().await.execute(*statement).await.unwrap();
    }
    let faults = backend.database.verify_chains(&[]).await.unwrap().faults;
    assert_eq!(faults.len(), 4, "{faults:?}");
    for trigger in triggers {
        let named = |fault: &String| fault.contains(trigger);
        assert!(faults.iter().any(named), "{trigger}: {faults:?}");
    }
}

async fn an_older_copy_is_found_by_an_expected_head(backend: &Backend) {
    write(backend, 3).await;
    let heads = backend.database.audit().heads().await.unwrap();
    let verify = async |expected: &[ChainHead]| {
        let verification = backend.database.verify_chains(expected).await.unwrap();
        verification.is_intact()
    };
    assert!(verify(&heads).await);
    write(backend, 2).await;
    assert!(verify(&heads).await, "a continuation");
    let of = |entries, hash: &str| ChainHead {
        entries,
        hash: hash.to_owned(),
        ..heads[0].clone()
    };
    let hash = &heads[0].hash;
    assert!(!verify(&[of(6, hash)]).await, "the log is shorter");
    assert!(!verify(&[of(4, hash)]).await, "the entry is another one");
    assert!(!verify(&[of(3, &"0".repeat(64))]).await);
    let elsewhere = ChainHead {
        chain: new_id(),
        ..heads[0].clone()
    };
    assert!(!verify(&[elsewhere]).await, "the chain is missing");
}

async fn heads_are_signed_again_with_a_new_key(backend: &Backend) {
    write(backend, 2).await;
    let rotated = Database::open(&backend.location, keys_with("key-2"))
        .await
        .unwrap();
    // The head and the register.
    let report = rotated.audit().resign_heads().await.unwrap();
    assert_eq!((report.done, report.failed.len()), (2, 0));
    assert_eq!(rotated.audit().keys_in_use().await.unwrap(), ["key-2"]);
    assert_eq!(
        rotated.audit().resign_heads().await.unwrap(),
        ResignedHeads::default()
    );
    // A portal that was not restarted does not go back to the old key.
    write(backend, 1).await;
    assert!(rotated.verify_chains(&[]).await.unwrap().is_intact());
    assert_eq!(rotated.audit().keys_in_use().await.unwrap(), ["key-2"]);
    rotated.close().await;
    // A forged head is not signed.
    let forged = "UPDATE audit_head SET hash = previous_hash FROM audit_entries \
        WHERE audit_entries.number = 3 AND audit_head.number = 3";
    backend.raw().await.execute(forged).await.unwrap();
    let rotated = Database::open(&backend.location, keys_with("key-3"))
        .await
        .unwrap();
    let report = rotated.audit().resign_heads().await.unwrap();
    assert_eq!((report.done, report.failed.len()), (1, 1));
    rotated.close().await;
}

async fn a_head_of_a_missing_key_stops_writers_and_is_reported(backend: &Backend) {
    write(backend, 1).await;
    let lost = "UPDATE audit_head SET mac_key = 'lost' WHERE hash <> repeat('0', 64)";
    let lost = if backend.is_postgres() {
        lost
    } else {
        "UPDATE audit_head SET mac_key = 'lost' WHERE hash NOT LIKE '0000%'"
    };
    backend.raw().await.execute(lost).await.unwrap();
    let unsigned = Database::open(&backend.location, None).await.unwrap();
    for database in [&backend.database, &unsigned] {
        let entry = entry(AuditAction::SignOut, None, "user/1");
        assert!(database.audit().append(entry).await.is_err());
    }
    unsigned.close().await;
    assert!(matches!(
        verdict(backend).await,
        ChainVerdict::Broken { number: 1, .. }
    ));
    assert_eq!(
        backend.another().await.audit().keys_in_use().await.unwrap(),
        ["key-1", "lost"]
    );
}
