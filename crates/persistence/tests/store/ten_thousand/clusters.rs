use super::{Row, ask, common_values, every_page_is_right, insert, prepared};
use crate::{backend::Backend, fixtures::*};
use domain::{
    cluster::{ClusterKind, ClusterState},
    drift::DriftReport,
    exposure::Exposure,
    plan::Plan,
};

on_both_databases!(every_page_of_ten_thousand_clusters_is_right);

const STATES: &[&str] = &[
    "pending",
    "provisioning",
    "ready",
    "degraded",
    "failed",
    "pausing",
    "paused",
    "resuming",
    "deleting",
    "deleted",
];

async fn every_page_of_ten_thousand_clusters_is_right(backend: &Backend) {
    assert_eq!(ClusterState::ALL.map(ClusterState::as_str), STATES);
    let (world, rows) = prepared(backend, STATES, false).await;
    write(backend, &rows).await;
    let owner = Some(world.ada.id);
    let sorts = ["name", "state", "created", "ends"];
    every_page_is_right(&world, &rows, STATES, &sorts, async |scope, question| {
        ask::<ClusterKind>(&backend.database, scope, owner, question).await
    })
    .await;
}

async fn write(backend: &Backend, rows: &[Row]) {
    let epoch = backend.time(Some(0));
    let plan = serde_json::to_string(&Plan::defaults()[0]).unwrap();
    let exposure = serde_json::to_string(&Exposure::NodePort).unwrap();
    let drift = serde_json::to_string(&DriftReport::default()).unwrap();
    let clusters = "INSERT INTO clusters (name, tenant_id, environment_id, state, created_by, \
        created_at, ends_at, id, operation_id, plan, price_per_hour, spent, kubernetes_version, \
        exposure, host, drift, fence, wakes, version)";
    let operations = "INSERT INTO operations (id, cluster_id, kind, started_at, attempts, steps)";
    insert(
        &mut backend.raw().await,
        rows,
        &[
            (clusters, &|row: &Row| {
                format!(
                    "({},'{id}','{id}','{plan}',1,0,'v1.36.0','{exposure}','{HOST}','{drift}',0,0,1)",
                    common_values(backend, row),
                    id = row.id
                )
            }),
            (operations, &|row: &Row| {
                format!(
                    "('{id}','{id}','create_cluster',{epoch},0,'[]')",
                    id = row.id
                )
            }),
        ],
    )
    .await;
}
