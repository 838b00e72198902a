//! From an order to its objects, and from a change in the cluster to the event stream.

use crate::{
    load::percentiles,
    portal_process::{ApiClient, Outside},
    row, streams,
};
use sandbox::kubernetes::{resources, store::Key};
use serde_json::Value;
use std::time::{Duration, Instant};

const ORDERS: usize = 20;
const PATIENCE: Duration = Duration::from_secs(30);

/// Orders clusters one after another and watches what becomes of them.
pub async fn measure(outside: &Outside) {
    let client = outside.client();
    let (mut accepted, mut applied, mut ready, mut told) = (vec![], vec![], vec![], vec![]);
    for number in 0..ORDERS {
        let name = format!("bench-{number}");
        let began = Instant::now();
        let response = client.order(&name).send().await.expect("an answer");
        accepted.push(began.elapsed());
        let cluster: Value = response.json().await.expect("JSON");
        let id = cluster["id"].as_str().expect("an id").to_owned();
        let key = Key::new(resources::STATEFUL_SETS, &format!("vcluster-{name}"), &name);
        until(|| outside.sandbox.host_store().get(&key).is_some()).await;
        applied.push(began.elapsed());
        until_ready(&client, &id).await;
        ready.push(began.elapsed());
        told.push(change_to_stream(outside, &client, &id, &name).await);
    }
    row("order accepted", percentiles(accepted));
    row("order to applied objects", percentiles(applied));
    row(
        "order to ready, on a host that needs no time",
        percentiles(ready),
    );
    row(
        "change in the cluster to the event stream",
        percentiles(told),
    );
}

/// Takes the pod's readiness away behind the portal's back and waits for the stream to tell.
async fn change_to_stream(outside: &Outside, client: &ApiClient, id: &str, name: &str) -> Duration {
    let mut stream = streams::open(client, &format!("/api/v1/clusters/{id}/stream")).await;
    streams::next(&mut stream).await;
    let key = Key::new(resources::STATEFUL_SETS, &format!("vcluster-{name}"), name);
    let began = Instant::now();
    outside
        .sandbox
        .host_store()
        .modify(&key, |set| set["status"]["readyReplicas"] = 0.into())
        .expect("the StatefulSet is changed");
    streams::next(&mut stream).await;
    began.elapsed()
}

async fn until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "it never happened");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn until_ready(client: &ApiClient, id: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let request = client
            .http
            .get(client.url(&format!("/api/v1/clusters/{id}")));
        let cluster: Value = request
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        if cluster["state"] == "ready" {
            return;
        }
        assert!(Instant::now() < deadline, "never ready: {cluster:#}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
