//! A thousand open event streams.

use crate::{
    memory,
    portal_process::{ApiClient, Outside, PortalProcess},
    row,
};
use std::time::Duration;

const STREAMS: usize = 1000;

/// Opens the streams and looks at the portal's memory.
pub async fn measure(outside: &Outside, portal: &PortalProcess) {
    let client = outside.client();
    let page = client.http.get(client.url("/api/v1/clusters?per_page=1"));
    let page: serde_json::Value = page
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let path = format!(
        "/api/v1/clusters/{}/stream",
        page["items"][0]["id"].as_str().expect("a cluster")
    );
    let mut open = Vec::with_capacity(STREAMS);
    for _ in 0..STREAMS {
        let mut stream = self::open(&client, &path).await;
        next(&mut stream).await;
        open.push(stream);
    }
    row(
        &format!("memory with {STREAMS} event streams"),
        memory::of(portal.id()),
    );
}

/// Opens an event stream.
pub async fn open(client: &ApiClient, path: &str) -> reqwest::Response {
    let http = client
        .http
        .get(client.url(path))
        .timeout(Duration::from_secs(600));
    let response = http.send().await.expect("an answer");
    assert!(
        response.status().is_success(),
        "{path}: {}",
        response.status()
    );
    response
}

/// Waits for the next event; comments that keep the connection alive are none.
pub async fn next(stream: &mut reqwest::Response) {
    loop {
        let chunk = stream
            .chunk()
            .await
            .expect("the stream goes on")
            .expect("the stream is open");
        if chunk.windows(5).any(|window| window == b"data:") {
            return;
        }
    }
}
