//! Clusters from launch to take-down.

use super::server::Api;
use sandbox::faults::{FaultSettings, NoCapacity, ScarcePlace};
use serde_json::json;
use std::{os::unix::fs::PermissionsExt, process::Command};

const TASK: &str = "resources:\n  infra: aws\n  accelerators: L4:1\n  ports: [22]\nrun: |\n  echo hello\n  echo world\n";
/// The cheapest is on RunPod.
const ANYWHERE: &str = "resources:\n  accelerators: L4:1\n  ports: [22]\nrun: echo hello\n";

#[tokio::test]
async fn a_cluster_comes_up_runs_its_task_stops_starts_and_goes() {
    let api = Api::start().await;
    let launched = api.launch("train", TASK).await.unwrap();
    assert_eq!(launched["job_id"], 1);
    let cluster = api.cluster("train").await.unwrap();
    assert_eq!(cluster["status"], "UP");
    assert!(cluster["credentials"]["ssh_private_key_content"].is_string());

    let token = api.sandbox.skypilot_admin_token();
    let log = api
        .post(
            token,
            "/logs",
            json!({"cluster_name": "train", "follow": true}),
        )
        .await
        .text()
        .await
        .unwrap();
    assert!(log.contains("hello") && log.contains("world"), "{log}");
    assert!(log.contains("Job finished (status: SUCCEEDED)"), "{log}");

    api.ask("/stop", json!({"cluster_name": "train"}))
        .await
        .unwrap();
    assert_eq!(api.cluster("train").await.unwrap()["status"], "STOPPED");
    let refused = api
        .ask(
            "/exec",
            json!({"cluster_name": "train", "task": "run: hostname"}),
        )
        .await;
    assert_eq!(refused.unwrap_err().0, "ClusterNotUpError");
    api.ask("/start", json!({"cluster_name": "train"}))
        .await
        .unwrap();
    assert_eq!(api.cluster("train").await.unwrap()["status"], "UP");
    api.ask("/down", json!({"cluster_name": "train"}))
        .await
        .unwrap();
    assert!(api.cluster("train").await.is_none());
}

#[tokio::test]
async fn a_launch_looks_elsewhere_and_tells_each_place_if_there_is_nothing() {
    let api = Api::start().await;
    let faults = api.sandbox.faults();
    let mut settings = FaultSettings::default();
    settings.skypilot.no_capacity = NoCapacity::Places(vec![ScarcePlace {
        cloud: Some("runpod".into()),
        ..ScarcePlace::default()
    }]);
    faults.replace(settings.clone());
    api.launch("elsewhere", ANYWHERE).await.unwrap();
    let cluster = api.cluster("elsewhere").await.unwrap();
    assert_ne!(cluster["cloud"], "RunPod");

    settings.skypilot.no_capacity = NoCapacity::All(true);
    faults.replace(settings);
    let (class, message) = api.launch("nowhere", ANYWHERE).await.unwrap_err();
    assert_eq!(class, "ResourcesUnavailableError");
    assert!(message.contains("✗ "), "{message}");
    assert!(api.cluster("nowhere").await.is_none());
}

#[tokio::test]
async fn a_restart_forgets_requests_and_keeps_clusters_users_and_tokens() {
    let directory = tempfile::tempdir().unwrap();
    let api = Api::start_in(Some(directory.path())).await;
    let token = api.sandbox.skypilot_admin_token().to_owned();
    let body = json!({"cluster_name": "kept", "task": TASK});
    let id = api.submit(&token, "/launch", body).await;
    api.result(&token, &id).await.unwrap();
    api.sandbox.shutdown().await;

    let again = Api::start_in(Some(directory.path())).await;
    assert_eq!(again.sandbox.skypilot_admin_token(), token);
    let gone = again
        .get(&token, &format!("/api/get?request_id={id}"))
        .await;
    assert_eq!(gone.status(), 404);
    assert_eq!(again.clusters().get("kept").await.unwrap()["status"], "UP");
}

#[tokio::test]
async fn a_machine_ended_in_the_cloud_is_up_until_somebody_really_looks() {
    let api = Api::start().await;
    api.launch("doomed", TASK).await.unwrap();
    let actions = api.sandbox.faults().skypilot().unwrap();
    assert!(actions.end_machine("doomed"));
    assert_eq!(api.cluster("doomed").await.unwrap()["status"], "UP");
    let body = json!({"cluster_names": ["doomed"], "refresh": "FORCE"});
    assert_eq!(api.ask("/status", body).await.unwrap(), json!([]));
}

