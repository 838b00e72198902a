use crate::{backend::Backend, nodes::fixtures::*};
use domain::{
    failure::{Failure, FailureCode},
    ids::WorkspaceId,
    node::{machine_name::workspace_name, view::NodeState},
};
use jiff::{SignedDuration, Timestamp};
use persistence::sealed::Sealed;
use persistence::{
    Database,
    change::Change,
    new_id,
    node_records::{SealedAccount, WorkspaceProgress, WorkspaceRecord},
    records::{Claim, TenantSeed},
};
use sqlx::{AssertSqlSafe, Row};
use std::collections::HashSet;
use tokio::task::JoinSet;

on_both_databases!(
    each_environment_has_one_workspace_that_is_due_at_once,
    environments_added_later_get_theirs_and_the_others_stay,
    several_portals_that_start_at_once_make_each_workspace_once,
    a_workspace_is_found_by_its_environment_and_by_its_name,
    a_workspace_counts_its_nodes_that_are_not_gone,
    claimed_work_is_nobody_elses_until_the_lease_runs_out,
    progress_is_written_and_ends_the_claim,
    a_late_worker_writes_nothing,
    a_wake_during_a_claim_is_not_lost,
    waking_makes_work_due_and_says_so,
    a_new_node_wakes_its_workspace,
    sealed_secrets_are_kept_in_columns_that_a_rotation_finds,
);

async fn workspaces(database: &Database) -> Vec<WorkspaceRecord> {
    database.workspaces().seed().await.unwrap();
    database.workspaces().list().await.unwrap()
}

async fn claim(database: &Database, now: Timestamp, limit: u32) -> Vec<Claim<WorkspaceRecord>> {
    database
        .workspaces()
        .claim(now, SignedDuration::from_secs(60), limit)
        .await
        .unwrap()
}

/// Progress that changes nothing and plans the next look for a thousand seconds after noon.
fn as_it_is(workspace: &WorkspaceRecord) -> WorkspaceProgress {
    WorkspaceProgress {
        account: workspace.account.clone(),
        ready: workspace.ready,
        enabled_clouds: workspace.enabled_clouds.clone(),
        checked_at: workspace.checked_at,
        failure: workspace.failure.clone(),
        attempts: workspace.attempts,
        due_at: after(1000),
    }
}

fn account() -> SealedAccount {
    SealedAccount {
        user_id: "sa-1234".into(),
        token_id: "token-1".into(),
        token: Sealed {
            key_id: "file-1".into(),
            wrapped_key: "d3JhcHBlZA==".into(),
            ciphertext: "Y2lwaGVydGV4dA==".into(),
        },
    }
}

async fn each_environment_has_one_workspace_that_is_due_at_once(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    assert!(database.workspaces().list().await.unwrap().is_empty());
    assert_eq!(database.workspaces().next_due().await.unwrap(), None);
    let mut changes = backend.listen().await;
    let found = workspaces(database).await;
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);

    let mut expected = Vec::new();
    for tenant in [&world.vision, &world.speech] {
        for environment in &tenant.environments {
            let slugs = (&tenant.tenant.slug, &environment.slug);
            let name = workspace_name(slugs.0, slugs.1, environment.id);
            expected.push((name, tenant.tenant.clone(), environment.clone()));
        }
    }
    expected.sort_by(|one, other| one.0.cmp(&other.0));
    let told: Vec<_> = found
        .iter()
        .map(|one| {
            (
                one.name.clone(),
                one.tenant.clone(),
                one.environment.clone(),
            )
        })
        .collect();
    assert_eq!(told, expected);
    for workspace in &found {
        assert_eq!((&workspace.account, &workspace.failure), (&None, &None));
        assert!(!workspace.ready && workspace.enabled_clouds.is_empty());
        assert_eq!(workspace.checked_at, None);
        assert_eq!((workspace.attempts, workspace.nodes), (0, 0));
    }
    let long_ago: Timestamp = "1971-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(claim(database, long_ago, 100).await.len(), 3);
}

async fn environments_added_later_get_theirs_and_the_others_stay(backend: &Backend) {
    let database = &backend.database;
    world(database).await;
    let before = workspaces(database).await;
    for claim in claim(database, noon(), 100).await {
        let mut progress = as_it_is(&claim.record);
        progress.ready = true;
        assert!(
            database
                .workspaces()
                .record(&claim, progress)
                .await
                .unwrap()
        );
    }
    let mut changes = backend.listen().await;
    let same = workspaces(database).await;
    assert_eq!(same.len(), before.len());
    assert_eq!(backend.heard(&mut changes).await, []);

    let staging = TenantSeed {
        slug: "vision".into(),
        name: "Vision team".into(),
        environments: vec![("staging".into(), "Staging".into())],
    };
    database.tenants().seed(&[staging]).await.unwrap();
    let now = workspaces(database).await;
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    let known: Vec<_> = now.iter().filter(|found| found.ready).cloned().collect();
    assert_eq!(known, same);
    let fresh: Vec<_> = now.iter().filter(|found| !found.ready).collect();
    assert_eq!(fresh.len(), 1);
    assert_eq!(fresh[0].environment.slug, "staging");
    let due = claim(database, noon(), 100).await;
    assert_eq!((due.len(), due[0].record.id), (1, fresh[0].id));
}

