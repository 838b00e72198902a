use crate::{backend::Backend, fixtures::*};
use domain::{
    audit::{AuditAction, AuditChange, AuditOutcome},
    credential::{CheckResult, CredentialFact, Provider},
    ids::{CredentialId, EnvironmentId},
};
use persistence::sealed::Sealed;
use persistence::{
    ChainVerdict, Database,
    audit_records::AuditEntry,
    credential_records::{
        CredentialChange, CredentialChanged, CredentialCreated, CredentialRecord, NewCredential,
        SealedCredential, SealedKind,
    },
    new_id,
};
use uuid::Uuid;

on_both_databases!(
    a_credential_is_stored_with_its_entry_and_read_again,
    names_are_taken_by_tenant_and_provider_whatever_their_case,
    of_each_scope_one_is_chosen,
    many_who_choose_at_once_leave_one_chosen,
    an_environment_has_its_own_or_the_tenants,
    a_change_of_what_is_no_longer_so_is_not_made,
    a_change_that_changes_nothing_is_not_recorded,
    uses_are_counted_with_their_entries_and_never_of_what_was_taken_away,
    a_check_is_kept_for_the_secret_that_was_checked,
    what_is_deleted_is_empty_and_its_id_stays_taken,
    changes_are_read_newest_first_without_uses,
    workspaces_of_the_scope_are_due_at_once,
    secrets_under_other_keys_are_found_in_order_and_put_only_where_they_are_as_read,
);

fn sealed(key: &str, text: &str) -> Sealed {
    Sealed {
        key_id: key.into(),
        wrapped_key: format!("wrapped-{key}-{text}"),
        ciphertext: format!("cipher-{text}"),
    }
}

fn secret(text: &str) -> SealedCredential {
    SealedCredential {
        facts: vec![CredentialFact {
            label: "Region".into(),
            value: text.into(),
        }],
        fingerprint: format!("print-{text}"),
        sealed: sealed("key-1", text),
    }
}

fn new(world: &World, name: &str, environment: Option<EnvironmentId>) -> NewCredential {
    NewCredential {
        id: new_id(),
        tenant_id: world.vision.tenant.id,
        environment_id: environment,
        provider: Provider::Aws,
        name: name.into(),
        chosen: false,
        secret: secret(name),
        created_by: Some(world.ada.id),
        created_by_name: "Ada Lovelace".into(),
        at: noon(),
    }
}

fn audit(id: CredentialId, action: AuditAction) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: after(60),
        user_id: None,
        who: "Ada Lovelace".into(),
        channel: "session".into(),
        source: None,
        action,
        tenant_id: None,
        target: format!("credential/{id}"),
        target_name: "name".into(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: vec![AuditChange::new("name", Some("before"), Some("after"))],
    }
}

async fn create(database: &Database, new: NewCredential) -> CredentialCreated {
    let entry = audit(new.id, AuditAction::CreateCredential);
    database.credentials().create(new, entry).await.unwrap()
}

async fn created(database: &Database, new: NewCredential) -> CredentialId {
    let id = new.id;
    assert!(matches!(
        create(database, new).await,
        CredentialCreated::Created(_)
    ));
    id
}

async fn read(database: &Database, id: CredentialId) -> CredentialRecord {
    database.credentials().get(id).await.unwrap().unwrap()
}

async fn change(
    database: &Database,
    id: CredentialId,
    version: Option<i64>,
    change: CredentialChange,
) -> CredentialChanged {
    let entry = audit(id, AuditAction::RenameCredential);
    database
        .credentials()
        .change(id, version, change, entry)
        .await
        .unwrap()
}

async fn entries(database: &Database) -> i64 {
    database
        .verify_chains(&[])
        .await
        .unwrap()
        .chains
        .iter()
        .map(|chain| match chain.verdict {
            ChainVerdict::Intact { entries } => entries,
            ChainVerdict::Broken { .. } => panic!("{chain:?}"),
        })
        .sum()
}

