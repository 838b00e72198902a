//! Nodes through the whole portal, on the sandbox's SkyPilot API server.

mod access;
mod connecting;
mod credentials;
mod life;
mod logs;
mod orphans;
mod refusals;
pub mod secrets;
mod without_server;

use crate::fixture::{Answer, Browser, PATIENCE};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::Instant;

const MISSING: &str = "/api/v1/nodes/0197aaaa-0000-7000-8000-000000000000";

/// An order that the sandbox can fulfil.
fn node_order(name: &str) -> Value {
    json!({
        "name": name,
        "tenant": "vision",
        "environment": "dev",
        "accelerator": "L4",
        "count": 1,
        "cloud": "aws",
        "region": "us-east-1",
        "setup": "echo setting up",
        "run": "echo canary-of-the-run",
        "idle_minutes": 60,
        "idle_action": "stop",
        "time_to_live_hours": 4,
    })
}

/// Orders over REST and answers the node.
pub async fn ordered_node(program: &Browser, name: &str) -> Value {
    catalogue_is_read(program).await;
    let answer = program
        .json(Method::POST, "/api/v1/nodes", &node_order(name))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body_json()
}

/// Orders, and waits until the node can be used; answers its address in the API.
pub async fn ready_node(program: &Browser, name: &str) -> String {
    let address = address(&ordered_node(program, name).await);
    until(program, &address, |node| node["state"] == "ready").await;
    address
}

/// Where the node is in the API.
fn address(node: &Value) -> String {
    format!("/api/v1/nodes/{}", node["id"].as_str().unwrap())
}

/// Where the node is for browsers.
fn page(address: &str) -> String {
    address.trim_start_matches("/api/v1").to_owned()
}

/// A portal reads the price lists right after its start; without them nothing can be ordered.
async fn catalogue_is_read(program: &Browser) {
    let begun = Instant::now();
    loop {
        let page = program.get("/api/v1/nodes/catalogue").await.body_json();
        if page["total"].as_u64().unwrap_or(0) > 0 {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{page}");
        tokio::task::yield_now().await;
    }
}

/// Follows the node's own stream until it is as wanted.
async fn until(program: &Browser, address: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let begun = Instant::now();
    let mut events = program.events(&format!("{address}/stream")).await;
    let mut last = Value::Null;
    while let Some(node) = events.next().await {
        if wanted(&node) {
            return node;
        }
        assert!(begun.elapsed() < 2 * PATIENCE, "still {node:#}");
        last = node;
    }
    panic!("the stream ended after {last:#}");
}

/// Follows the node's own stream until the node is deleted.
async fn until_gone(program: &Browser, address: &str) {
    if program.get(address).await.status == 410 {
        return;
    }
    let mut events = program.events(&format!("{address}/stream")).await;
    while events.next().await.is_some() {}
    program.get(address).await.assert_problem(410, "gone");
}

async fn delete_node(program: &Browser, address: &str, confirmation: &str) -> Answer {
    let path = format!("{address}?confirmation={confirmation}");
    program.send(program.request(Method::DELETE, &path)).await
}