async fn several_portals_that_start_at_once_make_each_workspace_once(backend: &Backend) {
    world(&backend.database).await;
    let mut portals = JoinSet::new();
    for _ in 0..8 {
        let database = backend.another().await;
        portals.spawn(async move { database.workspaces().seed().await.unwrap() });
    }
    portals.join_all().await;
    let found = backend.database.workspaces().list().await.unwrap();
    let names: HashSet<_> = found.iter().map(|found| &found.name).collect();
    assert_eq!((found.len(), names.len()), (3, 3));
}

async fn a_workspace_is_found_by_its_environment_and_by_its_name(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let environment = world.vision.environments[1].id;
    assert_eq!(
        database
            .workspaces()
            .of_environment(environment)
            .await
            .unwrap(),
        None
    );
    workspaces(database).await;
    let found = database
        .workspaces()
        .of_environment(environment)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.environment, world.vision.environments[1]);
    let named = database.workspaces().by_name(&found.name).await.unwrap();
    assert_eq!(named, Some(found));
    for nobodys in ["default", "", "hgr-\0"] {
        assert_eq!(database.workspaces().by_name(nobodys).await.unwrap(), None);
    }
}

async fn a_workspace_counts_its_nodes_that_are_not_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    workspaces(database).await;
    let (stays, goes) = (world.node("stays"), world.node("goes"));
    for order in [
        &stays,
        &goes,
        &node_in(&world.vision, 1, world.ada.id, "production"),
    ] {
        created(database, order).await;
    }
    let environment = world.vision.environments[0].id;
    let count = async || {
        let found = database
            .workspaces()
            .of_environment(environment)
            .await
            .unwrap();
        found.unwrap().nodes
    };
    assert_eq!(count().await, 2);
    delete(database, &goes).await;
    assert_eq!(count().await, 2);
    bring_to(database, &goes, NodeState::Deleted, after(20)).await;
    assert_eq!(count().await, 1);
}

async fn claimed_work_is_nobody_elses_until_the_lease_runs_out(backend: &Backend) {
    let database = &backend.database;
    world(database).await;
    workspaces(database).await;
    let first = claim(database, noon(), 2).await;
    assert_eq!(first.len(), 2);
    assert_eq!(claim(database, noon(), 2).await.len(), 1);
    assert!(claim(database, after(59), 100).await.is_empty());
    let longer = database.workspaces().extend(&first[0], after(120)).await;
    assert!(longer.unwrap());
    let taken_over = claim(database, after(60), 100).await;
    assert_eq!(taken_over.len(), 2);
    assert!(
        taken_over
            .iter()
            .all(|claim| claim.record.id != first[0].record.id)
    );
}

async fn progress_is_written_and_ends_the_claim(backend: &Backend) {
    let database = &backend.database;
    world(database).await;
    workspaces(database).await;
    let claims = claim(database, noon(), 1).await;
    let progress = WorkspaceProgress {
        account: Some(account()),
        ready: true,
        enabled_clouds: vec!["aws".into(), "kubernetes".into()],
        checked_at: Some(after(3)),
        failure: Some(Failure {
            code: FailureCode::ImagePull,
            message: "it “does not” answer".into(),
            next_step: "Wait.".into(),
            retrying: true,
        }),
        attempts: 4,
        due_at: after(30),
    };
    let recorded = database.workspaces().record(&claims[0], progress.clone());
    assert!(recorded.await.unwrap());
    let environment = claims[0].record.environment.id;
    let found = database
        .workspaces()
        .of_environment(environment)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.account, progress.account);
    assert!(found.ready);
    assert_eq!(found.enabled_clouds, progress.enabled_clouds);
    assert_eq!(found.checked_at, progress.checked_at);
    assert_eq!(found.failure, progress.failure);
    assert_eq!(found.attempts, 4);

    let again = database.workspaces().record(&claims[0], progress.clone());
    assert!(!again.await.unwrap(), "the claim has ended");
    let others = claim(database, noon(), 100).await;
    assert_eq!(others.len(), 2);
    let next = database.workspaces().next_due().await.unwrap();
    assert_eq!(next, Some(after(30)));
    let due = claim(database, after(30), 100).await;
    assert_eq!((due.len(), &due[0].record), (1, &found));

    // What is over is forgotten.
    let progress = WorkspaceProgress {
        account: None,
        failure: None,
        checked_at: None,
        ..progress
    };
    assert!(
        database
            .workspaces()
            .record(&due[0], progress)
            .await
            .unwrap()
    );
    let found = database
        .workspaces()
        .of_environment(environment)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.account, found.failure), (None, None));
    assert_eq!(found.checked_at, None);
}

