//! The SkyPilot API server asked behind the portal's back, as its admin would with curl.
#![allow(dead_code, reason = "each test uses a part of it")]

use sandbox::Sandbox;
use serde_json::{Value, json};

/// The name and state of each cluster.
pub async fn clusters(sandbox: &Sandbox) -> Vec<(String, String)> {
    let body = json!({
        "all_users": true,
        "include_credentials": false,
        "include_handle": false,
    });
    let clusters = ask(sandbox, "/status", body).await;
    let word = |cluster: &Value, key: &str| cluster[key].as_str().unwrap().to_owned();
    clusters
        .as_array()
        .unwrap()
        .iter()
        .map(|cluster| (word(cluster, "name"), word(cluster, "status")))
        .collect()
}

/// The clusters of all requests to launch one that were ever made, once for each.
pub async fn launches(sandbox: &Sandbox) -> Vec<String> {
    let url = format!("{}/api/status?all_status=true", sandbox.skypilot_url());
    let requests: Value = http()
        .get(url)
        .bearer_auth(sandbox.skypilot_admin_token())
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    requests
        .as_array()
        .unwrap()
        .iter()
        .filter(|request| request["name"] == "sky.launch")
        .map(|request| request["cluster_name"].as_str().unwrap().to_owned())
        .collect()
}

/// Launches a cluster that nobody ordered, and waits until it is up.
pub async fn launch(sandbox: &Sandbox, name: &str) {
    let body = json!({
        "task": "resources:\n  infra: aws/us-east-1\n  accelerators: L4:1\n",
        "cluster_name": name,
    });
    ask(sandbox, "/launch", body).await;
}

/// Makes a request and answers what it came to.
async fn ask(sandbox: &Sandbox, path: &str, body: Value) -> Value {
    let (url, token) = (sandbox.skypilot_url(), sandbox.skypilot_admin_token());
    let submitted = http()
        .post(format!("{url}{path}"))
        .bearer_auth(token)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(submitted.status(), 200, "{path}");
    let id = submitted.headers()["x-skypilot-request-id"]
        .to_str()
        .unwrap();
    let ended = http()
        .get(format!("{url}/api/get?request_id={id}"))
        .bearer_auth(token)
        .send()
        .await
        .unwrap();
    let status = ended.status();
    let payload: Value = ended.json().await.unwrap();
    assert_eq!(status, 200, "{path}: {payload:#}");
    serde_json::from_str(payload["return_value"].as_str().unwrap()).unwrap()
}

fn http() -> reqwest::Client {
    reqwest::Client::new()
}
