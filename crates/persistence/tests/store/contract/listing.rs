//! Lists: searched, filtered, counted; what ends soon; what it costs.

use super::*;
use crate::backend::Backend;
use domain::{caller::TenantScope, listing::ListQuery};
use persistence::records::Costs;

on_both_databases_for_each_kind!(
    a_search_finds_parts_of_names_owners_tenants_and_environments_in_any_case,
    wildcards_in_a_search_are_plain_characters,
    what_no_text_can_hold_finds_nothing,
    a_list_without_tenants_is_empty,
    mine_is_nobodys_without_a_person,
    counts_tell_every_state_whatever_is_shown,
    those_that_end_soon_come_soonest_first_and_without_those_on_their_way_out,
    the_newest_of_a_user_are_those_of_nobody_else_and_not_deleted,
    a_resource_is_charged_from_when_it_was_usable_until_it_was_gone,
);

async fn names<K: Example>(database: &Database, query: &ListQuery<K>) -> Vec<String> {
    let page = database
        .table::<Record<K>>()
        .list(&TenantScope::All, None, query)
        .await
        .unwrap();
    assert_eq!(page.total, page.items.len() as u64);
    let mut names: Vec<_> = page
        .items
        .iter()
        .map(|resource| resource.name.to_string())
        .collect();
    names.sort();
    names
}

fn search<K: Example>(text: &str) -> ListQuery<K> {
    ListQuery {
        search: text.into(),
        ..ListQuery::<K>::default()
    }
}

async fn a_search_finds_parts_of_names_owners_tenants_and_environments_in_any_case<K: Example>(
    backend: &Backend,
) {
    let database = &backend.database;
    let world = world(database).await;
    let jurgen = sign_in(database, "jurgen", "Jürgen Öztürk").await;
    created(database, &example::<K>(&world, "payments")).await;
    created(
        database,
        &example_in::<K>(&world.vision, 1, world.brian.id, "images"),
    )
    .await;
    created(
        database,
        &example_in::<K>(&world.speech, 0, jurgen.id, "voices"),
    )
    .await;
    for (text, found) in [
        ("AYME", &["payments"][..]),
        ("lovelace", &["payments"]),
        ("öztürk", &["voices"]),
        ("ÖZTÜRK", &["voices"]),
        ("vision TEAM", &["images", "payments"]),
        ("speech", &["voices"]),
        ("production", &["images"]),
        ("dev", &["payments", "voices"]),
        ("nothing of the kind", &[]),
    ] {
        assert_eq!(names(database, &search::<K>(text)).await, found, "{text}");
    }
}

async fn wildcards_in_a_search_are_plain_characters<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let odd = sign_in(database, "odd", r"100% under_score back\slash").await;
    created(database, &example::<K>(&world, "payments")).await;
    created(database, &example_in::<K>(&world.vision, 0, odd.id, "odd")).await;
    for text in ["%", "_", r"\", "0% u", "r_s", r"k\s"] {
        assert_eq!(names(database, &search::<K>(text)).await, ["odd"], "{text}");
    }
    for text in ["p%s", "payment_", "' OR '1'='1", "$1"] {
        assert!(
            names(database, &search::<K>(text)).await.is_empty(),
            "{text}"
        );
    }
}

async fn what_no_text_can_hold_finds_nothing<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &example::<K>(&world, "payments")).await;
    for query in [
        search::<K>("pay\0"),
        ListQuery {
            tenant: Some("\0".into()),
            ..ListQuery::<K>::default()
        },
        ListQuery {
            environment: Some("\0".into()),
            ..ListQuery::<K>::default()
        },
    ] {
        assert!(names(database, &query).await.is_empty());
    }
}

async fn a_list_without_tenants_is_empty<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &example::<K>(&world, "payments")).await;
    let nobodys = TenantScope::Only(Vec::new());
    let page = database
        .table::<Record<K>>()
        .list(&nobodys, Some(world.ada.id), &ListQuery::<K>::default())
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.total), (0, 0));
    assert!(page.counts.iter().all(|entry| entry.count == 0));
    let soon = database
        .table::<Record<K>>()
        .ending_before(&nobodys, after(100_000), 8)
        .await;
    assert!(soon.unwrap().is_empty());
    let costs = database
        .table::<Record<K>>()
        .costs(&nobodys, month(), after(9))
        .await
        .unwrap();
    assert_eq!(costs, Costs::default());
}

async fn mine_is_nobodys_without_a_person<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &example::<K>(&world, "payments")).await;
    let query = ListQuery {
        mine: true,
        ..ListQuery::<K>::default()
    };
    assert!(names(database, &query).await.is_empty());
    let page = |owner| {
        database
            .table::<Record<K>>()
            .list(&TenantScope::All, Some(owner), &query)
    };
    assert_eq!(page(world.ada.id).await.unwrap().total, 1);
    assert_eq!(page(world.brian.id).await.unwrap().total, 0);
}

async fn counts_tell_every_state_whatever_is_shown<K: Example>(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (first, second) = (
        example::<K>(&world, "first"),
        example::<K>(&world, "second"),
    );
    for order in [&first, &second, &example::<K>(&world, "third")] {
        created(database, order).await;
    }
    bring_to(database, &first, K::READY_STATE, after(5)).await;
    delete(database, &second).await;
    bring_to(database, &second, K::State::DELETED, after(20)).await;
    for (states, total) in [
        (vec![], 2),
        (vec![K::READY_STATE], 1),
        (vec![K::State::DELETED, K::State::PENDING], 2),
        (vec![K::FAILED_STATE], 0),
    ] {
        let query = ListQuery {
            states,
            ..ListQuery::<K>::default()
        };
        let page = database
            .table::<Record<K>>()
            .list(&TenantScope::All, None, &query)
            .await
            .unwrap();
        assert_eq!(page.total, total);
        let present = [K::State::PENDING, K::READY_STATE, K::State::DELETED];
        for (state, count) in K::State::EVERY.iter().zip(&page.counts) {
            assert_eq!(count.state, *state);
            assert_eq!(count.count, u64::from(present.contains(state)));
        }
        assert_eq!(page.counts.len(), K::State::EVERY.len());
    }
}

