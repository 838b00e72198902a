use crate::{backend::Backend, fixtures::*};
use domain::{
    audit::{AuditAction, AuditOutcome},
    money::MicroDollars,
    node::{catalogue::Offer, view::Orphan},
};
use persistence::{audit_records::AuditEntry, change::Change, new_id, node_records::OrphanRemoval};

on_both_databases!(
    the_catalogue_is_the_one_that_was_stored_last,
    orphans_are_those_that_were_stored_last,
    a_removal_is_asked_for_once_and_shown_until_it_is_done,
    a_removal_is_of_one_machine_in_one_workspace,
);

const AUDITED: &str = "SELECT COUNT(*) FROM audit_entries WHERE action = 'delete_orphan'";

fn offer(accelerator: &str, price: Option<i64>) -> Offer {
    Offer {
        accelerator: accelerator.into(),
        count: 8,
        device_memory_gib: Some(79.6),
        cloud: "aws".into(),
        region: "eu-central-1".into(),
        instance_type: "p5.48xlarge".into(),
        vcpus: Some(0.5),
        memory_gib: None,
        price_per_hour: price.map(MicroDollars),
        spot_price_per_hour: None,
    }
}

fn orphan(machine: &str, workspace: &str) -> Orphan {
    Orphan {
        machine: machine.into(),
        workspace: workspace.into(),
        state: "UP".into(),
        resources: "1x(gpus=H100:1, p5.4xlarge, ...)".into(),
        place: Some("aws eu-central-1".into()),
        launched_at: Some(noon()),
        going: false,
    }
}

fn removal(machine: &str, workspace: &str, seconds: i64) -> OrphanRemoval {
    OrphanRemoval {
        machine: machine.into(),
        workspace: workspace.into(),
        asked_at: after(seconds),
    }
}

fn audit() -> AuditEntry {
    AuditEntry {
        id: new_id(),
        at: noon(),
        user_id: None,
        who: "An admin".into(),
        channel: "session".into(),
        source: None,
        action: AuditAction::DeleteOrphan,
        tenant_id: None,
        target: "machine/lost".into(),
        target_name: "lost".into(),
        detail: None,
        outcome: AuditOutcome::Done,
        changes: Vec::new(),
    }
}

async fn the_catalogue_is_the_one_that_was_stored_last(backend: &Backend) {
    let database = &backend.database;
    assert_eq!(database.server_reports().catalogue().await.unwrap(), None);
    let first = [offer("H100", Some(98_320_000)), offer("A100", None)];
    database
        .server_reports()
        .set_catalogue(&first, after(5))
        .await
        .unwrap();
    assert_eq!(
        database.server_reports().catalogue().await.unwrap(),
        Some((first.to_vec(), after(5)))
    );
    let second = [offer("L4", Some(1))];
    database
        .server_reports()
        .set_catalogue(&second, after(9))
        .await
        .unwrap();
    // Another replica, or this one after a restart, begins with it.
    let other = backend.another().await;
    assert_eq!(
        other.server_reports().catalogue().await.unwrap(),
        Some((second.to_vec(), after(9)))
    );
    other.close().await;
}

async fn orphans_are_those_that_were_stored_last(backend: &Backend) {
    let database = &backend.database;
    assert!(
        database
            .server_reports()
            .orphans()
            .await
            .unwrap()
            .is_empty()
    );
    let both = [orphan("one", "default"), orphan("two", "default")];
    database.server_reports().set_orphans(&both).await.unwrap();
    assert_eq!(database.server_reports().orphans().await.unwrap(), both);
    database
        .server_reports()
        .set_orphans(&both[1..])
        .await
        .unwrap();
    assert_eq!(
        database.server_reports().orphans().await.unwrap(),
        both[1..]
    );
    assert_eq!(database.server_reports().catalogue().await.unwrap(), None);
}

async fn a_removal_is_asked_for_once_and_shown_until_it_is_done(backend: &Backend) {
    let database = &backend.database;
    let lost = [orphan("lost", "default")];
    database.server_reports().set_orphans(&lost).await.unwrap();
    let mut changes = backend.listen().await;
    for seconds in [1, 2] {
        let removal = removal("lost", "default", seconds);
        let asked = database
            .server_reports()
            .delete_orphan(removal, audit())
            .await;
        asked.unwrap();
    }
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    assert_eq!(backend.count(AUDITED).await, 1);
    assert_eq!(
        database.server_reports().orphan_removals().await.unwrap(),
        [removal("lost", "default", 1)]
    );
    // Also when the server has been asked anew meanwhile.
    database.server_reports().set_orphans(&lost).await.unwrap();
    assert!(database.server_reports().orphans().await.unwrap()[0].going);

    let done = database
        .server_reports()
        .end_orphan_removal("lost", "default")
        .await;
    done.unwrap();
    assert!(
        database
            .server_reports()
            .orphan_removals()
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(database.server_reports().orphans().await.unwrap(), lost);
    // It may come back, and be asked for again.
    let again = removal("lost", "default", 9);
    let asked = database
        .server_reports()
        .delete_orphan(again, audit())
        .await;
    asked.unwrap();
    assert_eq!(backend.count(AUDITED).await, 2);
}

async fn a_removal_is_of_one_machine_in_one_workspace(backend: &Backend) {
    let database = &backend.database;
    let orphans = [
        orphan("lost", "default"),
        orphan("lost", "other"),
        orphan("found", "default"),
    ];
    database
        .server_reports()
        .set_orphans(&orphans)
        .await
        .unwrap();
    for (workspace, seconds) in [("other", 7), ("default", 5)] {
        let removal = removal("lost", workspace, seconds);
        let asked = database
            .server_reports()
            .delete_orphan(removal, audit())
            .await;
        asked.unwrap();
    }
    // Those asked for first come first.
    assert_eq!(
        database.server_reports().orphan_removals().await.unwrap(),
        [removal("lost", "default", 5), removal("lost", "other", 7)]
    );
    let done = database
        .server_reports()
        .end_orphan_removal("lost", "default")
        .await;
    done.unwrap();
    let orphans = database.server_reports().orphans().await.unwrap();
    let going: Vec<_> = orphans.iter().map(|orphan| orphan.going).collect();
    assert_eq!(going, [false, true, false]);
}
