//! What the portal asks of a host cluster, and how fast it is with many orders, measured against a bare client that
//! makes the same objects in as many namespaces.

use crate::{
    Options, created,
    portal_process::{ApiClient, Outside},
    row, start,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures::{StreamExt, stream};
use reqwest::{Certificate, Client, Identity, Method};
use sandbox::{
    Pace,
    faults::Scope,
    kubernetes::{
        resources::{self, GroupResource},
        store::Key,
    },
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// As many as the portal works on at the same time.
const AT_ONCE: usize = 16;
const PATIENCE: Duration = Duration::from_secs(600);
/// How long requests are counted.
const COUNTED: Duration = Duration::from_secs(30);
const OUTAGE: Duration = Duration::from_secs(20);

pub async fn measure(options: &Options) {
    for clusters in [300, 1000] {
        let outside = start(options, Pace::of_unit(Duration::from_millis(1))).await;
        let portal = outside.start_portal().await;
        many(&outside, clusters).await;
        portal.kill();
    }
    let outside = start(options, Pace::of_unit(Duration::from_millis(1))).await;
    let portal = outside.start_portal().await;
    settled(&outside, 300).await;
    portal.kill();
}

/// Orders and deletions at once, clusters that wait, and an outage.
async fn many(outside: &Outside, clusters: usize) {
    // Pods wait, so that what is measured is the portal and not what runs in the sandbox.
    let faults = outside.sandbox.faults();
    faults.change(|faults| faults.workloads.unschedulable = Scope::EVERYWHERE);
    let client = outside.client();
    // The watches of a host begin with its first cluster.
    let watched = created(client.order("watched")).await;
    applied(outside, &["vcluster-watched".to_owned()]).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = faults.kubernetes_requests();
    let first = created(client.order("first")).await;
    applied(outside, &["vcluster-first".to_owned()]).await;
    let requests = faults.kubernetes_requests() - before;
    row("requests per order until applied", requests);

    let host = HostClient::of(outside);
    let objects = objects_in(outside, "vcluster-first");
    let bare: Vec<_> = (0..clusters)
        .map(|number| format!("bare-{number}"))
        .collect();
    let began = Instant::now();
    at_once(&bare, |namespace| order_barely(&host, &objects, namespace)).await;
    let orders_of_bare = began.elapsed();
    let began = Instant::now();
    at_once(&bare, |namespace| {
        let path = format!("/api/v1/namespaces/{namespace}");
        host.send(Method::DELETE, path, Value::Null)
    })
    .await;
    gone(outside, &bare).await;
    let deletions_of_bare = began.elapsed();

    let names: Vec<_> = (0..clusters)
        .map(|number| format!("bench-{number}"))
        .collect();
    let namespaces: Vec<_> = names
        .iter()
        .map(|name| format!("vcluster-{name}"))
        .collect();
    let began = Instant::now();
    let ids = at_once(&names, |name| created(client.order(name))).await;
    applied(outside, &namespaces).await;
    compared(
        &format!("{clusters} orders"),
        began.elapsed(),
        orders_of_bare,
    );

    // What the orders caused is over.
    tokio::time::sleep(Duration::from_secs(10)).await;
    let per_second = requests_per_second(outside).await;
    row(
        &format!("requests per second, {clusters} waiting clusters"),
        per_second,
    );
    recovery(outside, &client).await;

    let began = Instant::now();
    let ordered: Vec<_> = ids.into_iter().zip(&names).collect();
    at_once(&ordered, |(id, name)| delete(&client, id, name)).await;
    gone(outside, &namespaces).await;
    compared(
        &format!("{clusters} deletions"),
        began.elapsed(),
        deletions_of_bare,
    );
    delete(&client, &first, "first").await;
    delete(&client, &watched, "watched").await;
}

async fn settled(outside: &Outside, clusters: usize) {
    let client = outside.client();
    let names: Vec<_> = (0..clusters)
        .map(|number| format!("bench-{number}"))
        .collect();
    at_once(&names, |name| created(client.order(name))).await;
    let store = outside.sandbox.host_store();
    until(|| {
        names.iter().all(|name| {
            let namespace = format!("vcluster-{name}");
            let kubeconfig = Key::new(resources::SECRETS, &namespace, &format!("vc-{name}"));
            store.get(&kubeconfig).is_some()
        })
    })
    .await;
    // What their starts caused is over.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let per_second = requests_per_second(outside).await;
    row(
        &format!("requests per second, {clusters} settled clusters"),
        per_second,
    );
}

/// From the end of an outage to the objects of a cluster that was ordered in it.
async fn recovery(outside: &Outside, client: &ApiClient) {
    let faults = outside.sandbox.faults();
    faults.change(|faults| faults.kubernetes.unreachable = true);
    let id = created(client.order("outage")).await;
    tokio::time::sleep(OUTAGE).await;
    faults.change(|faults| faults.kubernetes.unreachable = false);
    let began = Instant::now();
    applied(outside, &["vcluster-outage".to_owned()]).await;
    row(
        &format!("recovery after an outage of {} s", OUTAGE.as_secs()),
        format!("{:.1} s", began.elapsed().as_secs_f64()),
    );
    delete(client, &id, "outage").await;
}

fn compared(what: &str, portal: Duration, bare: Duration) {
    let (portal, bare) = (portal.as_secs_f64(), bare.as_secs_f64());
    let ratio = portal / bare;
    row(
        &format!("{what} at once"),
        format!("{portal:.1} s, {ratio:.2} × a bare client"),
    );
}

async fn requests_per_second(outside: &Outside) -> String {
    let faults = outside.sandbox.faults();
    let before = faults.kubernetes_requests();
    tokio::time::sleep(COUNTED).await;
    let requests = faults.kubernetes_requests() - before;
    format!("{:.1}", requests as f64 / COUNTED.as_secs_f64())
}

async fn at_once<'a, T, F: Future>(of: &'a [T], work: impl Fn(&'a T) -> F) -> Vec<F::Output> {
    stream::iter(of).map(work).buffered(AT_ONCE).collect().await
}

async fn delete(client: &ApiClient, id: &str, name: &str) {
    let url = client.url(&format!("/api/v1/clusters/{id}?confirmation={name}"));
    let response = client.http.delete(url).send().await.expect("an answer");
    assert!(response.status().is_success(), "{}", response.status());
}

async fn applied(outside: &Outside, namespaces: &[String]) {
    let store = outside.sandbox.host_store();
    until(|| {
        namespaces.iter().all(|namespace| {
            let name = namespace.trim_start_matches("vcluster-");
            let set = Key::new(resources::STATEFUL_SETS, namespace, name);
            store.get(&set).is_some()
        })
    })
    .await;
}

async fn gone(outside: &Outside, namespaces: &[String]) {
    let store = outside.sandbox.host_store();
    until(|| {
        namespaces.iter().all(|name| {
            let namespace = Key::new(resources::NAMESPACES, "", name);
            store.get(&namespace).is_none()
        })
    })
    .await;
}

async fn until(mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "it never happened");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// An administrator's client for the host cluster, over the same kind of connection as the portal's.
struct HostClient {
    http: Client,
    base: String,
}

impl HostClient {
    fn of(outside: &Outside) -> Self {
        let kubeconfig = outside.sandbox.host_kubeconfig();
        let data = |field: &str| {
            let line = kubeconfig.lines().find(|line| line.contains(field));
            let value = line.and_then(|line| line.split_once(": ")).expect(field).1;
            BASE64_STANDARD
                .decode(value.trim().trim_matches('"'))
                .expect(field)
        };
        let mut identity = data("client-certificate-data");
        identity.extend(data("client-key-data"));
        let authority = data("certificate-authority-data");
        let http = Client::builder()
            .tls_certs_only([Certificate::from_pem(&authority).expect("a certificate")])
            .identity(Identity::from_pem(&identity).expect("an identity"))
            .build()
            .expect("a client");
        let base = format!("https://{}", outside.sandbox.kubernetes_address());
        Self { http, base }
    }

    async fn send(&self, method: Method, path: String, body: Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        if !body.is_null() {
            request = request.json(&body);
        }
        let response = request.send().await.expect("a response");
        let status = response.status();
        let text = response.text().await.expect("a body");
        assert!(status.is_success(), "{path}: {text}");
    }
}

/// The portal's objects in a namespace, each with the path of its collection after the namespace.
fn objects_in(outside: &Outside, namespace: &str) -> Vec<(String, Value)> {
    const NETWORK_POLICIES: GroupResource =
        GroupResource::new("networking.k8s.io", "networkpolicies");
    let kinds = [
        resources::LIMIT_RANGES,
        resources::RESOURCE_QUOTAS,
        NETWORK_POLICIES,
        resources::SERVICE_ACCOUNTS,
        resources::ROLES,
        resources::ROLE_BINDINGS,
        resources::SECRETS,
        resources::SERVICES,
        resources::STATEFUL_SETS,
    ];
    let store = outside.sandbox.host_store();
    let mut objects = Vec::new();
    for kind in kinds {
        for object in store.list(kind, Some(namespace)).0 {
            let labels = &object["metadata"]["labels"];
            if labels["hangar.dev/cluster-id"].is_null() {
                continue;
            }
            let mut bare = (*object).clone();
            bare["metadata"] = json!({"name": object["metadata"]["name"]});
            let bare_parts = bare.as_object_mut().expect("an object");
            bare_parts.remove("status");
            if let Some(spec) = bare.get_mut("spec").and_then(Value::as_object_mut) {
                spec.retain(|field, _| !field.starts_with("clusterIP"));
            }
            let ports = bare
                .pointer_mut("/spec/ports")
                .and_then(Value::as_array_mut);
            for port in ports.into_iter().flatten() {
                port.as_object_mut().expect("a port").remove("nodePort");
            }
            objects.push((kind.plural.to_owned(), bare));
        }
    }
    objects
}

async fn order_barely(host: &HostClient, objects: &[(String, Value)], namespace: &str) {
    let body = json!({"metadata": {"name": namespace}});
    host.send(Method::POST, "/api/v1/namespaces".to_owned(), body)
        .await;
    for (plural, object) in objects {
        let group = object["apiVersion"].as_str().unwrap_or("v1");
        let root = if group == "v1" { "api" } else { "apis" };
        let mut object = object.clone();
        // A binding names its subjects' namespace.
        if let Some(subject) = object.pointer_mut("/subjects/0/namespace") {
            *subject = namespace.into();
        }
        let path = format!("/{root}/{group}/namespaces/{namespace}/{plural}");
        host.send(Method::POST, path, object).await;
    }
}