async fn those_that_end_soon_come_soonest_first_and_without_those_on_their_way_out<K: Example>(
    backend: &Backend,
) {
    let database = &backend.database;
    let world = world(database).await;
    let ending = |name: &str, seconds: Option<i64>| NewResource::<K> {
        ends_at: seconds.map(after),
        ..example::<K>(&world, name)
    };
    let going = ending("going", Some(1));
    for order in [
        &ending("later", Some(30)),
        &ending("soon", Some(10)),
        &ending("sooner", Some(5)),
        &ending("never", None),
        &ending("at-the-moment-itself", Some(40)),
        &going,
    ] {
        created(database, order).await;
    }
    created(
        database,
        &NewResource {
            ends_at: Some(after(7)),
            ..example_in::<K>(&world.speech, 0, world.ada.id, "elsewhere")
        },
    )
    .await;
    delete(database, &going).await;
    let ending = async |scope: &TenantScope, limit| -> Vec<String> {
        database
            .table::<Record<K>>()
            .ending_before(scope, after(40), limit)
            .await
            .unwrap()
            .into_iter()
            .map(|resource| resource.name.to_string())
            .collect()
    };
    let vision = TenantScope::Only(vec![world.vision.tenant.id]);
    assert_eq!(ending(&vision, 8).await, ["sooner", "soon", "later"]);
    assert_eq!(ending(&vision, 2).await, ["sooner", "soon"]);
    assert_eq!(
        ending(&TenantScope::All, 8).await,
        ["sooner", "elsewhere", "soon", "later"]
    );
}

async fn the_newest_of_a_user_are_those_of_nobody_else_and_not_deleted<K: Example>(
    backend: &Backend,
) {
    let database = &backend.database;
    let world = world(database).await;
    let at = |seconds, order| NewResource::<K> {
        created_at: after(seconds),
        ..order
    };
    let gone = at(4, example::<K>(&world, "gone"));
    for order in [
        &at(3, example::<K>(&world, "third")),
        &at(1, example::<K>(&world, "first")),
        &at(2, example_in::<K>(&world.speech, 0, world.ada.id, "second")),
        &at(
            5,
            example_in::<K>(&world.vision, 1, world.brian.id, "of-brian"),
        ),
        &gone,
    ] {
        created(database, order).await;
    }
    delete(database, &gone).await;
    bring_to(database, &gone, K::State::DELETED, after(20)).await;
    let newest = async |scope: &TenantScope, limit| -> Vec<String> {
        database
            .table::<Record<K>>()
            .newest_of(scope, world.ada.id, limit)
            .await
            .unwrap()
            .into_iter()
            .map(|resource| resource.name.to_string())
            .collect()
    };
    let vision = TenantScope::Only(vec![world.vision.tenant.id]);
    assert_eq!(newest(&vision, 8).await, ["third", "first"]);
    assert_eq!(newest(&TenantScope::All, 2).await, ["third", "second"]);
    assert!(newest(&TenantScope::Only(Vec::new()), 8).await.is_empty());
}

async fn a_resource_is_charged_from_when_it_was_usable_until_it_was_gone<K: Example>(
    backend: &Backend,
) {
    let database = &backend.database;
    let world = world(database).await;
    let (running, gone, never) = (
        example::<K>(&world, "running"),
        example_in::<K>(&world.speech, 0, world.ada.id, "gone"),
        example::<K>(&world, "never"),
    );
    for order in [&running, &gone, &never] {
        created(database, order).await;
    }
    bring_to(database, &running, K::READY_STATE, after(10)).await;
    bring_to(database, &gone, K::READY_STATE, after(20)).await;
    delete(database, &gone).await;
    bring_to(database, &gone, K::State::DELETED, after(30)).await;
    let costs = async |scope: &TenantScope, since: &str, now: Timestamp| {
        let since = since.parse().unwrap();
        let costs = database.table::<Record<K>>().costs(scope, since, now).await;
        let Costs {
            price_per_hour,
            spent,
        } = costs.unwrap();
        (price_per_hour.0, spent.0)
    };
    // From 10 on, and from 20 to 30.
    let price = K::PRICE.0;
    let of = |seconds: i64| price * seconds / 3600;
    let (all, speech) = (
        TenantScope::All,
        TenantScope::Only(vec![world.speech.tenant.id]),
    );
    let (november, december) = ("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
    let now = after(3610);
    assert_eq!(costs(&all, november, now).await, (price, of(3600 + 10)));
    assert_eq!(costs(&speech, november, now).await, (0, of(10)));
    // A month before any charge, the end of the month, and the next one.
    assert_eq!(costs(&all, "2026-02-01T00:00:00Z", month()).await, (0, 0));
    let end: Timestamp = december.parse().unwrap();
    let running = end.as_second() - after(10).as_second();
    assert_eq!(costs(&all, november, end).await, (price, of(running + 10)));
    assert_eq!(costs(&all, december, end).await, (price, 0));
    let later = end + SignedDuration::from_secs(5);
    assert_eq!(costs(&all, december, later).await, (price, of(5)));
    assert_eq!(
        costs(&all, november, later).await,
        (price, of(running + 10 + 5))
    );
    // Costs are kept by month.
    assert!(
        database
            .table::<Record<K>>()
            .costs(&all, after(0), now)
            .await
            .is_err()
    );
}
