//! The list: what it says of each node, and how it is narrowed.

use crate::support::{READY_NODE, TestPortal};

async fn portal() -> TestPortal {
    TestPortal::start().await.with_nodes().await
}

#[tokio::test]
async fn a_row_says_what_a_node_is_where_and_what_it_costs() {
    let page = portal().await.developer().get("/nodes").await.text;
    let row = page
        .split("<tr")
        .find(|row| row.contains(&READY_NODE.to_string()))
        .expect("the node has a row");
    for says in [
        "trainer",
        "Vision team / dev",
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
        assert!(row.contains(says), "{says} is missing: {row}");
    }
}

#[tokio::test]
async fn a_failure_says_in_the_list_what_is_wrong_and_a_launch_how_far_it_is() {
    let page = portal().await.developer().get("/nodes").await.text;
    assert!(page.contains("no capacity to be had"));
    assert!(page.contains("step 4 of 7"));
}

#[tokio::test]
async fn it_is_searched_filtered_and_sorted_by_its_address() {
    let browser = portal().await.developer();
    let found = browser.get("/nodes?search=train").await.text;
    assert!(found.contains("trainer") && !found.contains("big-run"));
    let failed = browser.get("/nodes?state=failed,degraded").await.text;
    assert!(failed.contains("big-run") && !failed.contains("trainer"));
    let sorted = browser.get("/nodes?sort=-price&mine=true").await.text;
    assert!(sorted.contains("aria-sort=\"descending\""));
    let turned = "href=\"/nodes?mine=true&amp;sort=price\"";
    assert!(sorted.contains(turned), "a second click turns it round");
    let none = browser.get("/nodes?search=zzz").await.text;
    assert!(none.contains("No node matches"));
}

#[tokio::test]
async fn whoever_is_in_no_tenant_is_told_so_and_a_viewer_is_not_offered_to_order() {
    let browser = portal().await.developer();
    let offer = "href=\"/nodes/new\"";
    assert!(browser.get("/nodes").await.text.contains(offer));
    let browser = browser.portal.viewer();
    assert!(!browser.get("/nodes").await.text.contains(offer));
    let browser = browser.portal.stranger();
    let nothing = browser.get("/nodes?search=zzz").await.text;
    assert!(nothing.contains("You are not in a tenant yet"));
}

#[tokio::test]
async fn an_order_begins_in_the_environment_one_looks_at() {
    let browser = portal().await.developer();
    let page = browser.get("/nodes?tenant=vision&environment=dev").await;
    assert!(page.text.contains("href=\"/nodes/new?place=vision%2Fdev\""));
}
