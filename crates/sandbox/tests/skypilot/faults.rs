//! Each fault does what its name says, and nothing else.

use std::time::{Duration, Instant};

use sandbox::faults::{FailNext, Faults, Scope, SkypilotFaults};
use serde_json::{Value, json};

use super::server::Api;

const TASK: &str = "resources:\n  infra: aws\n  accelerators: L4:1\nrun: sleep 86400\n";

fn set(faults: &Faults, change: impl FnOnce(&mut SkypilotFaults)) {
    faults.change(|faults| {
        faults.skypilot = SkypilotFaults::default();
        change(&mut faults.skypilot);
    });
}

#[tokio::test]
async fn so_many_requests_fail_and_then_none() {
    let api = Api::start().await;
    let token = api.sandbox.skypilot_admin_token();
    set(api.sandbox.faults(), |faults| {
        faults.fail_next = Some(FailNext {
            requests: 1,
            status: 503,
        });
    });
    let busy = api.get(token, "/users/role").await;
    assert_eq!(busy.status(), 503);
    let body: Value = busy.json().await.unwrap();
    assert_eq!(
        body["detail"],
        "Server is shutting down, please try again later."
    );
    assert_eq!(api.get(token, "/users/role").await.status(), 200);

    set(api.sandbox.faults(), |faults| faults.error_rate = 1.0);
    let crashed = api.get(token, "/users/role").await;
    assert_eq!(crashed.status(), 500);
    // A crash is told in plain text.
    assert!(crashed.json::<Value>().await.is_err());
}

#[tokio::test]
async fn a_lost_answer_is_lost_though_its_request_is_done() {
    let api = Api::start().await;
    let token = api.sandbox.skypilot_admin_token();
    set(api.sandbox.faults(), |faults| faults.drop_answers = 1);
    let launch = json!({"cluster_name": "train", "task": TASK});
    assert!(api.try_post(token, "/launch", launch).await.is_err());
    while api.cluster("train").await.is_none() {}
}

