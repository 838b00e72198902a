//! Clusters that stop or go down by themselves.

use serde_json::{Value, json};

use super::server::Api;

/// Machines of AWS can be stopped.
const IDLE: &str =
    "resources:\n  infra: aws\n  accelerators: L4:1\n  autostop: 1\nrun: echo hello\n";

/// Waits until a cluster has this state, or is gone.
async fn becomes(api: &Api, state: Option<&str>) {
    loop {
        let cluster = api.cluster("train").await;
        let found = cluster
            .as_ref()
            .map(|cluster| cluster["status"].as_str().unwrap());
        if found == state {
            return;
        }
    }
}

#[tokio::test]
async fn an_idle_cluster_stops_after_its_minutes() {
    let api = Api::start().await;
    api.launch("train", IDLE).await.unwrap();
    let cluster = api.cluster("train").await.unwrap();
    assert_eq!(
        (&cluster["autostop"], &cluster["to_down"]),
        (&json!(1), &json!(false))
    );
    becomes(&api, Some("STOPPED")).await;
    let events = json!({"cluster_name": "train", "event_type": "STATUS_CHANGE"});
    let events = api.ask("/cluster_events", events).await.unwrap();
    let events = events.as_array().unwrap();
    assert!(
        events.contains(&json!("Cluster is autostopping.")),
        "{events:?}"
    );
    // The old rule holds again after a start.
    api.ask("/start", json!({"cluster_name": "train"}))
        .await
        .unwrap();
    assert_eq!(api.cluster("train").await.unwrap()["autostop"], 1);
}

#[tokio::test]
async fn an_idle_cluster_goes_down_if_that_was_asked_for() {
    let api = Api::start().await;
    let task = IDLE.replace("autostop: 1", "autostop: {idle_minutes: 1, down: true}");
    api.launch("train", &task).await.unwrap();
    becomes(&api, None).await;
    let report = api
        .ask("/cost_report", json!({"cluster_names": ["train"]}))
        .await;
    let report = report.unwrap();
    assert_eq!(report[0]["status"], Value::Null);
    assert!(report[0]["usage_intervals"][0][1].is_i64(), "{report}");
}

#[tokio::test]
async fn a_job_keeps_its_cluster_awake() {
    let api = Api::start().await;
    // Two minutes, with one minute of idleness allowed.
    let task = IDLE.replace("echo hello", "sleep 120; echo awake");
    api.launch("train", &task).await.unwrap();
    let token = api.sandbox.skypilot_admin_token();
    let body = json!({"cluster_name": "train", "job_id": 1});
    let log = api.post(token, "/logs", body).await.text().await.unwrap();
    assert!(log.contains("awake") && log.contains("SUCCEEDED"), "{log}");
}

#[tokio::test]
async fn what_cannot_be_stopped_is_not_told_to() {
    let api = Api::start().await;
    let task = "resources:\n  infra: runpod\n  accelerators: L4:1\nrun: echo hello\n";
    api.launch("train", task).await.unwrap();
    let idle = json!({"cluster_name": "train", "idle_minutes": 5});
    for (path, body) in [
        ("/stop", json!({"cluster_name": "train"})),
        ("/autostop", idle),
    ] {
        let (class, message) = api.ask(path, body).await.unwrap_err();
        assert_eq!(class, "NotSupportedError", "{message}");
    }
    let down = json!({"cluster_name": "train", "idle_minutes": 1, "down": true});
    api.ask("/autostop", down).await.unwrap();
    becomes(&api, None).await;
}
