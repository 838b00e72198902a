//! Ten thousand clusters and as many nodes: each combination of sort, filter and page is compared
//! with the same question put to a plain list.

mod clusters;
mod nodes;

use crate::{backend::Backend, fixtures::*};
use domain::{
    caller::TenantScope,
    ids::UserId,
    listing::{ListQuery, Paging, Position},
    resource::State,
    tenancy::Tenant,
};
use persistence::{
    Database, new_id,
    records::{Record, StoredKind},
};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::cmp::Ordering;
use uuid::Uuid;

const ROWS: usize = 10_000;

/// What a list looks at in one cluster or node.
struct Row {
    id: Uuid,
    name: String,
    state: &'static str,
    tenant: Tenant,
    environment: usize,
    owner: (UserId, &'static str),
    created_at: i64,
    ends_at: Option<i64>,
    /// Of a node.
    accelerator: Option<&'static str>,
    /// In micro-dollars; of a node.
    price: Option<i64>,
}

/// A question as clusters and nodes can both be asked it; states, owner and scope are the test's.
#[derive(Clone, Debug, Default)]
struct Question {
    scope: Option<usize>,
    search: &'static str,
    states: &'static [&'static str],
    tenant: Option<&'static str>,
    environment: Option<&'static str>,
    mine: bool,
    sort: &'static str,
    descending: bool,
    position: Position,
}

/// How many rows a page holds.
const PER_PAGE: usize = 25;

#[derive(Debug)]
struct Answer {
    /// In the order of the page.
    ids: Vec<Uuid>,
    paging: Paging,
    total: u64,
    counts: Vec<(&'static str, u64)>,
}

/// The rows, the same in each run but for their ids. Many share a time, so that ties matter.
fn rows(world: &World, states: &[&'static str]) -> Vec<Row> {
    let mut random = 42_u64;
    let mut below = move |end: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(random >> 33).unwrap() % end
    };
    let time = |random: usize| noon().as_microsecond() + i64::try_from(random).unwrap();
    let stems = ["payments", "search", "voices", "vision-lab", "ci"];
    (0..ROWS)
        .map(|number| {
            let tenant = [&world.vision, &world.speech][below(2)].clone();
            Row {
                id: new_id(),
                name: format!("{}-{number}", stems[below(stems.len())]),
                state: states[below(states.len())],
                environment: below(tenant.environments.len()),
                tenant,
                owner: [
                    (world.ada.id, "Ada Lovelace"),
                    (world.brian.id, "Brian Kernighan"),
                ][below(2)],
                created_at: time(below(500)),
                ends_at: (below(3) > 0).then(|| time(below(500))),
                accelerator: [None, Some("H100"), Some("A100-80GB"), Some("Voices9-9")][below(4)],
                price: [None, Some(1), Some(2), Some(98_320_000)][below(4)],
            }
        })
        .collect()
}

fn matches(row: &Row, world: &World, question: &Question) -> bool {
    let environment = &row.tenant.environments[row.environment];
    let search = question.search.to_lowercase();
    let tenants = [&world.vision, &world.speech];
    let in_scope = question
        .scope
        .is_none_or(|number| tenants[number].tenant.id == row.tenant.tenant.id);
    in_scope
        && (!question.mine || row.owner.0 == world.ada.id)
        && question
            .tenant
            .is_none_or(|slug| slug == row.tenant.tenant.slug)
        && question
            .environment
            .is_none_or(|slug| slug == environment.slug)
        && [
            &*row.name,
            row.accelerator.unwrap_or_default(),
            row.owner.1,
            &row.tenant.tenant.slug,
            &row.tenant.tenant.name,
            &environment.slug,
            &environment.name,
        ]
        .iter()
        .any(|text| text.to_lowercase().contains(&search))
}

fn is_shown(state: &str, question: &Question) -> bool {
    if question.states.is_empty() {
        state != "deleted"
    } else {
        question.states.contains(&state)
    }
}

fn compare(one: &Row, other: &Row, question: &Question) -> Ordering {
    let turn = |order: Ordering| {
        if question.descending {
            order.reverse()
        } else {
            order
        }
    };
    // What is empty comes last either way.
    let or_last = |one: Option<i64>, other: Option<i64>| match (one, other) {
        (Some(one), Some(other)) => turn(one.cmp(&other)),
        (one, other) => one.is_none().cmp(&other.is_none()),
    };
    let by_sort = match question.sort {
        "name" => turn(one.name.cmp(&other.name)),
        "state" => turn(one.state.cmp(other.state)),
        "created" => turn(one.created_at.cmp(&other.created_at)),
        "ends" => or_last(one.ends_at, other.ends_at),
        "price" => or_last(one.price, other.price),
        sort => panic!("sorted by {sort}"),
    };
    by_sort.then_with(|| turn(one.id.cmp(&other.id)))
}

/// States that both clusters and nodes have are asked for, and all there are.
fn filters(all_states: &'static [&'static str]) -> Vec<Question> {
    let question = |change: fn(&mut Question)| {
        let mut question = Question::default();
        change(&mut question);
        question
    };
    vec![
        Question::default(),
        Question {
            states: all_states,
            ..Question::default()
        },
        question(|question| question.states = &["ready"]),
        question(|question| question.states = &["deleted", "failed"]),
        question(|question| question.tenant = Some("vision")),
        question(|question| question.tenant = Some("nobody")),
        question(|question| question.environment = Some("dev")),
        question(|question| question.mine = true),
        question(|question| question.search = "VOICES"),
        question(|question| question.search = "lovelace"),
        question(|question| question.search = "vision"),
        question(|question| question.search = "9-"),
        question(|question| question.scope = Some(0)),
        question(|question| {
            question.scope = Some(0);
            question.search = "ay";
            question.mine = true;
            question.environment = Some("prod");
            question.states = &["ready", "pending"];
        }),
        question(|question| {
            question.scope = Some(0);
            question.tenant = Some("speech");
        }),
    ]
}