#[tokio::test]
async fn slow_answers_late_and_right() {
    let api = Api::start().await;
    let token = api.sandbox.skypilot_admin_token();
    set(api.sandbox.faults(), |faults| faults.latency_ms = 120);
    let asked = Instant::now();
    assert_eq!(api.get(token, "/users/role").await.status(), 200);
    assert!(asked.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn a_server_that_is_gone_answers_nobody_until_it_is_back() {
    let api = Api::start().await;
    let token = api.sandbox.skypilot_admin_token();
    set(api.sandbox.faults(), |faults| faults.unreachable = true);
    assert!(api.try_post(token, "/status", json!({})).await.is_err());
    set(api.sandbox.faults(), |_| {});
    assert_eq!(api.get(token, "/users/role").await.status(), 200);
}

#[tokio::test]
async fn no_token_is_accepted_while_told_so() {
    let api = Api::start().await;
    let token = api.sandbox.skypilot_admin_token();
    set(api.sandbox.faults(), |faults| faults.unauthorized = true);
    assert_eq!(api.get(token, "/users/role").await.status(), 401);
    set(api.sandbox.faults(), |_| {});
    assert_eq!(api.get(token, "/users/role").await.status(), 200);
}

#[tokio::test]
async fn a_launch_hangs_until_it_is_healed_or_taken_down() {
    let api = Api::start().await;
    let token = api.sandbox.skypilot_admin_token();
    set(api.sandbox.faults(), |faults| {
        faults.launch_hangs = Scope::namespace("stuck");
    });
    api.launch("other", TASK).await.unwrap();
    let body = json!({"cluster_name": "stuck", "task": TASK});
    let id = api.submit(token, "/launch", body).await;
    while api.cluster("stuck").await.is_none() {}
    assert_eq!(api.cluster("stuck").await.unwrap()["status"], "INIT");
    // Taking it down goes first: the launch has to make way.
    api.ask("/down", json!({"cluster_name": "stuck"}))
        .await
        .unwrap();
    assert!(api.cluster("stuck").await.is_none());
    let launch: Value = api
        .get(token, &format!("/api/get?request_id={id}"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(launch["status"], "CANCELLED");

    let body = json!({"cluster_name": "stuck", "task": TASK});
    let id = api.submit(token, "/launch", body).await;
    set(api.sandbox.faults(), |_| {});
    api.result(token, &id).await.unwrap();
}

#[tokio::test]
async fn set_up_fails_for_those_it_is_to_fail_for() {
    let api = Api::start().await;
    set(api.sandbox.faults(), |faults| {
        faults.setup_fails = Scope::namespace("train");
    });
    let task =
        "resources:\n  infra: aws\n  accelerators: L4:1\nsetup: echo installing\nrun: echo hello\n";
    for (name, outcome) in [("train", "FAILED_SETUP"), ("other", "SUCCEEDED")] {
        api.launch(name, task).await.unwrap();
        let token = api.sandbox.skypilot_admin_token();
        let body = json!({"cluster_name": name, "job_id": 1});
        let log = api.post(token, "/logs", body).await.text().await.unwrap();
        assert!(log.contains(&format!("(status: {outcome})")), "{log}");
    }
}

#[tokio::test]
async fn a_cut_stream_ends_with_an_error_and_can_be_read_anew() {
    let api = Api::start().await;
    api.launch("train", TASK).await.unwrap();
    let token = api.sandbox.skypilot_admin_token();
    let body = json!({"cluster_name": "train", "job_id": 1});
    let mut log = api.post(token, "/logs", body).await;
    log.chunk().await.unwrap().unwrap();
    act(&api, "skypilot-cut-streams", json!({})).await;
    let cut = loop {
        match log.chunk().await {
            Ok(Some(_)) => {}
            end => break end,
        }
    };
    assert!(cut.is_err(), "a cut is not an end");
    let again = json!({"cluster_name": "train", "job_id": 1, "follow": false});
    let log = api.post(token, "/logs", again).await.text().await.unwrap();
    assert!(log.contains("Waiting for task resources"), "{log}");
}

#[tokio::test]
async fn a_restart_cuts_and_forgets_requests_and_leaves_launches_half_way() {
    let api = Api::start().await;
    let token = api.sandbox.skypilot_admin_token();
    set(api.sandbox.faults(), |faults| {
        faults.launch_hangs = Scope::EVERYWHERE
    });
    let body = json!({"cluster_name": "train", "task": TASK});
    let id = api.submit(token, "/launch", body).await;
    while api.cluster("train").await.is_none() {}
    act(&api, "skypilot-restart", json!({})).await;
    let gone = api.get(token, &format!("/api/get?request_id={id}")).await;
    assert_eq!(gone.status(), 404);
    set(api.sandbox.faults(), |_| {});
    assert_eq!(api.cluster("train").await.unwrap()["status"], "INIT");
    // A start takes up where the launch was left.
    api.ask("/start", json!({"cluster_name": "train"}))
        .await
        .unwrap();
    assert_eq!(api.cluster("train").await.unwrap()["status"], "UP");
}

#[tokio::test]
async fn machines_end_and_orphans_appear_as_told_over_http() {
    let api = Api::start().await;
    act(
        &api,
        "skypilot-make-orphan",
        json!({"workspace": "default", "cluster": "stray"}),
    )
    .await;
    let stray = api.cluster("stray").await.unwrap();
    assert_eq!(
        (&stray["status"], &stray["user_name"]),
        (&json!("UP"), &json!("admin"))
    );
    act(&api, "skypilot-end-machine", json!({"cluster": "stray"})).await;
    // The server looks at its clouds now and then, and notices.
    while api.cluster("stray").await.is_some() {}

    for (action, target) in [
        ("skypilot-end-machine", json!({"cluster": "stray"})),
        (
            "skypilot-make-orphan",
            json!({"workspace": "nowhere", "cluster": "a"}),
        ),
    ] {
        assert_eq!(try_act(&api, action, target).await, 404, "{action}");
    }
}

async fn act(api: &Api, action: &str, target: Value) {
    assert_eq!(try_act(api, action, target).await, 204, "{action}");
}

async fn try_act(api: &Api, action: &str, target: Value) -> u16 {
    let url = format!("{}/sandbox/faults/actions/{action}", api.sandbox.issuer());
    let request = reqwest::Client::new().post(url).json(&target);
    request.send().await.unwrap().status().as_u16()
}
