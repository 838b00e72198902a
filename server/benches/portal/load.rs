//! Latency and throughput of pages and of the API, one client and many.

use crate::{
    portal_process::{ApiClient, Outside},
    row,
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

const DURATION: Duration = Duration::from_secs(3);
const CLIENTS: [usize; 2] = [1, 32];

/// Measures each address with each number of clients.
pub async fn measure(outside: &Outside, clusters: usize) {
    let client = outside.client();
    let page = client.http.get(client.url("/api/v1/clusters?per_page=1"));
    let page: serde_json::Value = page
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let id = page["items"][0]["id"].as_str().expect("a cluster");
    let addresses = [
        ("page: list", "/clusters".to_owned()),
        (
            "page: list, searched and sorted",
            "/clusters?search=042&sort=-name&page=2".to_owned(),
        ),
        ("page: cluster", format!("/clusters/{id}")),
        ("page: overview", "/".to_owned()),
        ("API: list", "/api/v1/clusters".to_owned()),
        ("API: cluster", format!("/api/v1/clusters/{id}")),
    ];
    let addresses = addresses
        .iter()
        .map(|(name, address)| (*name, address.as_str()))
        .collect::<Vec<_>>();
    measure_addresses(outside, &addresses, &format!("{clusters} stored")).await;
}

/// Measures each address (with its name) with each number of clients.
pub async fn measure_addresses(outside: &Outside, addresses: &[(&str, &str)], stored: &str) {
    let client = outside.client();
    for (name, address) in addresses {
        for clients in CLIENTS {
            let outcome = load(&client, address, clients).await;
            row(&format!("{name}, {stored}, {clients} clients"), outcome);
        }
    }
}

async fn load(client: &ApiClient, address: &str, clients: usize) -> String {
    let url: Arc<str> = client.url(address).into();
    let began = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|_| {
            let (http, url) = (client.http.clone(), url.clone());
            tokio::spawn(async move {
                let mut times = Vec::new();
                while began.elapsed() < DURATION {
                    let sent = Instant::now();
                    let response = http.get(&*url).send().await.expect("an answer");
                    assert!(
                        response.status().is_success(),
                        "{url}: {}",
                        response.status()
                    );
                    response.bytes().await.expect("a body");
                    times.push(sent.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("a client"));
    }
    let per_second = times.len() as f64 / began.elapsed().as_secs_f64();
    format!("{}, {per_second:.0}/s", percentiles(times))
}

/// The median and the 99th percentile.
pub fn percentiles(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |share: usize| {
        let index = (times.len() * share / 100).min(times.len().saturating_sub(1));
        times.get(index).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    format!("p50 {:.1} ms, p99 {:.1} ms", at(50), at(99))
}