/// Goes from the first page to the second and back, and from the last page to the one before it.
async fn every_page_is_right(
    world: &World,
    rows: &[Row],
    states: &'static [&'static str],
    sorts: &[&'static str],
    ask: impl AsyncFn(&TenantScope, &Question) -> Answer,
) {
    for filter in filters(states) {
        let scope = match filter.scope {
            None => TenantScope::All,
            Some(number) => {
                TenantScope::Only(vec![[&world.vision, &world.speech][number].tenant.id])
            }
        };
        let matching: Vec<&Row> = rows
            .iter()
            .filter(|row| matches(row, world, &filter))
            .collect();
        let counts: Vec<(&str, u64)> = states
            .iter()
            .map(|state| {
                let count = matching.iter().filter(|row| row.state == *state).count();
                (*state, count as u64)
            })
            .collect();
        for sort in sorts {
            for descending in [false, true] {
                let mut question = Question {
                    sort,
                    descending,
                    ..filter.clone()
                };
                let mut expected: Vec<&Row> = matching
                    .iter()
                    .copied()
                    .filter(|row| is_shown(row.state, &question))
                    .collect();
                expected.sort_by(|one, other| compare(one, other, &question));
                let ids: Vec<Uuid> = expected.iter().map(|row| row.id).collect();
                let pages: Vec<&[Uuid]> = match ids.is_empty() {
                    true => vec![&[]],
                    false => ids.chunks(PER_PAGE).collect(),
                };
                let mut page = async |number: usize, position: Position| {
                    question.position = position;
                    let answer = ask(&scope, &question).await;
                    assert_eq!(answer.ids, pages[number], "{number}: {question:?}");
                    assert_eq!(answer.total, ids.len() as u64, "{question:?}");
                    assert_eq!(answer.counts, counts, "{question:?}");
                    assert_eq!(answer.paging.page as usize, number + 1, "{question:?}");
                    let Paging { previous, next, .. } = answer.paging;
                    assert_eq!(previous.is_some(), number > 0, "{question:?}");
                    assert_eq!(next.is_some(), number + 1 < pages.len(), "{question:?}");
                    (previous, next)
                };
                let (_, next) = page(0, Position::First).await;
                if let Some(next) = next {
                    let (previous, _) = page(1, Position::After(next)).await;
                    page(0, Position::Before(previous.unwrap())).await;
                }
                let (previous, _) = page(pages.len() - 1, Position::Last).await;
                if let Some(previous) = previous {
                    let (_, next) = page(pages.len() - 2, Position::Before(previous)).await;
                    page(pages.len() - 1, Position::After(next.unwrap())).await;
                }
            }
        }
    }
}

/// `INSERT INTO …`, and the values for one row.
type Insert<'a> = (&'a str, &'a dyn Fn(&Row) -> String);

/// Writes rows behind the store's back.
async fn insert(connection: &mut AnyConnection, rows: &[Row], inserts: &[Insert<'_>]) {
    let mut transaction = connection.begin().await.unwrap();
    for chunk in rows.chunks(500) {
        for (insert, values) in inserts {
            let values: Vec<String> = chunk.iter().map(values).collect();
            let sql = format!("{insert} VALUES {}", values.join(","));
            (*transaction).execute(AssertSqlSafe(sql)).await.unwrap();
        }
    }
    transaction.commit().await.unwrap();
}

fn or_null(number: Option<i64>) -> String {
    number.map_or("NULL".into(), |number| number.to_string())
}

/// `name`, `tenant_id`, `environment_id`, `state`, `created_by`, `created_at`, `ends_at`.
fn common_values(backend: &Backend, row: &Row) -> String {
    format!(
        "'{}','{}','{}','{}','{}',{},{}",
        row.name,
        row.tenant.tenant.id,
        row.tenant.environments[row.environment].id,
        row.state,
        row.owner.0,
        backend.time(Some(row.created_at)),
        backend.time(row.ends_at)
    )
}

async fn prepared(
    backend: &Backend,
    states: &[&'static str],
    with_accelerators: bool,
) -> (World, Vec<Row>) {
    let world = world(&backend.database).await;
    let mut rows = rows(&world, states);
    if !with_accelerators {
        for row in &mut rows {
            (row.accelerator, row.price) = (None, None);
        }
    }
    (world, rows)
}

/// Puts a question to the database.
async fn ask<K: StoredKind>(
    database: &Database,
    scope: &TenantScope,
    owner: Option<UserId>,
    question: &Question,
) -> Answer {
    let query = ListQuery::<K> {
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
    let page = database
        .table::<Record<K>>()
        .list(scope, owner, &query)
        .await
        .unwrap();
    Answer {
        ids: page.items.iter().map(|item| item.id.into()).collect(),
        paging: page.paging,
        total: page.total,
        counts: page
            .counts
            .iter()
            .map(|entry| (entry.state.word(), entry.count))
            .collect(),
    }
}
