//! How SQLite finds what lists show. With ten thousand rows a wrong turn costs ten milliseconds.

use super::*;
use crate::{keyset::Kind, new_id, node_records::NodeRecord, records::ClusterRecord};
use domain::listing::Cursor;

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

fn question<'a>(scope: &'a TenantScope, column: &'static str) -> Question<'a> {
    Question {
        scope,
        mine: false,
        owner: None,
        search: "",
        tenant: None,
        environment: None,
        states: Vec::new(),
        order: Order {
            column,
            kind: match column {
                "created_at" | "ends_at" => Kind::Time,
                "price_per_hour" => Kind::Number,
                _ => Kind::Text,
            },
            nullable: matches!(column, "ends_at" | "price_per_hour"),
            descending: true,
        },
        position: &Position::First,
        per_page: 25,
    }
}

/// The first page of a list with `total` rows, or the page after a row.
async fn page_plan<R: Listed>(
    database: &Database,
    question: &Question<'_>,
    shown: &[&'static str],
    total: u64,
    position: &Position,
) -> Vec<String> {
    let filter = filter(database, question);
    let keyset = Keyset {
        order: question.order,
        position,
        per_page: 25,
        total,
    };
    let mut reading = database.read().await.unwrap();
    let statements = std::sync::Mutex::new(Vec::new());
    keyset
        .find(&mut reading, |stretch| {
            let again = ids_of_page::<R>(&filter, shown, stretch, total)?;
            statements.lock().unwrap().push(again);
            ids_of_page::<R>(&filter, shown, stretch, total)
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

fn filter<'a>(database: &Database, question: &'a Question<'a>) -> Filter<'a> {
    Filter {
        dialect: database.dialect(),
        question,
        tenants: match question.scope {
            TenantScope::All => None,
            TenantScope::Only(tenants) => Some(tenants.clone()),
        },
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
        TenantScope::All,
        TenantScope::Only(vec![new_id::<TenantId>(), new_id::<TenantId>()]),
    ];
    for scope in &scopes {
        let (part, tenants) = match scope {
            TenantScope::All => ("", 1),
            TenantScope::Only(tenants) => ("tenant_", tenants.len()),
        };
        for (column, name) in sorts {
            let name = index(&name.replace("by_", &format!("by_{part}")));
            for shown in [vec!["ready", "failed"], R::states()] {
                let question = question(scope, column);
                let value = match question.order.kind {
                    Kind::Text => "x",
                    _ => "1",
                };
                let after = Position::After(Cursor {
                    page: 2,
                    value: Some(value.into()),
                    id: new_id(),
                });
                for position in [Position::First, after] {
                    let plans =
                        page_plan::<R>(database, &question, &shown, FEW + 1, &position).await;
                    for plan in plans {
                        let found = plan.matches(&format!("COVERING INDEX {name}")).count();
                        assert_eq!(found, tenants, "{plan}");
                    }
                }
            }
        }
        let mine = Question {
            mine: true,
            owner: Some(new_id::<UserId>()),
            ..question(scope, "created_at")
        };
        for plan in page_plan::<R>(database, &mine, &["ready"], FEW + 1, &Position::First).await {
            assert_goes_through(&plan, &index("by_owner"));
        }
        let counted = counting::<R>(&filter(database, &mine));
        assert!(plan(database, counted).await.contains(&index("by_owner")));
        let searched = Question {
            search: "ci",
            ..question(scope, "name")
        };
        let counted = plan(database, counting::<R>(&filter(database, &searched))).await;
        assert!(counted.contains("COVERING INDEX"), "{counted}");
        let counted = counting::<R>(&filter(database, &question(scope, "name")));
        let counted = plan(database, counted).await;
        assert!(
            counted.contains("INDEX") && !counted.contains(R::TABLE),
            "{counted}"
        );
        let ending = ids_of_ending::<R>(dialect, scope, Timestamp::now(), 8);
        assert_goes_through(&plan(database, ending).await, &index("ending"));
    }
    // A few of a tenant's are looked up, however many others there are.
    let one = TenantScope::Only(vec![new_id::<TenantId>()]);
    for few in page_plan::<R>(
        database,
        &question(&one, "name"),
        &["ready"],
        FEW,
        &Position::First,
    )
    .await
    {
        assert!(few.contains("(tenant_id=?"), "{few}");
    }
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
