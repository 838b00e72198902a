//! Writing objects one way or another.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::server::Server;

const MAPS: &str = "/api/v1/namespaces/default/configmaps";

#[tokio::test]
async fn a_dry_run_shows_what_would_come_and_keeps_nothing() {
    let server = Server::start();
    let version = server.api.store().revision();
    let map = json!({"metadata": {"name": "a"}, "data": {"x": "1"}});
    let shown = server
        .post(&format!("{MAPS}?dryRun=All"), map.clone())
        .await;
    assert_eq!((shown.status, &shown.body["data"]["x"]), (201, &json!("1")));
    assert_eq!(server.get(&format!("{MAPS}/a")).await.status, 404);
    assert_eq!(server.api.store().revision(), version);
    server.post(MAPS, map).await;
    let path = format!("{MAPS}/a?dryRun=All");
    let changed = server.merge(&path, json!({"data": {"x": "2"}})).await;
    assert_eq!(changed.body["data"]["x"], "2");
    server.delete(&path, Value::Null).await;
    assert_eq!(
        server.get(&format!("{MAPS}/a")).await.body["data"]["x"],
        "1"
    );
    assert_eq!(
        server
            .post(&format!("{MAPS}?dryRun=Some"), json!({}))
            .await
            .status,
        422
    );
}

#[tokio::test]
async fn unknown_fields_are_dropped_warned_about_or_refused() {
    let server = Server::start();
    let map = |name: &str| json!({"metadata": {"name": name}, "bogus": 1});
    let warned = server.post(MAPS, map("a")).await;
    assert_eq!((warned.status, warned.body.get("bogus")), (201, None));
    assert_eq!(warned.warning, "299 - \"unknown field \\\"bogus\\\"\"");
    let silent = server
        .post(&format!("{MAPS}?fieldValidation=Ignore"), map("b"))
        .await;
    assert_eq!((silent.status, silent.warning.as_str()), (201, ""));
    let refused = server
        .post(&format!("{MAPS}?fieldValidation=Strict"), map("c"))
        .await;
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.body["message"],
        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"bogus\""
    );
}

#[tokio::test]
async fn a_name_can_be_generated() {
    let server = Server::start();
    let map = json!({"metadata": {"generateName": "job-"}});
    let first = server.post(MAPS, map.clone()).await.body;
    let second = server.post(MAPS, map).await.body;
    let name = first["metadata"]["name"].as_str().unwrap();
    assert!(name.starts_with("job-") && name.len() == 9, "{name}");
    assert_ne!(first["metadata"]["name"], second["metadata"]["name"]);
}

#[tokio::test]
async fn json_and_strategic_patches_are_applied_and_bad_ones_refused() {
    let server = Server::start();
    server
        .post(MAPS, json!({"metadata": {"name": "a"}, "data": {"x": "1"}}))
        .await;
    let path = format!("{MAPS}/a");
    let patch =
        |media: &'static str, patch: Value| server.call("admin", "PATCH", &path, media, patch);
    let json_patch = "application/json-patch+json";
    let added = patch(
        json_patch,
        json!([{"op": "add", "path": "/data/y", "value": "2"}]),
    )
    .await;
    assert_eq!(added.body["data"], json!({"x": "1", "y": "2"}));
    let mismatch = patch(
        json_patch,
        json!([{"op": "test", "path": "/data/y", "value": "3"}]),
    )
    .await;
    assert_eq!(
        (mismatch.status, &mismatch.body["reason"]),
        (422, &json!("Invalid"))
    );
    let renamed = patch(
        json_patch,
        json!([{"op": "replace", "path": "/metadata/name", "value": "b"}]),
    )
    .await;
    assert_eq!(renamed.status, 400);
    let mistyped = patch("application/merge-patch+json", json!({"data": {"x": 1}})).await;
    assert_eq!(mistyped.status, 422);
    let unknown = patch("application/x-patch", json!({})).await;
    assert_eq!(unknown.status, 415);
    let stale = patch(
        "application/merge-patch+json",
        json!({"metadata": {"resourceVersion": "1"}, "data": {"x": "9"}}),
    )
    .await;
    assert_eq!(stale.status, 409);
}

