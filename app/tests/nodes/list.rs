//! The list: what it shows of each node, search, filters and order.

use crate::support::{READY_NODE, TestPortal};

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

#[tokio::test]
async fn a_row_has_machine_location_cost_and_creator() {
    let page = portal().await.developer().get("/nodes").await.text;
    let row = page
        .split("<tr")
        .find(|row| row.contains(&READY_NODE.to_string()))
        .expect("the node has a row");
    for part in [
        "trainer",
        "Vision team",
        "dev",
        "Ready",
        "8× H100",
        "AWS",
        "us-east-1",
        "$55.04/h",
        "$27.52",
        "so far",
        "Ada Keller",
        "6 h 12 min",
    ] {
        assert!(row.contains(part), "{part} is missing: {row}");
    }
}

#[tokio::test]
async fn a_row_shows_the_failure_or_the_step_of_the_launch() {
    let page = portal().await.developer().get("/nodes").await.text;
    assert!(page.contains("no capacity available"));
    assert!(page.contains("step 4 of 7"));
}

#[tokio::test]
async fn the_address_searches_filters_and_sorts_the_list() {
    let browser = portal().await.developer();
    let found = browser.get("/nodes?search=train").await.text;
    assert!(found.contains("trainer") && !found.contains("big-run"));
    let failed = browser.get("/nodes?state=failed,degraded").await.text;
    assert!(failed.contains("big-run") && !failed.contains("trainer"));
    let sorted = browser.get("/nodes?sort=-price&mine=true").await.text;
    assert!(sorted.contains("aria-sort=\"descending\""));
    let reversed = "href=\"/nodes?mine=true&amp;sort=price\"";
    assert!(
        sorted.contains(reversed),
        "a second click reverses the order"
    );
    let none = browser.get("/nodes?search=zzz").await.text;
    assert!(none.contains("data-empty=\"no-match\""));
}

#[tokio::test]
async fn only_users_who_may_create_nodes_get_the_button() {
    let browser = portal().await.developer();
    let offer = "href=\"/nodes/new\"";
    assert!(browser.get("/nodes").await.text.contains(offer));
    let browser = browser.portal.viewer();
    assert!(!browser.get("/nodes").await.text.contains(offer));
    let browser = browser.portal.stranger();
    let no_tenant = browser.get("/nodes?search=zzz").await.text;
    assert!(no_tenant.contains("data-empty=\"no-permission\""));
}

#[tokio::test]
async fn a_new_node_starts_in_the_selected_environment() {
    let browser = portal().await.developer();
    let page = browser.get("/nodes?tenant=vision&environment=dev").await;
    assert!(page.text.contains("href=\"/nodes/new?place=vision%2Fdev\""));
}
