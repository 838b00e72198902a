//! What only nodes have of lists.

use crate::{backend::Backend, fixtures::*};
use domain::{
    caller::TenantScope,
    node::view::{NodeQuery, NodeState},
};
use persistence::{Database, node_records::NewNode};

on_both_databases!(
    a_search_finds_parts_of_accelerators,
    wildcards_in_a_search_are_plain_characters,
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
    order.details.spec.accelerator = accelerator.map(str::to_owned);
    order
}

async fn a_search_finds_parts_of_accelerators(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let jurgen = sign_in(database, "jurgen", "Jürgen Öztürk").await;
    created(database, &world.node("trainer")).await;
    let images = node_in(&world.vision, 1, world.brian.id, "images");
    created(database, &with_accelerator(images, Some("A100-80GB"))).await;
    let voices = node_in(&world.speech, 0, jurgen.id, "voices");
    created(database, &with_accelerator(voices, None)).await;
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
    created(database, &world.node("trainer")).await;
    let odd = with_accelerator(world.node("odd"), Some(r"50%_X\Y"));
    created(database, &odd).await;
    for text in ["%", "_", r"\", "0%_x", r"X\y"] {
        assert_eq!(names(database, &search(text)).await, ["odd"], "{text}");
    }
    for text in ["t%r", "traine_", "' OR '1'='1", "$1"] {
        assert!(names(database, &search(text)).await.is_empty(), "{text}");
    }
}

async fn nodes_of_an_environment_are_those_that_are_not_gone(backend: &Backend) {
    let database = &backend.database;
    let world = world(database).await;
    let (going, gone) = (world.node("going"), world.node("gone"));
    let production = node_in(&world.vision, 1, world.ada.id, "production");
    for order in [&world.node("trainer"), &going, &gone, &production] {
        created(database, order).await;
    }
    delete(database, &going).await;
    delete(database, &gone).await;
    bring_to(database, &gone, NodeState::Deleted, after(20)).await;
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
    created(database, &world.node("trainer")).await;
    let speaking = node_in(&world.speech, 0, world.brian.id, "speaking");
    created(database, &speaking).await;
    let recent = async |scope: &TenantScope| -> Vec<String> {
        let happenings = database.audit().recent(scope, 8).await.unwrap();
        happenings.into_iter().map(|found| found.target).collect()
    };
    let vision = TenantScope::Only(vec![world.vision.tenant.id]);
    assert_eq!(recent(&vision).await, ["trainer", "payments-ci"]);
    assert_eq!(
        recent(&TenantScope::All).await,
        ["speaking", "trainer", "payments-ci"]
    );
}
