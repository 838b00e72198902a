//! Lists: chunks, versions, selectors, forms.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::server::Server;

const MAPS: &str = "/api/v1/namespaces/default/configmaps";

async fn fill(server: &Server, count: usize) {
    for i in 0..count {
        let even = if i % 2 == 0 { "yes" } else { "no" };
        let map = json!({"metadata": {"name": format!("m{i}"), "labels": {"even": even}}});
        assert_eq!(server.post(MAPS, map).await.status, 201);
    }
}

fn names(list: &Value) -> Vec<&str> {
    list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["metadata"]["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn further_chunks_show_the_state_of_the_first() {
    let server = Server::start();
    fill(&server, 4).await;
    let first = server.get(&format!("{MAPS}?limit=2")).await.body;
    assert_eq!(names(&first), ["kube-root-ca.crt", "m0"]);
    assert_eq!(first["metadata"]["remainingItemCount"], 3);
    server.delete(&format!("{MAPS}/m1"), Value::Null).await;
    server.post(MAPS, json!({"metadata": {"name": "m9"}})).await;
    let token = first["metadata"]["continue"].as_str().unwrap();
    let rest = server
        .get(&format!("{MAPS}?limit=5&continue={token}"))
        .await
        .body;
    assert_eq!(names(&rest), ["m1", "m2", "m3"]);
    assert_eq!(
        rest["metadata"]["resourceVersion"],
        first["metadata"]["resourceVersion"]
    );
    assert!(rest["metadata"].get("continue").is_none());
    server.api.store().compact();
    let expired = server
        .get(&format!("{MAPS}?limit=5&continue={token}"))
        .await;
    assert_eq!(
        (expired.status, &expired.body["reason"]),
        (410, &json!("Expired"))
    );
}

#[tokio::test]
async fn selectors_choose_and_bad_ones_are_refused() {
    let server = Server::start();
    fill(&server, 4).await;
    let chosen = server
        .get(&format!("{MAPS}?labelSelector=even%20in%20(yes)"))
        .await
        .body;
    assert_eq!(names(&chosen), ["m0", "m2"]);
    let named = server
        .get(&format!("{MAPS}?fieldSelector=metadata.name%3Dm3"))
        .await
        .body;
    assert_eq!(names(&named), ["m3"]);
    let bad = server.get(&format!("{MAPS}?labelSelector=a%20b")).await;
    assert_eq!(
        (bad.status, &bad.body["reason"]),
        (400, &json!("BadRequest"))
    );
    let number = server.get(&format!("{MAPS}?limit=many")).await;
    assert_eq!(number.status, 400);
}

#[tokio::test]
async fn a_version_that_is_yet_to_come_is_refused_and_an_exact_one_shown() {
    let server = Server::start();
    let before = server.api.store().revision();
    fill(&server, 1).await;
    let then = server
        .get(&format!(
            "{MAPS}?resourceVersion={before}&resourceVersionMatch=Exact"
        ))
        .await
        .body;
    assert_eq!(names(&then), ["kube-root-ca.crt"]);
    let ahead = server.get(&format!("{MAPS}?resourceVersion=99999")).await;
    assert_eq!(
        (ahead.status, &ahead.body["reason"]),
        (504, &json!("Timeout"))
    );
}

#[tokio::test]
async fn deleting_a_collection_takes_what_is_selected() {
    let server = Server::start();
    fill(&server, 4).await;
    let gone = server
        .delete(&format!("{MAPS}?labelSelector=even=yes"), Value::Null)
        .await;
    assert_eq!(names(&gone.body), ["m0", "m2"]);
    assert_eq!(
        names(&server.get(MAPS).await.body),
        ["kube-root-ca.crt", "m1", "m3"]
    );
    let namespaces = server.delete("/api/v1/namespaces", Value::Null).await;
    assert_eq!(namespaces.status, 405);
}

#[tokio::test]
async fn a_single_object_can_be_shown_as_a_table_row() {
    let server = Server::start();
    let request = Request::get(format!("{MAPS}/kube-root-ca.crt?includeObject=None"))
        .header("authorization", "Bearer admin")
        .header(
            "accept",
            "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
        )
        .body(Body::empty())
        .unwrap();
    let table = server.send(request).await.body;
    assert_eq!(table["kind"], "Table");
    assert_eq!(table["rows"][0]["cells"][0], "kube-root-ca.crt");
    assert!(table["rows"][0].get("object").is_none());
}

#[tokio::test]
async fn paths_that_lead_nowhere_are_told_apart() {
    let server = Server::start();
    for (path, status) in [
        ("/apis/batch/v1/jobs", 404),
        ("/apis/apps/v2/deployments", 404),
        ("/api/v1/widgets", 404),
        ("/api/v1/pods/a", 404),
        ("/api/v1/namespaces/default/nodes", 404),
        ("/api/v1/namespaces/default/pods/a/nothing", 404),
        ("/nothing", 404),
        (
            "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
            405,
        ),
    ] {
        assert_eq!(server.get(path).await.status, status, "{path}");
    }
    assert_eq!(
        server
            .call(
                "admin",
                "POST",
                "/api/v1/pods",
                "application/json",
                json!({})
            )
            .await
            .status,
        405
    );
}
