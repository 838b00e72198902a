//! What nodes cost, by the times in which they were charged.

use super::fixtures::*;
use crate::backend::Backend;
use domain::{caller::TenantScope, money::MicroDollars, node::view::NodeState};
use jiff::Timestamp;
use persistence::{
    Database,
    change::Change,
    node_records::{NewNode, NodeRecord},
    records::Costs,
};

on_both_databases!(
    a_node_is_charged_while_it_runs_and_not_while_it_is_stopped,
    another_price_holds_from_when_it_is_known,
    without_a_price_the_time_is_kept_and_costs_nothing,
    progress_that_changes_no_charge_goes_on_with_the_interval,
    a_time_without_length_is_forgotten,
    clocks_that_differ_charge_nothing_twice,
    each_month_is_charged_what_falls_into_it,
    costs_are_those_of_the_scope,
);

/// 1,000 micro-dollars for each second.
const fn of(seconds: i64) -> MicroDollars {
    MicroDollars(seconds * 1000)
}

async fn charge(database: &Database, order: &NewNode, at: Timestamp, charged: bool) -> NodeRecord {
    work_on(database, order, at, |progress| progress.charged = charged).await
}

async fn costs(
    database: &Database,
    scope: &TenantScope,
    since: Timestamp,
    now: Timestamp,
) -> (MicroDollars, MicroDollars) {
    let Costs {
        price_per_hour,
        spent,
    } = database.nodes().costs(scope, since, now).await.unwrap();
    (price_per_hour, spent)
}

const INTERVALS: &str = "SELECT COUNT(*) FROM usage";
const OPEN: &str = "SELECT COUNT(*) FROM usage WHERE ended_at IS NULL";

async fn a_node_is_charged_while_it_runs_and_not_while_it_is_stopped(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let all = TenantScope::All;
    assert_eq!(
        costs(database, &all, month(), after(9)).await,
        (of(0), of(0))
    );

    let up = charge(database, &order, after(10), true).await;
    assert_eq!((up.spent, up.charged_since), (of(0), Some(after(10))));
    assert_eq!(
        costs(database, &all, month(), after(30)).await,
        (PRICE, of(20))
    );
    let stopped = charge(database, &order, after(110), false).await;
    assert_eq!((stopped.spent, stopped.charged_since), (of(100), None));
    assert_eq!(
        costs(database, &all, month(), after(500)).await,
        (of(0), of(100))
    );
    let again = charge(database, &order, after(1000), true).await;
    assert_eq!(
        (again.spent, again.charged_since),
        (of(100), Some(after(1000)))
    );
    assert_eq!(
        costs(database, &all, month(), after(1005)).await,
        (PRICE, of(105))
    );
    let gone = charge(database, &order, after(1010), false).await;
    assert_eq!((gone.spent, gone.charged_since), (of(110), None));
    assert_eq!(
        costs(database, &all, month(), after(9999)).await,
        (of(0), of(110))
    );
    assert_eq!(backend.count(INTERVALS).await, 2);
}

async fn another_price_holds_from_when_it_is_known(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    charge(database, &order, after(0), true).await;
    let dearer = work_on(database, &order, after(100), |progress| {
        progress.price_per_hour = Some(MicroDollars(2 * PRICE.0));
    })
    .await;
    assert_eq!(dearer.spent, of(100));
    assert_eq!(dearer.charged_since, Some(after(100)));
    assert_eq!(dearer.price_per_hour, Some(MicroDollars(2 * PRICE.0)));
    let all = TenantScope::All;
    assert_eq!(
        costs(database, &all, month(), after(110)).await,
        (MicroDollars(2 * PRICE.0), of(120))
    );
    let off = charge(database, &order, after(150), false).await;
    assert_eq!(off.spent, of(200));
    // Another price while nothing is charged begins nothing.
    let cheaper = work_on(database, &order, after(200), |progress| {
        progress.price_per_hour = Some(PRICE);
    })
    .await;
    assert_eq!((cheaper.spent, cheaper.charged_since), (of(200), None));
    let on = charge(database, &order, after(300), true).await;
    assert_eq!(on.charged_since, Some(after(300)));
    assert_eq!(
        costs(database, &all, month(), after(310)).await,
        (PRICE, of(210))
    );
}

async fn without_a_price_the_time_is_kept_and_costs_nothing(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let up = work_on(database, &order, after(0), |progress| {
        progress.price_per_hour = None;
        progress.charged = true;
    })
    .await;
    assert_eq!(up.charged_since, Some(after(0)));
    let all = TenantScope::All;
    assert_eq!(
        costs(database, &all, month(), after(50)).await,
        (of(0), of(0))
    );
    let known = work_on(database, &order, after(100), |progress| {
        progress.price_per_hour = Some(PRICE);
    })
    .await;
    assert_eq!(
        (known.spent, known.charged_since),
        (of(0), Some(after(100)))
    );
    assert_eq!(
        costs(database, &all, month(), after(110)).await,
        (PRICE, of(10))
    );
}

