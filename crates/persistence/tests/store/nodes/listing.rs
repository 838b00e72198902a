use super::fixtures::*;
use crate::backend::Backend;
use domain::{
    caller::TenantScope,
    listing::StateCount,
    node::view::{NodeQuery, NodeState},
};
use persistence::{Database, node_records::NewNode};

on_both_databases!(
    a_search_finds_parts_of_names_accelerators_owners_tenants_and_environments_in_any_case,
    wildcards_in_a_search_are_plain_characters,
    what_no_text_can_hold_finds_nothing,
    a_list_without_tenants_is_empty,
    mine_is_nobodys_without_a_person,
    counts_tell_every_state_whatever_is_shown,
    nodes_that_end_soon_come_soonest_first_and_without_those_on_their_way_out,
    nodes_of_an_environment_are_those_that_are_not_gone,
    the_latest_happenings_are_those_about_clusters_and_nodes,
);

async fn names(database: &Database, query: &NodeQuery) -> Vec<String> {
    let page = database
        .nodes()
        .list(&TenantScope::All, None, query)
        .await
        .unwrap();
    assert_eq!(page.total, page.items.len() as u64);
    let mut names: Vec<_> = page
        .items
        .iter()
        .map(|node| node.name.as_str().to_owned())
        .collect();
    names.sort();
    names
}

fn search(text: &str) -> NodeQuery {
    NodeQuery {
        search: text.into(),
        ..NodeQuery::default()
    }
}

fn with_accelerator(mut order: NewNode, accelerator: Option<&str>) -> NewNode {
    order.spec.accelerator = accelerator.map(str::to_owned);
    order
}

async fn a_search_finds_parts_of_names_accelerators_owners_tenants_and_environments_in_any_case(
    backend: &Backend,
) {
    let database = &backend.database;
    let world = world(database).await;
    let jurgen = sign_in(database, "jurgen", "Jürgen Öztürk").await;
    launched(database, &world.node("trainer")).await;
    let images = node_in(&world.vision, 1, world.brian.id, "images");
    launched(database, &with_accelerator(images, Some("A100-80GB"))).await;
    let voices = node_in(&world.speech, 0, jurgen.id, "voices");
    launched(database, &with_accelerator(voices, None)).await;
    for (text, found) in [
        ("RAIN", &["trainer"][..]),
        ("h100", &["trainer"]),
        ("a100-80gb", &["images"]),
        ("100", &["images", "trainer"]),
        ("lovelace", &["trainer"]),
        ("ÖZTÜRK", &["voices"]),
        ("vision TEAM", &["images", "trainer"]),
        ("speech", &["voices"]),
        ("production", &["images"]),
        ("nothing of the kind", &[]),
    ] {
        assert_eq!(names(database, &search(text)).await, found, "{text}");
    }
}

async fn wildcards_in_a_search_are_plain_characters(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    launched(database, &world.node("trainer")).await;
    let odd = with_accelerator(world.node("odd"), Some(r"50%_X\Y"));
    launched(database, &odd).await;
    for text in ["%", "_", r"\", "0%_x", r"X\y"] {
        assert_eq!(names(database, &search(text)).await, ["odd"], "{text}");
    }
    for text in ["t%r", "traine_", "' OR '1'='1", "$1"] {
        assert!(names(database, &search(text)).await.is_empty(), "{text}");
    }
}

async fn what_no_text_can_hold_finds_nothing(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    launched(database, &world.node("trainer")).await;
    assert!(names(database, &search("train\0")).await.is_empty());
}

async fn a_list_without_tenants_is_empty(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    launched(database, &world.node("trainer")).await;
    let nobodys = TenantScope::Only(Vec::new());
    let page = database
        .nodes()
        .list(&nobodys, Some(world.ada.id), &NodeQuery::default())
        .await
        .unwrap();
    assert_eq!((page.items.len(), page.total), (0, 0));
    assert!(page.counts.iter().all(|entry| entry.count == 0));
    let soon = database
        .nodes()
        .ending_before(&nobodys, after(100_000), 8)
        .await;
    assert!(soon.unwrap().is_empty());
}

async fn mine_is_nobodys_without_a_person(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    launched(database, &world.node("trainer")).await;
    let query = NodeQuery {
        mine: true,
        ..NodeQuery::default()
    };
    assert!(names(database, &query).await.is_empty());
    let page = |owner| {
        database
            .nodes()
            .list(&TenantScope::All, Some(owner), &query)
    };
    assert_eq!(page(world.ada.id).await.unwrap().total, 1);
    assert_eq!(page(world.brian.id).await.unwrap().total, 0);
}

