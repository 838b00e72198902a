//! From an order to its objects, and from a change in the cluster to whoever follows the event stream.

use crate::{
    load::percentiles,
    portal_process::{ApiClient, Outside},
    row, streams,
};
use reqwest::Response;
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
        let path = format!("/api/v1/clusters/{id}/stream");
        let stream = streams::open(&client, &path);
        let (host, stream) = tokio::join!(on_the_host(outside, &name), stream);
        applied.push(host.applied - began);
        let seen = until_told_ready(&client, stream, &id).await;
        ready.push(seen - began);
        told.push(seen - host.ready);
    }
    row("order accepted", percentiles(accepted));
    row("order to applied objects", percentiles(applied));
    row(
        "order to ready, on a host that needs no time",
        percentiles(ready),
    );
    row(
        "ready on the host to ready on an open page",
        percentiles(told),
    );
}

/// When things came to be on the host cluster.
struct OnTheHost {
    applied: Instant,
    ready: Instant,
}

/// Looks at the host's objects each millisecond.
async fn on_the_host(outside: &Outside, name: &str) -> OnTheHost {
    let store = outside.sandbox.host_store();
    let namespace = format!("vcluster-{name}");
    let set = Key::new(resources::STATEFUL_SETS, &namespace, name);
    let kubeconfig = Key::new(resources::SECRETS, &namespace, &format!("vc-{name}"));
    let applied = until(|| store.get(&set).is_some()).await;
    let ready = until(|| {
        let replicas = store
            .get(&set)
            .map(|set| set["status"]["readyReplicas"].clone());
        replicas == Some(Value::from(1)) && store.get(&kubeconfig).is_some()
    })
    .await;
    OnTheHost { applied, ready }
}

/// When it first was so.
async fn until(mut condition: impl FnMut() -> bool) -> Instant {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "it never happened");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Instant::now()
}

/// Looks at the cluster whenever the stream tells of a change, as a page does.
async fn until_told_ready(client: &ApiClient, mut stream: Response, id: &str) -> Instant {
    loop {
        streams::next(&mut stream).await;
        let request = client
            .http
            .get(client.url(&format!("/api/v1/clusters/{id}")));
        let response = request.send().await.expect("an answer");
        let cluster: Value = response.json().await.expect("JSON");
        if cluster["state"] == "ready" {
            return Instant::now();
        }
    }
}
