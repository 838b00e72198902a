//! Lists of ten thousand people: each page is compared with the same question put to a plain list.

use crate::{backend::Backend, fixtures::*};
use domain::listing::Position;
use domain::users::{UserCount, UserFilter, UserQuery, UserSort};
use persistence::new_id;
use sqlx::{AssertSqlSafe, Connection, Executor};
use uuid::Uuid;

on_both_databases!(
    pages_of_ten_thousand_users_are_right,
    wildcards_in_a_search_stand_for_themselves,
);

/// Far more than it takes, so that a busy machine does not fail; a plan gone wrong takes longer.
const PEOPLE: usize = 10_000;

struct Row {
    id: Uuid,
    name: String,
    email: String,
    suspended: bool,
    seen: Option<i64>,
    admin: bool,
    member: bool,
}

fn rows() -> Vec<Row> {
    (0..PEOPLE)
        .map(|number| Row {
            id: new_id(),
            name: format!(
                "{} {}",
                ["Ada", "bo", "Émile", "Zoë"][number % 4],
                number / 8
            ),
            email: format!("P{number}@{}.example", ["corp", "other"][number % 2]),
            suspended: number % 50 == 3,
            seen: (number % 3 > 0).then(|| noon().as_microsecond() + (number % 400) as i64),
            admin: number % 1000 == 7,
            member: number % 5 != 0,
        })
        .collect()
}

async fn store(backend: &Backend, rows: &[Row], tenant: &str) {
    let mut connection = backend.raw().await;
    let mut transaction = connection.begin().await.unwrap();
    for chunk in rows.chunks(500) {
        let users: Vec<String> = chunk
            .iter()
            .map(|row| {
                format!(
                    "('{}', 'i', '{}', '{}', TRUE, '{}', '{}', {}, {})",
                    row.id,
                    row.id,
                    row.email,
                    row.name,
                    row.name.to_lowercase(),
                    row.suspended,
                    backend.time(row.seen),
                )
            })
            .collect();
        let grants: Vec<String> = chunk
            .iter()
            .map(|row| {
                let role = if row.admin { "admin" } else { "user" };
                format!("('{}', 'claim', '{role}')", row.id)
            })
            .collect();
        let members: Vec<String> = chunk
            .iter()
            .filter(|row| row.member)
            .map(|row| format!("('{}', '{tenant}', 'claim', 'viewer')", row.id))
            .collect();
        for statement in [
            format!(
                "INSERT INTO users (id, issuer, subject, email, email_verified, name, \
                 name_folded, suspended, last_seen_at) VALUES {}",
                users.join(",")
            ),
            format!(
                "INSERT INTO platform_grants (user_id, source, role) VALUES {}",
                grants.join(",")
            ),
            format!(
                "INSERT INTO tenant_grants (user_id, tenant_id, source, role) VALUES {}",
                members.join(",")
            ),
        ] {
            let statement = AssertSqlSafe(statement);
            (*transaction).execute(statement).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
}

fn fits(row: &Row, filter: UserFilter) -> bool {
    match filter {
        UserFilter::All => true,
        UserFilter::Admins => row.admin,
        UserFilter::Suspended => row.suspended,
        UserFilter::WithoutTenant => !row.member && !row.admin,
    }
}

async fn pages_of_ten_thousand_users_are_right(backend: &Backend) {
    let database = &backend.database;
    let seed = persistence::records::TenantSeed {
        slug: "vision".into(),
        name: "Vision".into(),
        environments: Vec::new(),
    };
    {
        database.tenants().seed(&[seed]).await.unwrap();
        let tenant = database
            .tenants()
            .active()
            .await
            .unwrap()
            .remove(0)
            .tenant
            .id;
        let rows = rows();
        store(backend, &rows, &tenant.to_string()).await;
        every_page(backend, &rows).await;
    }
}

async fn every_page(backend: &Backend, rows: &[Row]) {
    for search in ["", "ÉMILE", "@CORP", "p99", "nobody at all"] {
        let folded = search.to_lowercase();
        let matching: Vec<&Row> = rows
            .iter()
            .filter(|row| {
                row.name.to_lowercase().contains(&folded)
                    || row.email.to_lowercase().contains(&folded)
            })
            .collect();
        let counts: Vec<UserCount> = UserFilter::ALL
            .into_iter()
            .map(|filter| UserCount {
                filter,
                users: matching.iter().filter(|row| fits(row, filter)).count() as u64,
            })
            .collect();
        for filter in UserFilter::ALL {
            for (sort, descending) in [
                (UserSort::Name, false),
                (UserSort::Name, true),
                (UserSort::LastSeen, false),
                (UserSort::LastSeen, true),
            ] {
                let mut shown: Vec<&Row> = matching
                    .iter()
                    .copied()
                    .filter(|row| fits(row, filter))
                    .collect();
                let turned = |order: std::cmp::Ordering| {
                    if descending { order.reverse() } else { order }
                };
                shown.sort_by(|one, other| {
                    let by_sort = match sort {
                        UserSort::Name => {
                            turned(one.name.to_lowercase().cmp(&other.name.to_lowercase()))
                        }
                        // Those never seen come last either way.
                        UserSort::LastSeen => match (one.seen, other.seen) {
                            (Some(one), Some(other)) => turned(one.cmp(&other)),
                            (one, other) => one.is_none().cmp(&other.is_none()),
                        },
                    };
                    by_sort.then_with(|| turned(one.id.cmp(&other.id)))
                });
                let ids: Vec<Uuid> = shown.iter().map(|row| row.id).collect();
                let pages: Vec<&[Uuid]> = ids.chunks(50).collect();
                let page = async |number: usize, position: Position| {
                    let query = UserQuery {
                        search: search.into(),
                        filter,
                        sort,
                        descending,
                        position,
                        per_page: 50,
                    };
                    let answer = backend.database.users().list(&query).await.unwrap();
                    let found: Vec<Uuid> =
                        answer.items.iter().map(|person| person.id.into()).collect();
                    let expected = pages.get(number).copied().unwrap_or_default();
                    assert_eq!(found, expected, "{query:?}");
                    assert_eq!(answer.total, ids.len() as u64, "{query:?}");
                    assert_eq!(answer.counts, counts, "{query:?}");
                    answer.paging
                };
                let first = page(0, Position::First).await;
                if let Some(next) = first.next {
                    page(1, Position::After(next)).await;
                }
                let last = page(pages.len().saturating_sub(1), Position::Last).await;
                if let Some(previous) = last.previous {
                    page(pages.len() - 2, Position::Before(previous)).await;
                }
            }
        }
    }
}

async fn wildcards_in_a_search_stand_for_themselves(backend: &Backend) {
    let database = &backend.database;
    sign_in(database, "ada", "Ada 100% Lovelace").await;
    sign_in(database, "brian", "Brian_K").await;
    for (search, found) in [
        ("%", 1),
        ("_", 1),
        ("0% l", 1),
        ("a_k", 0),
        ("\0", 0),
        (r"\", 0),
    ] {
        let query = UserQuery {
            search: search.into(),
            ..UserQuery::default()
        };
        let page = database.users().list(&query).await.unwrap();
        assert_eq!(page.total, found, "{search}");
        assert_eq!(page.items.len() as u64, found, "{search}");
    }
}