async fn a_credential_is_stored_with_its_entry_and_read_again(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let before = entries(database).await;
    let dev = world.vision.environments[0].clone();
    let id = created(database, new(&world, "Main", Some(dev.id))).await;
    let record = read(database, id).await;
    assert_eq!(record.tenant, world.vision.tenant);
    assert_eq!(record.environment, Some(dev));
    assert_eq!(
        (record.provider, record.name.as_str()),
        (Provider::Aws, "Main")
    );
    assert_eq!(record.facts, secret("Main").facts);
    assert_eq!(record.sealed, secret("Main").sealed);
    assert_eq!(record.created_by, "Ada Lovelace");
    assert_eq!(
        (record.created_at, record.version, record.uses),
        (noon(), 1, 0)
    );
    assert_eq!(record.owner().place, format!("credentials/{id}/secret"));
    assert_eq!(entries(database).await, before + 1);
    let listed = database
        .credentials()
        .list(world.vision.tenant.id)
        .await
        .unwrap();
    assert_eq!(listed, [record]);
    let foreign = database
        .credentials()
        .list(world.speech.tenant.id)
        .await
        .unwrap();
    assert_eq!(foreign, []);
}

async fn names_are_taken_by_tenant_and_provider_whatever_their_case(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = created(database, new(&world, "Main", None)).await;
    let taken = create(database, new(&world, "MAIN", None)).await;
    assert_eq!(taken, CredentialCreated::NameTaken);
    let other_cloud = NewCredential {
        provider: Provider::Gcp,
        ..new(&world, "Main", None)
    };
    created(database, other_cloud).await;
    let other_tenant = NewCredential {
        tenant_id: world.speech.tenant.id,
        ..new(&world, "Main", None)
    };
    created(database, other_tenant).await;
    let second = created(database, new(&world, "Second", None)).await;
    let taken = change(
        database,
        second,
        None,
        CredentialChange::Rename("main".into()),
    )
    .await;
    assert_eq!(taken, CredentialChanged::NameTaken);
    // One's own name may be written otherwise.
    let same = change(database, id, None, CredentialChange::Rename("MAIN".into())).await;
    assert!(matches!(same, CredentialChanged::Changed(_)));
    assert!(
        database
            .credentials()
            .delete(id, audit(id, AuditAction::DeleteCredential))
            .await
            .unwrap()
    );
    created(database, new(&world, "Main", None)).await;
}

async fn of_each_scope_one_is_chosen(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let dev = world.vision.environments[0].id;
    let first = created(database, new(&world, "first", None)).await;
    let second = created(database, new(&world, "second", None)).await;
    let own = created(database, new(&world, "own", Some(dev))).await;
    let third = NewCredential {
        chosen: true,
        ..new(&world, "third", Some(dev))
    };
    let third = created(database, third).await;
    let chosen = async || {
        let mut chosen = Vec::new();
        for id in [first, second, own, third] {
            chosen.push(read(database, id).await.chosen);
        }
        chosen
    };
    assert_eq!(chosen().await, [true, false, false, true]);
    change(database, second, None, CredentialChange::Choose).await;
    assert_eq!(chosen().await, [false, true, false, true]);
}

async fn many_who_choose_at_once_leave_one_chosen(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e", "f"] {
        ids.push(created(database, new(&world, name, None)).await);
    }
    let all = ids
        .iter()
        .map(|id| change(database, *id, None, CredentialChange::Choose));
    futures::future::join_all(all).await;
    let listed = database
        .credentials()
        .list(world.vision.tenant.id)
        .await
        .unwrap();
    assert_eq!(listed.iter().filter(|one| one.chosen).count(), 1);
}

async fn an_environment_has_its_own_or_the_tenants(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let tenant = world.vision.tenant.id;
    let [dev, prod] = [0, 1].map(|index| world.vision.environments[index].id);
    let taken = async |environment| {
        let found = database
            .credentials()
            .chosen(tenant, environment, Provider::Aws);
        found.await.unwrap().map(|record| record.name)
    };
    assert_eq!(taken(dev).await, None);
    created(database, new(&world, "all", None)).await;
    let own = created(database, new(&world, "own", Some(dev))).await;
    assert_eq!(taken(dev).await.unwrap(), "own");
    assert_eq!(taken(prod).await.unwrap(), "all");
    change(database, own, None, CredentialChange::Suspend(true)).await;
    assert_eq!(taken(dev).await.unwrap(), "own");
    let other = database
        .credentials()
        .chosen(tenant, dev, Provider::Gcp)
        .await;
    assert_eq!(other.unwrap(), None);
}