#[tokio::test]
async fn people_get_in_with_the_clusters_key_by_ssh_and_nobody_without() {
    let api = Api::start().await;
    api.launch("train", TASK).await.unwrap();
    let endpoints = api
        .ask("/endpoints", json!({"cluster": "train", "port": 22}))
        .await
        .unwrap();
    let address = endpoints["22"].as_str().unwrap().to_owned();
    let (host, port) = address.split_once(':').unwrap();
    let cluster = api.cluster("train").await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let key = directory.path().join("key.pem");
    let text = |field: &str| cluster["credentials"][field].as_str().unwrap().to_owned();
    std::fs::write(&key, text("ssh_private_key_content")).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    let ssh = |key: std::path::PathBuf| {
        let mut command = Command::new("ssh");
        command
            .args([
                "-F",
                "none",
                "-o",
                "BatchMode=yes",
                "-o",
                "StrictHostKeyChecking=no",
            ])
            .args([
                "-o",
                "UserKnownHostsFile=/dev/null",
                "-o",
                "IdentitiesOnly=yes",
                "-i",
            ])
            .arg(key)
            .args(["-p", port, "-l", &text("ssh_user"), host, "nvidia-smi"]);
        tokio::task::spawn_blocking(move || command.output().expect("OpenSSH is there"))
    };
    let inside = ssh(key).await.unwrap();
    let printed = String::from_utf8_lossy(&inside.stdout).into_owned();
    let said = String::from_utf8_lossy(&inside.stderr).into_owned();
    assert!(inside.status.success(), "{printed}{said}");
    assert!(printed.contains("L4"), "{printed}");

    let other = directory.path().join("other");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-f"])
        .arg(&other)
        .status()
        .unwrap();
    assert!(made.success());
    assert!(!ssh(other).await.unwrap().status.success());
}

#[tokio::test]
async fn a_second_launch_gives_its_task_to_the_cluster_that_is_there() {
    let api = Api::start().await;
    api.launch("train", TASK).await.unwrap();
    let again = api.launch("train", TASK).await.unwrap();
    assert_eq!(again["job_id"], 2);
    let larger = TASK.replace("L4:1", "L4:8");
    let (class, _) = api.launch("train", &larger).await.unwrap_err();
    assert_eq!(class, "ResourcesMismatchError");
}

#[tokio::test]
async fn places_are_tried_in_the_order_of_their_prices() {
    let api = Api::start().await;
    let nowhere_but = |region: &str| {
        let places = ["us-east-1", "us-west-2", "eu-central-1", "ap-northeast-1"];
        let scarce = places.into_iter().filter(|place| *place != region);
        NoCapacity::Places(
            scarce
                .map(|region| ScarcePlace {
                    region: Some(region.into()),
                    ..ScarcePlace::default()
                })
                .collect(),
        )
    };
    let faults = api.sandbox.faults();
    faults.change(|faults| faults.skypilot.no_capacity = nowhere_but("eu-central-1"));
    let token = api.sandbox.skypilot_admin_token();
    let body = json!({"cluster_name": "train", "task": TASK});
    let id = api.submit(token, "/launch", body).await;
    api.result(token, &id).await.unwrap();
    assert_eq!(
        api.cluster("train").await.unwrap()["region"],
        "eu-central-1"
    );
    let path = format!("/api/stream?request_id={id}&format=plain");
    let log = api.get(token, &path).await.text().await.unwrap();
    let at = |text: &str| {
        log.find(text)
            .unwrap_or_else(|| panic!("no {text} in {log}"))
    };
    let first = at("Launching on AWS us-east-1");
    let again = at("Trying other potential resources.");
    assert!(
        first < again && again < at("Launching on AWS eu-central-1"),
        "{log}"
    );
    assert!(!log.contains("ap-northeast-1"), "{log}");

    let body = json!({"cluster_name": "train"});
    let said = api.post(token, "/provision_logs?follow=false", body).await;
    let said = said.text().await.unwrap();
    assert!(said.contains("Launching on AWS us-east-1"), "{said}");
    assert!(said.contains("Cluster launched: train"), "{said}");
}

#[tokio::test]
async fn a_launch_that_may_wait_goes_on_until_there_is_capacity() {
    let api = Api::start().await;
    let faults = api.sandbox.faults();
    faults.change(|faults| faults.skypilot.no_capacity = NoCapacity::All(true));
    let token = api.sandbox.skypilot_admin_token();
    let body = json!({"cluster_name": "train", "task": TASK, "retry_until_up": true});
    let id = api.submit(token, "/launch", body).await;
    let events = json!({"cluster_name": "train", "event_type": "STATUS_CHANGE"});
    loop {
        let events = api.ask("/cluster_events", events.clone()).await;
        let Ok(events) = events else { continue };
        let mut reasons = events.as_array().unwrap().iter();
        if reasons.any(|reason| reason.as_str().unwrap().starts_with("Retrying")) {
            break;
        }
    }
    faults.change(|faults| faults.skypilot.no_capacity = NoCapacity::All(false));
    api.result(token, &id).await.unwrap();
}
