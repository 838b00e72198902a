//! Watches: what is seen through selectors, how they end, what is too old.

use serde_json::{Value, json};

use crate::server::Server;

const MAPS: &str = "/api/v1/namespaces/default/configmaps";

fn events(answer: &Value) -> Vec<Value> {
    match answer {
        Value::String(lines) => lines
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn shown(events: &[Value]) -> Vec<(&str, &str)> {
    events
        .iter()
        .map(|e| {
            (
                e["type"].as_str().unwrap(),
                e["object"]["metadata"]["name"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

#[tokio::test]
async fn an_object_that_enters_or_leaves_a_selection_is_added_or_deleted() {
    let server = Server::start();
    let start = server.api.store().revision();
    let path = format!("{MAPS}/a");
    server.post(MAPS, json!({"metadata": {"name": "a"}})).await;
    server
        .merge(&path, json!({"metadata": {"labels": {"in": "yes"}}}))
        .await;
    server.merge(&path, json!({"data": {"x": "1"}})).await;
    server
        .merge(&path, json!({"metadata": {"labels": null}}))
        .await;
    server.merge(&path, json!({"data": {"x": "2"}})).await;
    let watch = server
        .get(&format!(
            "{MAPS}?watch=1&resourceVersion={start}&labelSelector=in%3Dyes&timeoutSeconds=1"
        ))
        .await;
    let events = events(&watch.body);
    assert_eq!(
        shown(&events),
        [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]
    );
    assert_eq!(
        events[2]["object"]["metadata"]["labels"]["in"], "yes",
        "as it was last seen"
    );
}

#[tokio::test]
async fn a_watch_without_a_version_starts_with_what_is_there() {
    let server = Server::start();
    server.post(MAPS, json!({"metadata": {"name": "a"}})).await;
    for version in ["", "&resourceVersion=0"] {
        let watch = server
            .get(&format!("{MAPS}?watch=true&timeoutSeconds=1{version}"))
            .await;
        assert_eq!(
            shown(&events(&watch.body)),
            [("ADDED", "a"), ("ADDED", "kube-root-ca.crt")]
        );
    }
}

#[tokio::test]
async fn a_forgotten_version_is_answered_with_an_error_event() {
    let server = Server::start();
    let start = server.api.store().revision();
    server.post(MAPS, json!({"metadata": {"name": "a"}})).await;
    server.api.store().compact();
    let watch = server
        .get(&format!("{MAPS}?watch=true&resourceVersion={start}"))
        .await;
    let events = events(&watch.body);
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "ERROR");
    assert_eq!(
        (&events[0]["object"]["code"], &events[0]["object"]["reason"]),
        (&json!(410), &json!("Expired"))
    );
}

#[tokio::test]
async fn a_streaming_list_ends_its_first_part_with_a_marked_bookmark() {
    let server = Server::start();
    let query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1";
    let watch = server.get(&format!("{MAPS}?{query}")).await;
    let events = events(&watch.body);
    assert_eq!(
        shown(&events),
        [("ADDED", "kube-root-ca.crt"), ("BOOKMARK", "")]
    );
    assert_eq!(
        events[1]["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"],
        "true"
    );
    let refused = server
        .get(&format!("{MAPS}?watch=true&sendInitialEvents=true"))
        .await;
    assert_eq!(refused.status, 422);
}