async fn a_change_of_what_is_no_longer_so_is_not_made(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = created(database, new(&world, "Main", None)).await;
    let rename = |name: &str| CredentialChange::Rename(name.into());
    let done = change(database, id, Some(1), rename("one")).await;
    assert!(matches!(done, CredentialChanged::Changed(_)));
    let stale = change(database, id, Some(1), rename("two")).await;
    assert_eq!(stale, CredentialChanged::Stale);
    let replaced = CredentialChange::Replace(Box::new(secret("new")));
    let done = change(database, id, Some(2), replaced).await;
    assert!(matches!(done, CredentialChanged::Changed(_)));
    let record = read(database, id).await;
    assert_eq!((record.name.as_str(), record.version), ("one", 3));
    assert_eq!(record.sealed, secret("new").sealed);
    assert_eq!(record.replaced_at, Some(after(60)));
    let gone = change(database, new_id(), None, rename("x")).await;
    assert_eq!(gone, CredentialChanged::Gone);
}

async fn a_change_that_changes_nothing_is_not_recorded(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = created(database, new(&world, "Main", None)).await;
    let before = entries(database).await;
    for same in [
        CredentialChange::Choose,
        CredentialChange::Suspend(false),
        CredentialChange::Rename("Main".into()),
    ] {
        let outcome = change(database, id, None, same).await;
        assert!(matches!(outcome, CredentialChanged::Unchanged(_)));
    }
    assert_eq!(entries(database).await, before);
    assert_eq!(read(database, id).await.version, 1);
}

async fn uses_are_counted_with_their_entries_and_never_of_what_was_taken_away(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = created(database, new(&world, "Main", None)).await;
    let print = "print-Main";
    let used = async |fingerprint: &str| {
        let entry = audit(id, AuditAction::UseCredential);
        database
            .credentials()
            .note_use(id, fingerprint, entry)
            .await
            .unwrap()
    };
    let before = entries(database).await;
    assert!(used(print).await && used(print).await);
    assert!(!used("print-of-before").await);
    let record = read(database, id).await;
    assert_eq!((record.uses, record.last_used_at), (2, Some(after(60))));
    assert_eq!(entries(database).await, before + 2);
    change(database, id, None, CredentialChange::Suspend(true)).await;
    assert!(!used(print).await);
    change(database, id, None, CredentialChange::Suspend(false)).await;
    assert!(used(print).await);
    database
        .credentials()
        .delete(id, audit(id, AuditAction::DeleteCredential))
        .await
        .unwrap();
    assert!(!used(print).await);
}

async fn a_check_is_kept_for_the_secret_that_was_checked(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = created(database, new(&world, "Main", None)).await;
    let result = CheckResult {
        accepted: false,
        account: None,
        identity: None,
        message: "No.".into(),
        next_step: Some("Mend it.".into()),
    };
    let keep = async |print: &str| {
        let entry = audit(id, AuditAction::CheckCredential);
        database
            .credentials()
            .record_check(id, print, &result, entry)
            .await
            .unwrap()
    };
    assert!(!keep("print-other").await);
    assert!(keep("print-Main").await);
    let record = read(database, id).await;
    assert_eq!(record.check.as_ref(), Some(&result));
    assert_eq!(
        (record.last_checked_at, record.version),
        (Some(after(60)), 1)
    );
    change(
        database,
        id,
        None,
        CredentialChange::Replace(Box::new(secret("new"))),
    )
    .await;
    assert_eq!(read(database, id).await.check, None);
}

async fn what_is_deleted_is_empty_and_its_id_stays_taken(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let stored = new(&world, "Main", None);
    let id = created(database, stored.clone()).await;
    let delete = async || {
        let entry = audit(id, AuditAction::DeleteCredential);
        database.credentials().delete(id, entry).await.unwrap()
    };
    assert!(delete().await);
    assert!(!delete().await);
    assert_eq!(database.credentials().get(id).await.unwrap(), None);
    let left = backend
        .count("SELECT COUNT(*) FROM credentials WHERE secret_ciphertext = '' AND secret_wrapped_key = '' AND name = 'Main'")
        .await;
    assert_eq!(left, 1);
    assert_eq!(database.sealed_rows().keys_in_use().await.unwrap(), []);
    assert_eq!(create(database, stored).await, CredentialCreated::KnownId);
}

