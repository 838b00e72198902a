use super::{Row, ask, common_values, every_page_is_right, insert, or_null, prepared};
use crate::backend::Backend;
use domain::{
    node::{
        order::NodeSpec,
        view::{NodeKind, NodeState},
    },
    resource::Kind,
};

on_both_databases!(every_page_of_ten_thousand_nodes_is_right);

const STATES: &[&str] = &[
    "pending",
    "provisioning",
    "ready",
    "degraded",
    "failed",
    "stopping",
    "stopped",
    "starting",
    "deleting",
    "deleted",
];

async fn every_page_of_ten_thousand_nodes_is_right(backend: &Backend) {
    assert_eq!(NodeState::ALL.map(NodeState::as_str), STATES);
    let (world, rows) = prepared(backend, STATES, true).await;
    write(backend, &rows).await;
    let owner = Some(world.ada.id);
    let sorts: Vec<_> = NodeKind::SORTS.iter().map(|sort| sort.as_str()).collect();
    every_page_is_right(&world, &rows, STATES, &sorts, async |scope, question| {
        ask::<NodeKind>(&backend.database, scope, owner, question).await
    })
    .await;
}

async fn write(backend: &Backend, rows: &[Row]) {
    let epoch = backend.time(Some(0));
    let nodes = "INSERT INTO nodes (name, tenant_id, environment_id, state, created_by, \
        created_at, ends_at, id, operation_id, machine, spec, accelerator_folded, \
        price_per_hour, task_yaml, spent, fence, wakes, version)";
    let operations = "INSERT INTO node_operations (id, node_id, kind, started_at, attempts, steps)";
    insert(
        &mut backend.raw().await,
        rows,
        &[
            (nodes, &|row: &Row| {
                let spec = NodeSpec {
                    accelerator: row.accelerator.map(str::to_owned),
                    ..NodeSpec::default()
                };
                format!(
                    "({},'{id}','{id}','{id}','{}',{},{},'run: nvidia-smi',0,0,0,1)",
                    common_values(backend, row),
                    serde_json::to_string(&spec).unwrap(),
                    row.accelerator
                        .map_or("NULL".into(), |name| format!("'{}'", name.to_lowercase())),
                    or_null(row.price),
                    id = row.id
                )
            }),
            (operations, &|row: &Row| {
                format!("('{id}','{id}','launch_node',{epoch},0,'[]')", id = row.id)
            }),
        ],
    )
    .await;
}