#[tokio::test]
async fn an_apply_needs_a_manager_a_kind_and_the_right_name() {
    let server = Server::start();
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}});
    let path = format!("{MAPS}/a");
    let nobody = server
        .call(
            "admin",
            "PATCH",
            &path,
            "application/apply-patch+yaml",
            map.clone(),
        )
        .await;
    assert_eq!(
        (
            nobody.status,
            nobody.body["details"]["causes"][0]["field"].as_str()
        ),
        (422, Some("fieldManager"))
    );
    let nothing = server
        .apply(&path, "m", json!({"metadata": {"name": "a"}}))
        .await;
    assert_eq!(nothing.status, 400);
    let other = server.apply(&format!("{MAPS}/b"), "m", map.clone()).await;
    assert_eq!(other.status, 400);
    assert_eq!(server.apply(&path, "m", map).await.status, 201);
}

#[tokio::test]
async fn conflicts_of_several_managers_are_listed_by_manager() {
    let server = Server::start();
    let map = |data: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data});
    let path = format!("{MAPS}/a");
    server
        .apply(&path, "one", map(json!({"x": "1", "y": "1"})))
        .await;
    server.merge(&path, json!({"data": {"z": "1"}})).await;
    let refused = server
        .apply(&path, "three", map(json!({"x": "2", "y": "2", "z": "2"})))
        .await;
    assert_eq!(
        refused.body["message"],
        "Apply failed with 3 conflicts: conflicts with \"one\":\n- .data.x\n- .data.y\nconflicts with \"test\" using v1:\n- .data.z"
    );
    assert_eq!(
        refused.body["details"]["causes"].as_array().unwrap().len(),
        3
    );
}

#[tokio::test]
async fn yaml_bodies_are_read_and_bodies_that_are_too_big_refused() {
    let server = Server::start();
    let send = |media: &'static str, body: Vec<u8>| {
        let request = Request::post(MAPS)
            .header("authorization", "Bearer admin")
            .header("content-type", media)
            .body(Body::from(body))
            .unwrap();
        server.send(request)
    };
    let made = send("application/yaml", b"metadata:\n  name: a\n".to_vec()).await;
    assert_eq!(made.status, 201);
    let big = send("application/json", vec![b' '; 4 * 1024 * 1024]).await;
    assert_eq!(
        (big.status, &big.body["reason"]),
        (413, &json!("RequestEntityTooLarge"))
    );
    let cut = send(
        "application/vnd.kubernetes.protobuf",
        b"k8s\0\x0a\xff".to_vec(),
    )
    .await;
    assert_eq!(cut.status, 400);
}

#[tokio::test]
async fn a_body_of_another_kind_is_refused() {
    let server = Server::start();
    for body in [
        json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}),
        json!({"apiVersion": "apps/v1", "kind": "ConfigMap", "metadata": {"name": "a"}}),
        json!({"metadata": {"name": "a", "namespace": "elsewhere"}}),
        json!([]),
    ] {
        let refused = server.post(MAPS, body).await;
        assert_eq!(
            (refused.status, &refused.body["reason"]),
            (400, &json!("BadRequest"))
        );
    }
    server.post(MAPS, json!({"metadata": {"name": "a"}})).await;
    let renamed = server
        .put(&format!("{MAPS}/a"), json!({"metadata": {"name": "b"}}))
        .await;
    assert_eq!(renamed.status, 400);
    let reborn = server
        .put(
            &format!("{MAPS}/a"),
            json!({"metadata": {"name": "a", "uid": "x"}}),
        )
        .await;
    assert_eq!(reborn.status, 409);
}

#[tokio::test]
async fn events_of_both_groups_are_the_same_objects() {
    let server = Server::start();
    let event = json!({
        "metadata": {"name": "e"}, "regarding": {"kind": "Pod", "name": "p", "namespace": "default"},
        "note": "hello", "reason": "R", "type": "Normal", "reportingController": "c",
        "reportingInstance": "i", "action": "a", "eventTime": "2026-01-01T00:00:00.000000Z",
    });
    let made = server
        .post("/apis/events.k8s.io/v1/namespaces/default/events", event)
        .await;
    assert_eq!(
        (made.status, &made.body["note"]),
        (201, &json!("hello")),
        "{:?}",
        made.body
    );
    let core = server.get("/api/v1/namespaces/default/events/e").await;
    assert_eq!(core.body["message"], "hello");
    assert_eq!(core.body["involvedObject"]["name"], "p");
    let selected = server
        .get("/api/v1/events?fieldSelector=involvedObject.name=p")
        .await;
    assert_eq!(selected.body["items"].as_array().unwrap().len(), 1);
}