async fn a_late_worker_writes_nothing(backend: &Backend) {
    let database = &backend.database;
    world(database).await;
    workspaces(database).await;
    let late = claim(database, noon(), 100).await;
    let current = claim(database, after(60), 100).await;
    let mut progress = as_it_is(&late[0].record);
    progress.ready = true;
    progress.account = Some(account());
    let recorded = database.workspaces().record(&late[0], progress).await;
    assert!(!recorded.unwrap());
    assert!(
        !database
            .workspaces()
            .extend(&late[0], after(999))
            .await
            .unwrap()
    );
    let found = database.workspaces().list().await.unwrap();
    assert!(
        found
            .iter()
            .all(|found| !found.ready && found.account.is_none())
    );
    for claim in &current {
        let progress = as_it_is(&claim.record);
        assert!(database.workspaces().record(claim, progress).await.unwrap());
    }
}

async fn a_wake_during_a_claim_is_not_lost(backend: &Backend) {
    let database = &backend.database;
    world(database).await;
    workspaces(database).await;
    let claims = claim(database, noon(), 100).await;
    let woken = claims[1].record.id;
    database.workspaces().wake(woken).await.unwrap();
    for claim in &claims {
        let progress = as_it_is(&claim.record);
        assert!(database.workspaces().record(claim, progress).await.unwrap());
    }
    let again = claim(database, after(1), 100).await;
    assert_eq!((again.len(), again[0].record.id), (1, woken));
    let progress = as_it_is(&again[0].record);
    assert!(
        database
            .workspaces()
            .record(&again[0], progress)
            .await
            .unwrap()
    );
    assert!(claim(database, after(2), 100).await.is_empty());
}

async fn waking_makes_work_due_and_says_so(backend: &Backend) {
    let database = &backend.database;
    world(database).await;
    let found = workspaces(database).await;
    for claim in claim(database, noon(), 100).await {
        let progress = as_it_is(&claim.record);
        assert!(
            database
                .workspaces()
                .record(&claim, progress)
                .await
                .unwrap()
        );
    }
    let mut changes = backend.listen().await;
    database.workspaces().wake(found[0].id).await.unwrap();
    let nobody: WorkspaceId = new_id();
    database.workspaces().wake(nobody).await.unwrap();
    assert_eq!(backend.heard(&mut changes).await, [Change::WorkDue]);
    let due = claim(database, noon(), 100).await;
    assert_eq!((due.len(), due[0].record.id), (1, found[0].id));
}

async fn a_new_node_wakes_its_workspace(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    workspaces(database).await;
    for claim in claim(database, noon(), 100).await {
        let progress = as_it_is(&claim.record);
        let recorded = database.workspaces().record(&claim, progress).await;
        assert!(recorded.unwrap());
    }
    assert!(claim(database, noon(), 100).await.is_empty());
    created(database, &world.node("new")).await;
    let due = claim(database, noon(), 100).await;
    let environments: Vec<_> = due.iter().map(|due| due.record.environment.id).collect();
    assert_eq!(environments, [world.vision.environments[0].id]);
}

/// A rotation goes through every table with a column that ends in `_ciphertext`, and expects the
/// other two beside it.
async fn sealed_secrets_are_kept_in_columns_that_a_rotation_finds(backend: &Backend) {
    let columns = if backend.is_postgres() {
        "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
         WHERE table_schema = 'public'"
    } else {
        "SELECT m.name AS t, i.name AS c FROM sqlite_master m, pragma_table_info(m.name) i \
         WHERE m.type = 'table'"
    };
    let rows = sqlx::query(AssertSqlSafe(columns))
        .fetch_all(&mut backend.raw().await)
        .await
        .unwrap();
    let columns: HashSet<(String, String)> = rows
        .iter()
        .map(|row| (row.get("t"), row.get("c")))
        .collect();
    let mut sealed = 0;
    for (table, column) in &columns {
        for ending in ["key_id", "wrapped_key", "ciphertext"] {
            let Some(prefix) = column.strip_suffix(ending) else {
                continue;
            };
            sealed += 1;
            for other in ["key_id", "wrapped_key", "ciphertext"] {
                let other = (table.clone(), format!("{prefix}{other}"));
                assert!(columns.contains(&other), "{other:?} beside {column}");
            }
        }
    }
    assert!(sealed >= 3, "the columns were read");
}
