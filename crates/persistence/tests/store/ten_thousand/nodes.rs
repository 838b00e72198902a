use super::{
    Answer, PER_PAGE, Question, Row, common_values, every_page_is_right, insert, or_null, prepared,
};
use crate::backend::Backend;
use domain::{
    caller::TenantScope,
    ids::UserId,
    node::{
        order::NodeSpec,
        view::{NodeKind, NodeQuery, NodeState},
    },
    resource::Kind,
};
use persistence::Database;

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
        ask(&backend.database, scope, owner, question).await
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

async fn ask(
    database: &Database,
    scope: &TenantScope,
    owner: Option<UserId>,
    question: &Question,
) -> Answer {
    let query = NodeQuery {
        search: question.search.into(),
        states: question
            .states
            .iter()
            .map(|state| state.parse().unwrap())
            .collect(),
        tenant: question.tenant.map(str::to_owned),
        environment: question.environment.map(str::to_owned),
        mine: question.mine,
        sort: question.sort.parse().unwrap(),
        descending: question.descending,
        position: question.position.clone(),
        per_page: PER_PAGE.try_into().unwrap(),
    };
    let page = database.nodes().list(scope, owner, &query).await.unwrap();
    Answer {
        ids: page.items.iter().map(|item| item.id.into()).collect(),
        paging: page.paging,
        total: page.total,
        counts: page
            .counts
            .iter()
            .map(|entry| (entry.state.as_str(), entry.count))
            .collect(),
    }
}
