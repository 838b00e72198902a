//! The contract of the REST API.

use crate::fixture::{
    ADMIN, DEVELOPER, OTHER_DEVELOPER, PATIENCE, TestPortal, VIEWER, order, ordered,
};
use reqwest::Method;
use serde_json::{Value, json};
use std::{collections::BTreeSet, time::Instant};

const MISSING: &str = "/api/v1/clusters/0197aaaa-0000-7000-8000-000000000000";

#[test]
fn the_document_is_as_published() {
    insta::assert_yaml_snapshot!(server::http::rest::document());
}

#[test]
fn every_operation_is_complete() {
    let document = serde_json::to_value(server::http::rest::document()).unwrap();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(ids.insert(id.to_owned()), "{id} is not unique");
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{id}"
            );
            assert!(responses.contains_key("401"), "{id}");
            for (status, response) in responses {
                let target = response["$ref"].as_str().map(|pointer| &pointer[1..]);
                let described = target.is_none_or(|target| document.pointer(target).is_some());
                assert!(described, "{id}: {status}");
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let named: BTreeSet<_> = parameters
                .map(|parameter| match parameter["$ref"].as_str() {
                    Some(pointer) => document.pointer(&pointer[1..]).unwrap(),
                    None => parameter,
                })
                .filter(|parameter| parameter["in"] == "path")
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            let in_path = path
                .split('/')
                .filter_map(|segment| segment.strip_prefix('{'));
            let in_path: BTreeSet<_> = in_path.filter_map(|name| name.strip_suffix('}')).collect();
            assert_eq!(named, in_path, "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_document_is_there_for_everybody() {
    let portal = TestPortal::start().await;
    let document = portal.browser().get("/api/openapi.json").await;
    assert_eq!(document.body_json()["info"]["title"], "Hangar");
    portal.stop().await;
}

#[tokio::test]
async fn without_a_credential_everything_is_401() {
    let portal = TestPortal::start().await;
    let stranger = portal.browser();
    for (method, path) in server::http::list_of_routes() {
        if !path.starts_with("/api/v1/") || method != Method::GET {
            continue;
        }
        let path = path.replace("{id}", "0197aaaa-0000-7000-8000-000000000000");
        let answer = stranger.get(&path).await;
        answer.assert_problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"hangar\"");
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_cluster_is_ordered_looked_at_listed_and_deleted() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let answer = program
        .json(Method::POST, "/api/v1/clusters", &order("payments-ci"))
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let cluster = answer.body_json();
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    assert_eq!(answer.location(), address);
    assert_eq!(cluster["name"], "payments-ci");
    assert_eq!(cluster["state"], "pending");

    let found = program.get(&address).await.body_json();
    assert_eq!(found["id"], cluster["id"]);
    let list = program
        .get("/api/v1/clusters?search=payments")
        .await
        .body_json();
    assert_eq!(list["total"], 1, "{list}");

    let refused = program
        .send(program.request(Method::DELETE, &address))
        .await;
    refused.assert_problem(422, "invalid");
    let wrong = format!("{address}?confirmation=payments");
    let refused = program.send(program.request(Method::DELETE, &wrong)).await;
    refused.assert_problem(422, "invalid");
    let right = format!("{address}?confirmation=payments-ci");
    for _ in 0..2 {
        let answer = program.send(program.request(Method::DELETE, &right)).await;
        assert!(matches!(answer.status, 202 | 410), "{}", answer.body);
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_kubeconfig_is_handed_out_fresh_and_to_be_kept_by_nobody() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let cluster = ordered(&program, "with-config").await;
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    let early = program.get(&format!("{address}/kubeconfig")).await;
    if early.status != 200 {
        early.assert_problem(409, "not-ready");
    }
    wait_until_ready(&program, &address).await;

    let answer = program.get(&format!("{address}/kubeconfig")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(
        answer
            .header("content-disposition")
            .starts_with("attachment; filename=")
    );
    assert!(answer.body.contains("with-config"), "{}", answer.body);

    // The same by the button on its page.
    let browser = portal.browser_of(DEVELOPER).await;
    let page = format!("/clusters/{}/kubeconfig", cluster["id"].as_str().unwrap());
    let answer = browser.post(&page).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(browser.get(&page).await.status, 405);

    let events = program.get(&format!("{address}/events")).await.body_json();
    let total = events["total"].as_u64().unwrap();
    assert!(total > 1 && events["truncated"] == false, "{events}");
    assert_eq!(events["items"].as_array().unwrap().len() as u64, total);
    let one = program
        .get(&format!("{address}/events?per_page=1"))
        .await
        .body_json();
    assert_eq!(one["items"], json!([events["items"][0]]));
    let next = one["next"].as_str().unwrap();
    let two = program
        .get(&format!("{address}/events?per_page=1&after={next}"))
        .await
        .body_json();
    assert_eq!(two["items"], json!([events["items"][1]]));
    assert_eq!(two["page"], 2);
    program
        .get(&format!("{address}/events?per_page=0"))
        .await
        .assert_problem(422, "invalid");
    portal.stop().await;
}

#[tokio::test]
async fn foreign_and_missing_clusters_look_the_same() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let cluster = ordered(&program, "private").await;
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    let stranger = portal.program_of(OTHER_DEVELOPER).await;
    for part in ["", "/kubeconfig", "/events", "/stream"] {
        let foreign = stranger.get(&format!("{address}{part}")).await;
        let missing = stranger.get(&format!("{MISSING}{part}")).await;
        foreign.assert_problem(404, "not-found");
        assert_eq!(foreign.body, missing.body, "{part}");
    }
    let foreign = format!("{address}?confirmation=private");
    let answer = stranger
        .send(stranger.request(Method::DELETE, &foreign))
        .await;
    answer.assert_problem(404, "not-found");
    stranger
        .get("/api/v1/clusters/none")
        .await
        .assert_problem(404, "not-found");
    portal.stop().await;
}

#[tokio::test]
async fn a_viewer_sees_and_does_not_touch() {
    let portal = TestPortal::start().await;
    let developer = portal.program_of(DEVELOPER).await;
    let cluster = ordered(&developer, "looked-at").await;
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    let viewer = portal.program_of(VIEWER).await;
    assert_eq!(viewer.get(&address).await.status, 200);
    viewer
        .get(&format!("{address}/kubeconfig"))
        .await
        .assert_problem(403, "forbidden");
    viewer
        .json(Method::POST, "/api/v1/clusters", &order("mine"))
        .await
        .assert_problem(403, "forbidden");
    let delete = format!("{address}?confirmation=looked-at");
    let answer = viewer.send(viewer.request(Method::DELETE, &delete)).await;
    answer.assert_problem(403, "forbidden");
    let admin = portal.program_of(ADMIN).await;
    assert_eq!(admin.get(&address).await.status, 200);
    portal.stop().await;
}

#[tokio::test]
async fn bad_orders_get_clear_answers_and_order_nothing() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    ordered(&program, "taken").await;
    for (field, value) in [
        ("name", Value::from("Bad Name")),
        ("plan", "huge".into()),
        ("kubernetes_version", "v0.1".into()),
        ("exposure", "pigeon".into()),
        ("time_to_live_hours", 0.into()),
        ("environment", "moon".into()),
    ] {
        let mut bad = order("fine");
        bad[field] = value;
        let answer = program.json(Method::POST, "/api/v1/clusters", &bad).await;
        answer.assert_problem(422, "invalid");
        assert_eq!(
            answer.body_json()["errors"][0]["field"],
            field,
            "{}",
            answer.body
        );
    }
    let taken = program
        .json(Method::POST, "/api/v1/clusters", &order("taken"))
        .await;
    assert!(matches!(taken.status, 409 | 422), "{}", taken.body);
    assert!(taken.body.contains("taken"), "{}", taken.body);
    let list = program.get("/api/v1/clusters").await.body_json();
    assert_eq!(list["total"], 1);
    portal.stop().await;
}

#[tokio::test]
async fn a_double_click_orders_once() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let click = || {
        let request = program.request(Method::POST, "/api/v1/clusters");
        program.send(
            request
                .header("idempotency-key", "form-1")
                .json(&order("once")),
        )
    };
    let (first, second, third) = tokio::join!(click(), click(), click());
    let mut statuses = [first.status, second.status, third.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 201]);
    assert_eq!(first.body_json()["id"], second.body_json()["id"]);
    assert_eq!(first.body_json()["id"], third.body_json()["id"]);

    let request = program.request(Method::POST, "/api/v1/clusters");
    let other = request
        .header("idempotency-key", "form-1")
        .json(&order("twice"));
    program
        .send(other)
        .await
        .assert_problem(422, "idempotency-key-reused");
    portal.stop().await;
}

