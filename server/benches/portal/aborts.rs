//! Fifty thousand pages, a third of which nobody waits for: does memory stay flat?

use crate::{
    memory,
    portal_process::{ApiClient, Outside, PortalProcess},
    row,
};
use std::{sync::Arc, time::Duration};

const REQUESTS: usize = 50_000;
const WARM_UP: usize = 3_000;
const CLIENTS: usize = 64;

/// Asks for pages and looks at the portal's memory before and after.
pub async fn measure(outside: &Outside, portal: &PortalProcess) {
    let client = outside.client();
    run(&client, WARM_UP).await;
    let before = memory::of(portal.id());
    run(&client, REQUESTS).await;
    let after = memory::of(portal.id());
    row(
        &format!("memory before and after {REQUESTS} pages, a third aborted"),
        format!("{before}, {after}"),
    );
}

async fn run(client: &ApiClient, requests: usize) {
    let url: Arc<str> = client.url("/clusters").into();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (http, url) = (client.http.clone(), url.clone());
            tokio::spawn(async move {
                for number in 0..requests / CLIENTS {
                    one(&http, &url, number).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("a client");
    }
}

/// Every third request is given up: some before the answer begins, some in the middle of it.
async fn one(http: &reqwest::Client, url: &str, number: usize) {
    match number % 6 {
        0 => {
            let wait = Duration::from_millis(number as u64 % 20);
            let _ = tokio::time::timeout(wait, http.get(url).send()).await;
        }
        3 => drop(http.get(url).send().await),
        _ => {
            let response = http.get(url).send().await.expect("an answer");
            response.bytes().await.expect("a body");
        }
    }
}
