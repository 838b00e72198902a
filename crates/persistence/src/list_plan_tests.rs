//! How SQLite finds what lists show. With ten thousand rows a wrong turn costs ten milliseconds.

use super::*;
use crate::{new_id, rows::text};
use domain::{
    cluster::{ClusterKind, ClusterState},
    listing::{Cursor, Position},
    node::view::{NodeKind, NodeState},
};

/// What SQLite does for `sql`, a line for each step.
async fn plan(database: &Database, sql: Sql) -> String {
    let rows = sql.explained().query().fetch_all(database.readers()).await;
    let steps: Vec<String> = rows
        .unwrap()
        .iter()
        .map(|row| text(row, "detail").unwrap())
        .collect();
    steps.join("\n")
}

fn sorted_by<K: StoredKind>(sort: Sort) -> ListQuery<K> {
    ListQuery {
        sort,
        ..ListQuery::default()
    }
}

/// The statements of the page of a list with `total` rows.
async fn page_plan<K: StoredKind>(
    database: &Database,
    scope: &TenantScope,
    query: &ListQuery<K>,
    shown: &[K::State],
    total: u64,
) -> Vec<String> {
    let filter = filter(database, scope, query);
    let keyset = Keyset {
        order: order(query.sort, query.descending),
        position: &query.position,
        per_page: 25,
        total,
    };
    let mut reading = database.read().await.unwrap();
    let statements = std::sync::Mutex::new(Vec::new());
    keyset
        .find(&mut reading, |stretch| {
            let again = ids_of_page(&filter, shown, stretch, total)?;
            statements.lock().unwrap().push(again);
            ids_of_page(&filter, shown, stretch, total)
        })
        .await
        .unwrap();
    reading.commit().await.unwrap();
    let mut plans = Vec::new();
    for sql in statements.into_inner().unwrap() {
        plans.push(plan(database, sql).await);
    }
    plans
}

fn filter<'a, K: StoredKind>(
    database: &Database,
    scope: &TenantScope,
    query: &'a ListQuery<K>,
) -> Filter<'a, K> {
    Filter {
        dialect: database.dialect(),
        query,
        owner: Some(new_id()),
        tenants: match scope {
            TenantScope::All => None,
            TenantScope::Only(tenants) => Some(tenants.clone()),
        },
    }
}

fn assert_goes_through(plan: &str, index: &str) {
    assert!(plan.contains(&format!("COVERING INDEX {index}")), "{plan}");
    assert!(!plan.contains("FOR ORDER BY"), "{plan}");
}

async fn each_plan_is_right<K: StoredKind>(
    database: &Database,
    ready: K::State,
    sorts: &[(Sort, &str)],
) {
    let index = |name: &str| format!("{}_{name}", K::TABLE);
    let scopes = [
        TenantScope::All,
        TenantScope::Only(vec![new_id(), new_id()]),
    ];
    for scope in &scopes {
        let (part, tenants) = match scope {
            TenantScope::All => ("", 1),
            TenantScope::Only(tenants) => ("tenant_", tenants.len()),
        };
        for (sort, name) in sorts {
            let name = index(&name.replace("by_", &format!("by_{part}")));
            for shown in [&[ready], K::State::EVERY] {
                let after = Position::After(Cursor {
                    page: 2,
                    value: Some(if *sort == Sort::Name { "x" } else { "1" }.into()),
                    id: new_id(),
                });
                for position in [Position::First, after] {
                    let query = ListQuery {
                        position,
                        ..sorted_by::<K>(*sort)
                    };
                    for plan in page_plan(database, scope, &query, shown, FEW + 1).await {
                        let found = plan.matches(&format!("COVERING INDEX {name}")).count();
                        assert_eq!(found, tenants, "{plan}");
                    }
                }
            }
        }
        let mine = ListQuery {
            mine: true,
            ..sorted_by::<K>(Sort::Created)
        };
        for plan in page_plan(database, scope, &mine, &[ready], FEW + 1).await {
            assert_goes_through(&plan, &index("by_owner"));
        }
        let counted = counting(&filter(database, scope, &mine));
        assert!(plan(database, counted).await.contains(&index("by_owner")));
        let searched = ListQuery {
            search: "ci".into(),
            ..sorted_by::<K>(Sort::Name)
        };
        let counted = plan(database, counting(&filter(database, scope, &searched))).await;
        assert!(counted.contains("COVERING INDEX"), "{counted}");
        let by_name = sorted_by::<K>(Sort::Name);
        let counted = plan(database, counting(&filter(database, scope, &by_name))).await;
        assert!(
            counted.contains("PRIMARY KEY") && !counted.contains(K::TABLE),
            "{counted}"
        );
        let ending = ids_of_ending::<K>(database.dialect(), scope, Timestamp::now(), 8);
        assert_goes_through(&plan(database, ending).await, &index("ending"));
        let newest = ids_of_newest::<K>(database.dialect(), scope, new_id(), 8);
        assert_goes_through(&plan(database, newest).await, &index("by_owner"));
    }
    // A few of a tenant's are looked up, however many others there are.
    let one = TenantScope::Only(vec![new_id()]);
    let by_name = sorted_by::<K>(Sort::Name);
    for few in page_plan(database, &one, &by_name, &[ready], FEW).await {
        assert!(few.contains("(tenant_id=?"), "{few}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_are_never_sorted_and_none_is_read_that_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hangar.db");
    let database = Database::open(path.to_str().unwrap(), None).await.unwrap();
    let mut sorts = vec![
        (Sort::Name, "by_name"),
        (Sort::Created, "by_creation"),
        (Sort::Ends, "by_end"),
    ];
    each_plan_is_right::<ClusterKind>(&database, ClusterState::Ready, &sorts).await;
    sorts.push((Sort::Price, "by_price"));
    each_plan_is_right::<NodeKind>(&database, NodeState::Ready, &sorts).await;
    database.close().await;
}