#[tokio::test]
async fn wrong_addresses_and_methods_are_problems() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    program
        .get("/api/v1/cluster")
        .await
        .assert_problem(404, "not-found");
    program
        .get("/api/v1/clusters/x/y/z")
        .await
        .assert_problem(404, "not-found");
    let put = program.request(Method::PUT, "/api/v1/clusters");
    program
        .send(put)
        .await
        .assert_problem(405, "method-not-allowed");
    let delete = program.request(Method::DELETE, "/api/v1/me");
    program
        .send(delete)
        .await
        .assert_problem(405, "method-not-allowed");
    program
        .get("/api/v1/clusters?page=0&state=purple")
        .await
        .assert_problem(422, "invalid");
    portal.stop().await;
}

#[tokio::test]
async fn an_order_is_taken_while_the_host_cannot_be_reached_and_goes_on_when_it_can() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let faults = portal.sandbox().faults();
    faults.change(|faults| faults.kubernetes.unreachable = true);
    let cluster = ordered(&program, "patient").await;
    let address = format!("/api/v1/clusters/{}", cluster["id"].as_str().unwrap());
    wait_for(&program, &address, |cluster| {
        cluster["failure"]["code"] == "host_unreachable" && cluster["failure"]["retrying"] == true
    })
    .await;
    program
        .get(&format!("{address}/events"))
        .await
        .assert_problem(503, "unavailable");
    faults.replace(Default::default());
    wait_until_ready(&program, &address).await;
    portal.stop().await;
}

async fn wait_until_ready(program: &crate::fixture::Browser, address: &str) {
    wait_for(program, address, |cluster| cluster["state"] == "ready").await;
}

/// Follows the cluster's own stream until it is as wanted.
async fn wait_for(
    program: &crate::fixture::Browser,
    address: &str,
    wanted: impl Fn(&Value) -> bool,
) {
    let begun = Instant::now();
    let mut events = program.events(&format!("{address}/stream")).await;
    while let Some(cluster) = events.next().await {
        if wanted(&cluster) {
            return;
        }
        assert!(begun.elapsed() < 2 * PATIENCE, "still {cluster}");
    }
    panic!("the stream ended");
}
