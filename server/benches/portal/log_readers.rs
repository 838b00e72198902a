//! A hundred readers of one log: the SkyPilot API server sends it once.

use crate::{
    load::percentiles,
    memory,
    portal_process::{ApiClient, Outside, PortalProcess},
    row,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const READERS: usize = 100;
const LINES: usize = 2_000;
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a job that writes some thousand lines and has it read by many at once.
pub async fn measure(outside: &Outside, portal: &PortalProcess) {
    let client = outside.client();
    let order = json!({
        "name": "talker", "tenant": "vision", "environment": "dev", "accelerator": "L4",
        "run": format!("for i in $(seq 1 {LINES}); do echo line $i of a log that many people read; done\n"),
    });
    let request = client.http.post(client.url("/api/v1/nodes")).json(&order);
    let node: Value = answer(request).await;
    let address = format!("/api/v1/nodes/{}", node["id"].as_str().expect("an id"));
    let began = Instant::now();
    while answer(client.http.get(client.url(&address))).await["state"] != "ready" {
        assert!(began.elapsed() < PATIENCE, "it never got ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let log = format!("{address}/jobs/1/logs?follow=true");
    let readers: Vec<_> = (0..READERS)
        .map(|_| tokio::spawn(read(client.clone(), log.clone())))
        .collect();
    let mut times = Vec::new();
    let mut bytes = 0;
    let began = Instant::now();
    for reader in readers {
        let (time, length) = reader.await.expect("a reader");
        times.push(time);
        bytes += length;
    }
    let megabytes = bytes as f64 / 1e6 / began.elapsed().as_secs_f64();
    row(
        &format!("log of {LINES} lines to {READERS} readers, first byte"),
        percentiles(times),
    );
    row(
        &format!("log of {LINES} lines to {READERS} readers, all together"),
        format!("{megabytes:.1} MB/s"),
    );
    row("memory after that", memory::of(portal.id()));
}

async fn answer(request: reqwest::RequestBuilder) -> Value {
    let response = request.send().await.expect("an answer");
    assert!(response.status().is_success(), "{}", response.status());
    response.json().await.expect("JSON")
}

/// When the first byte came, and how many there were.
async fn read(client: ApiClient, log: String) -> (Duration, usize) {
    let began = Instant::now();
    let request = client.http.get(client.url(&log)).timeout(PATIENCE);
    let mut response = request.send().await.expect("an answer");
    assert!(response.status().is_success(), "{}", response.status());
    let (mut first, mut length) = (None, 0);
    while let Some(chunk) = response.chunk().await.expect("the log goes on") {
        first.get_or_insert_with(|| began.elapsed());
        length += chunk.len();
    }
    (first.expect("a log"), length)
}