async fn changes_are_read_newest_first_without_uses(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let id = created(database, new(&world, "Main", None)).await;
    change(database, id, None, CredentialChange::Rename("one".into())).await;
    let used = audit(id, AuditAction::UseCredential);
    database
        .credentials()
        .note_use(id, "print-Main", used)
        .await
        .unwrap();
    let last = AuditEntry {
        who: "Grace Hopper".into(),
        ..audit(id, AuditAction::SuspendCredential)
    };
    database
        .credentials()
        .change(id, None, CredentialChange::Suspend(true), last)
        .await
        .unwrap();
    let found = database.credentials().changes(id, 5).await.unwrap();
    let who: Vec<_> = found.iter().map(|past| past.who.as_str()).collect();
    assert_eq!(who, ["Grace Hopper", "Ada Lovelace"]);
    assert_eq!(found[0].changes[0].field, "name");
    assert_eq!(
        database.credentials().changes(id, 1).await.unwrap().len(),
        1
    );
}

async fn workspaces_of_the_scope_are_due_at_once(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    database.workspaces().seed().await.unwrap();
    let settle = async || {
        let due = format!(
            "UPDATE workspaces SET due_at = {}, checked_at = {}",
            backend.time(Some(9_000_000_000_000_000)),
            backend.time(Some(1))
        );
        sqlx::query(sqlx::AssertSqlSafe(due))
            .execute(&mut backend.raw().await)
            .await
            .unwrap();
    };
    let due = async || {
        backend
            .count(if backend.is_postgres() {
                "SELECT COUNT(*) FROM workspaces WHERE due_at = 'epoch' AND checked_at IS NULL"
            } else {
                "SELECT COUNT(*) FROM workspaces WHERE due_at = 0 AND checked_at IS NULL"
            })
            .await
    };
    settle().await;
    let dev = world.vision.environments[0].id;
    let own = created(database, new(&world, "own", Some(dev))).await;
    assert_eq!(due().await, 1);
    settle().await;
    let all = created(database, new(&world, "all", None)).await;
    assert_eq!(due().await, 2);
    settle().await;
    // A name changes nothing of what may be used.
    change(database, all, None, CredentialChange::Rename("name".into())).await;
    assert_eq!(due().await, 0);
    change(database, own, None, CredentialChange::Suspend(true)).await;
    assert_eq!(due().await, 1);
    settle().await;
    database
        .credentials()
        .delete(all, audit(all, AuditAction::DeleteCredential))
        .await
        .unwrap();
    assert_eq!(due().await, 2);
}

async fn secrets_under_other_keys_are_found_in_order_and_put_only_where_they_are_as_read(
    backend: &Backend,
) {
    let database = &backend.database;
    let world = world(database).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(Uuid::from(created(database, new(&world, name, None)).await));
    }
    ids.sort();
    let uses = database.sealed_rows().keys_in_use().await.unwrap();
    assert_eq!(
        (uses.len(), uses[0].count, uses[0].key_id.as_str()),
        (1, 3, "key-1")
    );
    let kind = SealedKind::Credential;
    let page = database
        .sealed_rows()
        .not_under(kind, "key-2", Uuid::nil(), 2)
        .await
        .unwrap();
    let found: Vec<_> = page.iter().map(|row| row.id).collect();
    assert_eq!(found, ids[..2]);
    assert_eq!(page[0].owner.tenant_id, world.vision.tenant.id);
    assert_eq!(
        page[0].owner.place,
        format!("credentials/{}/secret", ids[0])
    );
    let rest = database
        .sealed_rows()
        .not_under(kind, "key-2", ids[1], 2)
        .await
        .unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(
        database
            .sealed_rows()
            .not_under(kind, "key-1", Uuid::nil(), 9)
            .await
            .unwrap(),
        []
    );
    // Somebody replaces the first meanwhile.
    let first = CredentialId::from(ids[0]);
    change(
        database,
        first,
        None,
        CredentialChange::Replace(Box::new(secret("new"))),
    )
    .await;
    let wrapped: Vec<_> = page
        .into_iter()
        .map(|row| {
            (
                row.clone(),
                Sealed {
                    ciphertext: row.sealed.ciphertext,
                    ..sealed("key-2", &row.name)
                },
            )
        })
        .collect();
    assert_eq!(
        database
            .sealed_rows()
            .put_rewrapped(&wrapped)
            .await
            .unwrap(),
        1
    );
    assert_eq!(read(database, first).await.sealed, secret("new").sealed);
    let second = read(database, ids[1].into()).await;
    assert_eq!(second.sealed.key_id, "key-2");
    assert_eq!(second.sealed.ciphertext, wrapped[1].0.sealed.ciphertext);
    assert_eq!(second.version, 1);
}
