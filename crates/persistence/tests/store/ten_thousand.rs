//! Ten thousand clusters: each combination of sort, filter and page is compared with the same
//! question put to a plain list.

use crate::{backend::Backend, fixtures::*};
use domain::{
    cluster::ClusterState,
    exposure::Exposure,
    ids::{ClusterId, TenantId, UserId},
    listing::{ClusterQuery, ClusterSort, StateCount},
    plan::Plan,
    tenancy::Tenant,
};
use provisioning::{
    new_id,
    ports::stores::{ClusterStore, Scope},
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::{cmp::Ordering, fmt::Write};

on_both_databases!(every_page_of_ten_thousand_clusters_is_right);

const CLUSTERS: usize = 10_000;

/// What a list looks at in one cluster.
struct Row {
    id: ClusterId,
    name: String,
    state: ClusterState,
    tenant: Tenant,
    environment: usize,
    owner: (UserId, &'static str),
    created_at: i64,
    ends_at: Option<i64>,
}

/// The clusters, the same in each run but for their ids. Many share a time, so that ties matter.
fn rows(world: &World) -> Vec<Row> {
    let mut random = 42_u64;
    let mut below = move |end: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % end
    };
    let stems = ["payments", "search", "voices", "vision-lab", "ci"];
    (0..CLUSTERS)
        .map(|number| {
            let tenant = [&world.vision, &world.speech][below(2)].clone();
            Row {
                id: new_id(),
                name: format!("{}-{number}", stems[below(stems.len())]),
                state: ClusterState::ALL[below(7)],
                environment: below(tenant.environments.len()),
                tenant,
                owner: [
                    (world.ada.id, "Ada Lovelace"),
                    (world.brian.id, "Brian Kernighan"),
                ][below(2)],
                created_at: noon().as_microsecond() + i64::try_from(below(500)).unwrap(),
                ends_at: (below(3) > 0)
                    .then(|| noon().as_microsecond() + i64::try_from(below(500)).unwrap()),
            }
        })
        .collect()
}

async fn insert(connection: &mut AnyConnection, rows: &[Row]) {
    let plan = serde_json::to_string(&Plan::defaults()[0]).unwrap();
    let exposure = serde_json::to_string(&Exposure::NodePort).unwrap();
    let mut transaction = connection.begin().await.unwrap();
    for chunk in rows.chunks(500) {
        let mut clusters = String::from(
            "INSERT INTO clusters (id, name, tenant_id, environment_id, plan, price_per_hour, \
             kubernetes_version, exposure, host, state, created_by, created_at, ends_at, \
             operation_id, fence, wakes, version) VALUES ",
        );
        let mut operations = String::from(
            "INSERT INTO operations (id, cluster_id, kind, started_at, attempts, steps) VALUES ",
        );
        for (number, row) in chunk.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(
                clusters,
                "{comma}('{id}','{}','{}','{}','{plan}',1,'v1.36.0','{exposure}','{HOST}','{}','{}',{},{},\
                 '{id}',0,0,1)",
                row.name,
                row.tenant.tenant.id,
                row.tenant.environments[row.environment].id,
                row.state.as_str(),
                row.owner.0,
                row.created_at,
                row.ends_at.map_or("NULL".into(), |end| end.to_string()),
                id = row.id,
            )
            .unwrap();
            write!(
                operations,
                "{comma}('{id}','{id}','create_cluster',0,0,'[]')",
                id = row.id
            )
            .unwrap();
        }
        for sql in [clusters, operations] {
            (*transaction).execute(AssertSqlSafe(sql)).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
}

fn matches(row: &Row, scope: &Scope, owner: Option<UserId>, query: &ClusterQuery) -> bool {
    let environment = &row.tenant.environments[row.environment];
    let search = query.search.to_lowercase();
    let in_scope = match scope {
        Scope::Everything => true,
        Scope::Tenants(tenants) => tenants.contains(&row.tenant.tenant.id),
    };
    in_scope
        && (!query.mine || owner == Some(row.owner.0))
        && query
            .tenant
            .as_ref()
            .is_none_or(|slug| *slug == row.tenant.tenant.slug)
        && query
            .environment
            .as_ref()
            .is_none_or(|slug| *slug == environment.slug)
        && [
            &*row.name,
            row.owner.1,
            &row.tenant.tenant.slug,
            &row.tenant.tenant.name,
            &environment.slug,
            &environment.name,
        ]
        .iter()
        .any(|text| text.to_lowercase().contains(&search))
}

fn is_shown(state: ClusterState, query: &ClusterQuery) -> bool {
    if query.states.is_empty() {
        state != ClusterState::Deleted
    } else {
        query.states.contains(&state)
    }
}

fn compare(one: &Row, other: &Row, query: &ClusterQuery) -> Ordering {
    let turn = |order: Ordering| {
        if query.descending {
            order.reverse()
        } else {
            order
        }
    };
    let by_sort = match query.sort {
        ClusterSort::Name => turn(one.name.cmp(&other.name)),
        ClusterSort::State => turn(one.state.as_str().cmp(other.state.as_str())),
        ClusterSort::Created => turn(one.created_at.cmp(&other.created_at)),
        // Those without end come last either way.
        ClusterSort::Ends => match (one.ends_at, other.ends_at) {
            (Some(one), Some(other)) => turn(one.cmp(&other)),
            (one, other) => one.is_none().cmp(&other.is_none()),
        },
    };
    by_sort.then_with(|| turn(one.id.cmp(&other.id)))
}

fn filters(world: &World) -> Vec<(Scope, ClusterQuery)> {
    let vision: TenantId = world.vision.tenant.id;
    let all = ClusterQuery::default();
    let query = |change: fn(&mut ClusterQuery)| {
        let mut query = all.clone();
        change(&mut query);
        query
    };
    let everything = |query| (Scope::Everything, query);
    vec![
        everything(all.clone()),
        everything(query(|query| query.states = vec![ClusterState::Ready])),
        everything(query(|query| {
            query.states = vec![ClusterState::Deleted, ClusterState::Failed];
        })),
        everything(query(|query| query.states = ClusterState::ALL.to_vec())),
        everything(query(|query| query.tenant = Some("vision".into()))),
        everything(query(|query| query.tenant = Some("nobody".into()))),
        everything(query(|query| query.environment = Some("dev".into()))),
        everything(query(|query| query.mine = true)),
        everything(query(|query| query.search = "VOICES".into())),
        everything(query(|query| query.search = "lovelace".into())),
        everything(query(|query| query.search = "vision".into())),
        everything(query(|query| query.search = "9-".into())),
        (Scope::Tenants(vec![vision]), all.clone()),
        (
            Scope::Tenants(vec![vision]),
            query(|query| {
                query.search = "ay".into();
                query.mine = true;
                query.environment = Some("prod".into());
                query.states = vec![ClusterState::Ready, ClusterState::Pending];
            }),
        ),
        (
            Scope::Tenants(vec![vision]),
            query(|query| query.tenant = Some("speech".into())),
        ),
    ]
}

async fn every_page_of_ten_thousand_clusters_is_right(backend: &Backend) {
    let world = world(&backend.database).await;
    let rows = rows(&world);
    insert(&mut backend.raw().await, &rows).await;
    let owner = Some(world.ada.id);

    for (scope, query) in filters(&world) {
        let matching: Vec<&Row> = rows
            .iter()
            .filter(|row| matches(row, &scope, owner, &query))
            .collect();
        let counts = ClusterState::ALL.map(|state| StateCount {
            state,
            count: matching.iter().filter(|row| row.state == state).count() as u64,
        });
        for sort in [
            ClusterSort::Name,
            ClusterSort::State,
            ClusterSort::Created,
            ClusterSort::Ends,
        ] {
            for descending in [false, true] {
                let mut query = ClusterQuery {
                    sort,
                    descending,
                    ..query.clone()
                };
                let mut expected: Vec<&Row> = matching
                    .iter()
                    .copied()
                    .filter(|row| is_shown(row.state, &query))
                    .collect();
                expected.sort_by(|one, other| compare(one, other, &query));
                let last = expected.len() / 25 + 1;
                for (page, per_page) in [(1, 25), (2, 200), (last, 25), (last + 1, 25)] {
                    query.page = u32::try_from(page).unwrap();
                    query.per_page = u32::try_from(per_page).unwrap();
                    let found = backend
                        .database
                        .clusters(&scope, owner, &query)
                        .await
                        .unwrap();
                    let ids: Vec<ClusterId> = found.items.iter().map(|item| item.id).collect();
                    let wanted: Vec<ClusterId> = expected
                        .iter()
                        .skip((page - 1) * per_page)
                        .take(per_page)
                        .map(|row| row.id)
                        .collect();
                    assert_eq!(ids, wanted, "{scope:?} {query:?}");
                    assert_eq!(found.total, expected.len() as u64, "{scope:?} {query:?}");
                    assert_eq!(found.counts, counts, "{scope:?} {query:?}");
                }
            }
        }
    }
}