async fn counts_tell_every_state_whatever_is_shown(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (first, second) = (world.node("first"), world.node("second"));
    for order in [&first, &second, &world.node("third")] {
        launched(database, order).await;
    }
    bring_node_to(database, first.id, NodeState::Stopped, after(5)).await;
    ask(database, &second, deletion()).await;
    bring_node_to(database, second.id, NodeState::Deleted, after(20)).await;
    for (states, total) in [
        (vec![], 2),
        (vec![NodeState::Stopped], 1),
        (vec![NodeState::Deleted, NodeState::Pending], 2),
        (vec![NodeState::Failed], 0),
    ] {
        let query = NodeQuery {
            states,
            ..NodeQuery::default()
        };
        let page = database
            .nodes()
            .list(&TenantScope::All, None, &query)
            .await
            .unwrap();
        assert_eq!((page.total, page.items.len()), (total, total as usize));
        let expected = NodeState::ALL.map(|state| StateCount {
            state,
            count: match state {
                NodeState::Pending | NodeState::Stopped | NodeState::Deleted => 1,
                _ => 0,
            },
        });
        assert_eq!(page.counts, expected);
    }
}

async fn nodes_that_end_soon_come_soonest_first_and_without_those_on_their_way_out(
    backend: &Backend,
) {
    let database = &backend.database;
    let world = world(database).await;
    let ending = |name: &str, seconds: Option<i64>| NewNode {
        ends_at: seconds.map(after),
        ..world.node(name)
    };
    let going = ending("going", Some(1));
    let elsewhere = NewNode {
        ends_at: Some(after(7)),
        ..node_in(&world.speech, 0, world.ada.id, "elsewhere")
    };
    for order in [
        &ending("later", Some(30)),
        &ending("sooner", Some(5)),
        &ending("never", None),
        &ending("at-the-moment-itself", Some(40)),
        &going,
        &elsewhere,
    ] {
        launched(database, order).await;
    }
    ask(database, &going, deletion()).await;
    let ending = async |scope: &TenantScope, limit| -> Vec<String> {
        database
            .nodes()
            .ending_before(scope, after(40), limit)
            .await
            .unwrap()
            .into_iter()
            .map(|node| node.name.to_string())
            .collect()
    };
    let vision = TenantScope::Only(vec![world.vision.tenant.id]);
    assert_eq!(ending(&vision, 8).await, ["sooner", "later"]);
    assert_eq!(ending(&TenantScope::All, 2).await, ["sooner", "elsewhere"]);
}

async fn nodes_of_an_environment_are_those_that_are_not_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (going, gone) = (world.node("going"), world.node("gone"));
    let production = node_in(&world.vision, 1, world.ada.id, "production");
    for order in [&world.node("trainer"), &going, &gone, &production] {
        launched(database, order).await;
    }
    ask(database, &going, deletion()).await;
    ask(database, &gone, deletion()).await;
    bring_node_to(database, gone.id, NodeState::Deleted, after(20)).await;
    let [dev, prod] = [0, 1].map(|number| world.vision.environments[number].id);
    let names = async |environment| -> Vec<String> {
        let nodes = database.nodes().of_environment(environment).await.unwrap();
        nodes.iter().map(|node| node.name.to_string()).collect()
    };
    assert_eq!(names(dev).await, ["going", "trainer"]);
    assert_eq!(names(prod).await, ["production"]);
    assert!(names(world.speech.environments[0].id).await.is_empty());
}

async fn the_latest_happenings_are_those_about_clusters_and_nodes(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    created(database, &world.order("payments-ci")).await;
    launched(database, &world.node("trainer")).await;
    let speaking = node_in(&world.speech, 0, world.brian.id, "speaking");
    launched(database, &speaking).await;
    let lately = async |scope: &TenantScope| -> Vec<String> {
        let happenings = database.audit().recent(scope, 8).await.unwrap();
        happenings.into_iter().map(|found| found.target).collect()
    };
    let vision = TenantScope::Only(vec![world.vision.tenant.id]);
    assert_eq!(lately(&vision).await, ["trainer", "payments-ci"]);
    assert_eq!(
        lately(&TenantScope::All).await,
        ["speaking", "trainer", "payments-ci"]
    );
}
