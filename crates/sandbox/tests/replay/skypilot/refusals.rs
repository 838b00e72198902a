//! Requests that are refused.

use sandbox::faults::Scope;
use serde_json::{Value, json};

use super::api::{Api, Recording};

/// The account that asked on the recorded server.
const RECORDED_USERS: [&str; 4] = ["aaaa1111", "bbbb2222", "cccc3333", "fcd1e5cf"];

/// Makes the account that asks here correspond to all that asked there.
async fn as_one_user(api: &mut Api) {
    let me = api
        .ask(&api.admin(), "GET", "/users/role", &Value::Null)
        .await
        .body;
    for user in RECORDED_USERS {
        api.comparison.corresponds(user, me["id"].as_str().unwrap());
    }
}

/// In the default workspace: the recorded one was another test's.
fn anywhere(recording: Recording) -> Recording {
    recording.asking(|body| body["override_skypilot_config"] = json!({}))
}

#[tokio::test]
async fn invalid_tasks_names_and_workspaces_are_refused_as_recorded() {
    let mut api = Api::start().await;
    let admin = api.admin();
    as_one_user(&mut api).await;
    for number in ["158", "163", "164", "165"] {
        api.replayed(&admin, number, anywhere(Recording::load(number)))
            .await;
    }
    for number in ["079", "083", "081"] {
        api.replay(&admin, number).await;
    }
}

#[tokio::test]
async fn a_launch_without_any_cloud_says_so() {
    let mut api = Api::start().await;
    let admin = api.admin();
    as_one_user(&mut api).await;
    let clouds = ["aws", "gcp", "azure", "lambda", "runpod", "nebius", "oci"];
    let disabled: Value = clouds
        .map(|cloud| (cloud.to_owned(), json!({"disabled": true})))
        .into_iter()
        .collect::<serde_json::Map<_, _>>()
        .into();
    let workspace = json!({"workspace_name": "nowhere", "config": disabled});
    let id = api
        .submit(&admin, "POST", "/workspaces/create", &workspace)
        .await;
    let path = format!("/api/get?request_id={id}");
    assert_eq!(
        api.ask(&admin, "GET", &path, &Value::Null).await.status,
        200
    );
    let recording = Recording::load("035").asking(|body| {
        body["override_skypilot_config"] = json!({"active_workspace": "nowhere"});
    });
    api.replayed(&admin, "035", recording).await;
}

#[tokio::test]
async fn a_launch_without_capacity_names_each_place_tried() {
    let mut api = Api::start().await;
    let admin = api.admin();
    as_one_user(&mut api).await;
    api.sandbox
        .faults()
        .change(|faults| faults.skypilot.no_capacity = Scope::EVERYWHERE);
    api.replay(&admin, "042").await;
}
