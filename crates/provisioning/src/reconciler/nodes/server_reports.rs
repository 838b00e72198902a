//! What is read from the SkyPilot API server as a whole: its price lists, and orphans.

use super::PassError;
use crate::{
    nodes::SkyPilotBackend,
    ports::machines::{Machine, MachineErrorKind},
    reconciler::backoff,
};
use domain::{
    audit::AuditAction,
    caller::Caller,
    node::{machine_name::OwnNames, view::Orphan},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{Database, audit_records::AuditEntry, node_records::OrphanRemoval};
use std::{collections::HashSet, time::Duration};
use tokio::time;
use tokio_util::sync::CancellationToken;

/// How long price lists hold.
const CATALOGUE_HOLDS: SignedDuration = SignedDuration::from_hours(6);
/// How often orphans are looked for.
const ORPHANS_EVERY: Duration = Duration::from_secs(60);

/// Keeps the catalogue in memory and in the database, until `stop`.
pub(in crate::reconciler) async fn keep_catalogue(
    db: &Database,
    skypilot: &SkyPilotBackend,
    stop: &CancellationToken,
) {
    let mut attempts = 0;
    loop {
        let pause = match refresh(db, skypilot).await {
            Ok(until) => {
                attempts = 0;
                until.duration_since(Timestamp::now())
            }
            Err(error) => {
                attempts += 1;
                if attempts == 1 {
                    error.log("the price lists were not read");
                }
                backoff::pause(attempts)
            }
        };
        let pause = Duration::try_from(pause).unwrap_or_default();
        tokio::select! {
            () = stop.cancelled() => return,
            () = time::sleep(pause.max(Duration::from_secs(1))) => {}
        }
    }
}

/// Reads the catalogue if it is old; answers until when it holds. What another replica has read is taken.
async fn refresh(db: &Database, skypilot: &SkyPilotBackend) -> Result<Timestamp, PassError> {
    if let Some((offers, read_at)) = db.server_reports().catalogue().await? {
        let known = skypilot.catalogue.current().read_at;
        if known.is_none_or(|known| known < read_at) {
            skypilot.catalogue.replace(offers, read_at);
        }
        if Timestamp::now().duration_since(read_at) < CATALOGUE_HOLDS {
            return Ok(read_at + CATALOGUE_HOLDS);
        }
    }
    let offers = skypilot.machines.catalogue().await?;
    let read_at = Timestamp::now();
    db.server_reports().set_catalogue(&offers, read_at).await?;
    skypilot.catalogue.replace(offers, read_at);
    Ok(read_at + CATALOGUE_HOLDS)
}

/// Looks for orphans and terminates those that an admin deleted, until `stop`.
pub(in crate::reconciler) async fn keep_orphans(
    db: &Database,
    skypilot: &SkyPilotBackend,
    stop: &CancellationToken,
) {
    let mut failed = false;
    loop {
        let outcome = sweep(db, skypilot).await;
        if let Err(error) = &outcome
            && !failed
        {
            error.log("orphans were not looked for");
        }
        failed = outcome.is_err();
        // A removal that was asked for meanwhile need not wait for the next regular look.
        let asked = async {
            loop {
                time::sleep(Duration::from_secs(2)).await;
                match db.server_reports().orphan_removals().await {
                    Ok(removals) if removals.is_empty() => {}
                    _ => return,
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = time::sleep(ORPHANS_EVERY) => {}
            () = asked => {}
        }
    }
}

async fn sweep(db: &Database, skypilot: &SkyPilotBackend) -> Result<(), PassError> {
    // Machines first: a node that is ordered in between is known by the time its machine is looked up.
    let machines = skypilot.machines.all_machines().await?;
    let ordered: HashSet<String> = db.nodes().machine_names().await?.into_iter().collect();
    let (tenants, environments) = db.tenants().ids().await?;
    let own = OwnNames::new(tenants, environments);
    let mut orphans: Vec<Orphan> = machines
        .into_iter()
        .filter(|machine| own.include(&machine.name, &machine.workspace))
        .filter(|machine| !ordered.contains(&machine.name))
        .map(orphan)
        .collect();
    orphans.sort_by(|one, other| one.machine.cmp(&other.machine));
    // Before the removals: one that fails must not hide the other orphans.
    db.server_reports().set_orphans(&orphans).await?;
    let mut outcome = Ok(());
    for removal in db.server_reports().orphan_removals().await? {
        let there = orphans.iter().any(|orphan| {
            orphan.machine == removal.machine && orphan.workspace == removal.workspace
        });
        let removed = if there {
            terminate(skypilot, &removal).await
        } else {
            end_removal(db, &removal).await
        };
        outcome = outcome.and(removed);
    }
    outcome
}

async fn terminate(skypilot: &SkyPilotBackend, removal: &OrphanRemoval) -> Result<(), PassError> {
    let machines = &skypilot.machines;
    match machines
        .delete_orphan(&removal.workspace, &removal.machine)
        .await
    {
        Err(error) if error.kind != MachineErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

async fn end_removal(db: &Database, removal: &OrphanRemoval) -> Result<(), PassError> {
    let audit = AuditEntry::by(
        &Caller::portal(),
        AuditAction::NodeDeleted,
        Timestamp::now(),
        format!("machine/{}", removal.machine),
        removal.machine.clone(),
    );
    db.audit().append(audit).await?;
    db.server_reports()
        .end_orphan_removal(&removal.machine, &removal.workspace)
        .await?;
    Ok(())
}

fn orphan(machine: Machine) -> Orphan {
    Orphan {
        machine: machine.name,
        workspace: machine.workspace,
        state: machine.state.as_str().to_owned(),
        resources: machine.resources,
        place: machine
            .placement
            .map(|placement| format!("{}/{}", placement.cloud, placement.region)),
        launched_at: machine.launched_at,
        going: false,
    }
}
