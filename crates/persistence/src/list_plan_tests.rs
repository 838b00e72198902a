//! How SQLite finds what lists show. With ten thousand rows a wrong turn costs ten milliseconds.

use super::*;
use crate::{new_id, node_records::NodeRecord, records::ClusterRecord};
use domain::ids::TenantId;

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

fn question<'a>(scope: &'a Extent, column: &'static str) -> Question<'a> {
    Question {
        scope,
        ordered_by: None,
        search: "",
        tenant: None,
        environment: None,
        states: Vec::new(),
        order: Order {
            column,
            nullable: matches!(column, "ends_at" | "price_per_hour"),
            descending: true,
        },
        page: 1,
        per_page: 25,
    }
}

fn assert_goes_through(plan: &str, index: &str) {
    assert!(plan.contains(&format!("COVERING INDEX {index}")), "{plan}");
    assert!(!plan.contains("FOR ORDER BY"), "{plan}");
}

async fn each_plan_is_right<R: Listed>(database: &Database, sorts: &[(&'static str, &str)]) {
    let (dialect, table) = (database.dialect(), R::TABLE);
    let index = |name: &str| format!("{table}_{name}");
    let scopes = [
        Extent::Everything,
        Extent::Tenants(vec![new_id::<TenantId>(), new_id::<TenantId>()]),
    ];
    for scope in &scopes {
        for (column, name) in sorts {
            for shown in [vec!["ready", "failed"], R::states()] {
                let sql = ids_of_page::<R>(dialect, &question(scope, column), &shown, FEW + 1);
                assert_goes_through(&plan(database, sql).await, &index(name));
            }
        }
        let mine = Question {
            ordered_by: Some(Some(new_id::<UserId>())),
            ..question(scope, "created_at")
        };
        for sql in [
            ids_of_page::<R>(dialect, &mine, &["ready"], 1),
            counting::<R>(dialect, &mine),
        ] {
            assert_goes_through(&plan(database, sql).await, &index("by_owner"));
        }
        let searched = Question {
            search: "ci",
            ..question(scope, "name")
        };
        let counted = plan(database, counting::<R>(dialect, &searched)).await;
        assert_goes_through(&counted, &index("searched"));
        let counted = plan(database, counting::<R>(dialect, &question(scope, "name"))).await;
        assert!(counted.contains("USING COVERING INDEX"), "{counted}");
        let ending = ids_of_ending::<R>(dialect, scope, Timestamp::now(), 8);
        assert_goes_through(&plan(database, ending).await, &index("ending"));
    }
    // A few of a tenant's are looked up, however many others there are.
    let few = ids_of_page::<R>(dialect, &question(&scopes[1], "name"), &["ready"], FEW);
    let few = plan(database, few).await;
    assert!(few.contains("(tenant_id=?"), "{few}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_are_never_sorted_and_none_is_read_that_is_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hangar.db");
    let database = Database::open(path.to_str().unwrap()).await.unwrap();
    let clusters = [
        ("name", "by_name"),
        ("created_at", "by_creation"),
        ("ends_at", "by_end"),
    ];
    each_plan_is_right::<ClusterRecord>(&database, &clusters).await;
    let nodes = [
        ("name", "by_name"),
        ("created_at", "by_creation"),
        ("ends_at", "by_end"),
        ("price_per_hour", "by_price"),
    ];
    each_plan_is_right::<NodeRecord>(&database, &nodes).await;
    database.close().await;
}