async fn progress_that_changes_no_charge_goes_on_with_the_interval(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    charge(database, &order, after(10), true).await;
    let mut changes = backend.listen().await;
    for at in [20, 30, 40] {
        let same = charge(database, &order, after(at), true).await;
        assert_eq!((same.spent, same.charged_since), (of(0), Some(after(10))));
    }
    // Waking it for the look is all there is to hear.
    let heard = backend.heard(&mut changes).await;
    assert!(
        heard.iter().all(|change| *change == Change::WorkDue),
        "{heard:?}"
    );
    assert_eq!(backend.count(INTERVALS).await, 1);
    charge(database, &order, after(50), false).await;
    charge(database, &order, after(60), false).await;
    assert_eq!(backend.count(INTERVALS).await, 1);
    assert_eq!(read(database, &order).await.spent, of(40));
}

async fn a_time_without_length_is_forgotten(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    charge(database, &order, after(10), true).await;
    let off = charge(database, &order, after(10), false).await;
    assert_eq!((off.spent, off.charged_since), (of(0), None));
    assert_eq!(backend.count(INTERVALS).await, 0);
    // At another price at the same moment, the later one holds.
    charge(database, &order, after(10), true).await;
    work_on(database, &order, after(10), |progress| {
        progress.price_per_hour = Some(MicroDollars(2 * PRICE.0));
    })
    .await;
    let off = charge(database, &order, after(20), false).await;
    assert_eq!(off.spent, of(20));
    assert_eq!(backend.count(INTERVALS).await, 1);
}

async fn clocks_that_differ_charge_nothing_twice(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    charge(database, &order, after(10), true).await;
    charge(database, &order, after(100), false).await;
    // A replica whose clock is behind.
    let on = charge(database, &order, after(10), true).await;
    assert_eq!(on.charged_since, Some(after(100)));
    let off = charge(database, &order, after(90), false).await;
    assert_eq!((off.spent, off.charged_since), (of(90), None));
    assert_eq!(
        costs(database, &TenantScope::All, month(), after(500)).await,
        (of(0), of(90))
    );
    assert_eq!(backend.count(OPEN).await, 0);
}

async fn each_month_is_charged_what_falls_into_it(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let order = world.node("trainer");
    created(database, &order).await;
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let (october, november, december) = (
        at("2026-10-01T00:00:00Z"),
        at("2026-11-01T00:00:00Z"),
        at("2026-12-01T00:00:00Z"),
    );
    // Over the end of October, within November, and over its end.
    for (time, charged) in [
        ("2026-10-31T23:59:00Z", true),
        ("2026-11-01T00:00:30Z", false),
        ("2026-11-10T00:00:00Z", true),
        ("2026-11-10T00:00:05Z", false),
        ("2026-11-30T23:59:59Z", true),
    ] {
        charge(database, &order, at(time), charged).await;
    }
    let all = TenantScope::All;
    let now = at("2026-12-01T00:00:10Z");
    assert_eq!(costs(database, &all, october, november).await.1, of(60));
    assert_eq!(
        costs(database, &all, november, december).await.1,
        of(30 + 5 + 1)
    );
    assert_eq!(costs(database, &all, december, now).await, (PRICE, of(10)));
    assert_eq!(
        costs(database, &all, october, now).await.1,
        of(60 + 36 + 10)
    );
    // What is closed adds up to what the node says.
    let ended = charge(database, &order, now, false).await;
    assert_eq!(ended.spent, of(106));
}

async fn costs_are_those_of_the_scope(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (seeing, speaking) = (
        world.node("seeing"),
        node_in(&world.speech, 0, world.brian.id, "speaking"),
    );
    for order in [&seeing, &speaking] {
        created(database, order).await;
    }
    charge(database, &seeing, after(0), true).await;
    charge(database, &speaking, after(50), true).await;
    // What is gone was still paid for.
    charge(database, &speaking, after(80), false).await;
    bring_to(database, &speaking, NodeState::Deleted, after(80)).await;
    let (vision, speech) = (
        TenantScope::Only(vec![world.vision.tenant.id]),
        TenantScope::Only(vec![world.speech.tenant.id]),
    );
    let until = after(100);
    assert_eq!(
        costs(database, &vision, month(), until).await,
        (PRICE, of(100))
    );
    assert_eq!(
        costs(database, &speech, month(), until).await,
        (of(0), of(30))
    );
    assert_eq!(
        costs(database, &TenantScope::All, month(), until).await,
        (PRICE, of(130))
    );
    assert_eq!(
        costs(database, &TenantScope::Only(vec![]), month(), until).await,
        (of(0), of(0))
    );
}
