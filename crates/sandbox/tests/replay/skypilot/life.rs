//! A cluster from its launch to its end.

use sandbox::faults::Scope;
use serde_json::{Value, json};

use super::api::{Api, Recording};

/// What was launched when these were recorded; the answer to that was an error of the test bed's.
const TASK: &str = "name: hello\nresources:\n  infra: aws/us-east-1\n  instance_type: m6i.large\nrun: |\n  echo hello\n";
/// As the recorded server wrote the task of another launch.
const GPU_TASK: &str =
    "name: t1\nresources:\n  infra: aws/us-east-1\n  accelerators: H100:1\nrun: |\n  nvidia-smi\n";

/// A tenant's account and workspace, called as the recorded ones.
struct Tenant {
    api: Api,
    token: String,
}

impl Tenant {
    async fn start() -> Self {
        let mut api = Api::start().await;
        let admin = api.admin();
        let body = json!({"token_name": "tenant-a", "role": "user"});
        let path = "/users/service-account-tokens";
        let made = api.ask(&admin, "POST", path, &body).await.body;
        let id = made["service_account_user_id"].as_str().unwrap();
        api.comparison.corresponds("aaaa1111", id);
        let token = made["token"].as_str().unwrap().to_owned();
        let tenant = Self { api, token };
        let workspace = json!({"workspace_name": "env-a", "config": {}});
        tenant
            .finish(&admin, "/workspaces/create", &workspace)
            .await;
        tenant
    }

    /// Asks and waits for the end. The result.
    async fn finish(&self, token: &str, path: &str, body: &Value) -> Value {
        let id = self.api.submit(token, "POST", path, body).await;
        let path = format!("/api/get?request_id={id}");
        let answer = self.api.ask(token, "GET", &path, &Value::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(answer.body["return_value"].as_str().unwrap()).unwrap()
    }

    /// Asks something about the cluster in the tenant's workspace.
    async fn about(&self, path: &str, more: Value) -> Value {
        self.finish(&self.token, path, &within(more)).await
    }

    async fn replay(&mut self, number: &str) {
        self.api.replay(&self.token, number).await;
    }
}

fn within(more: Value) -> Value {
    let mut body = json!({
        "cluster_name": "dev-a",
        "override_skypilot_config": {"active_workspace": "env-a"},
        "entrypoint_command": "portal",
    });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    body
}

/// The recorded row of a job; the other rows were of jobs that failed with the test bed.
fn job(number: &str, id: i64) -> Value {
    let rows = Recording::load(number).result();
    let rows = rows.as_array().unwrap().iter();
    rows.filter(|row| row["job_id"] == id).cloned().collect()
}

#[tokio::test]
async fn a_cluster_lives_as_the_recorded_one_did() {
    let mut tenant = Tenant::start().await;
    tenant.about("/launch", json!({"task": TASK})).await;
    tenant.replay("125").await;
    tenant.replay("126").await;

    let queue = tenant.about("/queue", json!({"all_users": true})).await;
    tenant
        .api
        .compare("128", &job("128", 2), &json!([queue[0]]));
    for number in ["132", "134"] {
        tenant.replay(number).await;
    }
    events(&tenant).await;

    // Its answer was not recorded as a whole.
    let long = json!({"task": "name: longjob\nrun: sleep 300000\n"});
    tenant.about("/exec", long).await;
    while tenant.about("/queue", json!({})).await[0]["status"] != "RUNNING" {}
    tenant.replay("145").await;
    let queue = tenant.about("/queue", json!({"all_users": true})).await;
    tenant
        .api
        .compare("147", &job("147", 3), &json!([queue[0]]));

    for number in ["152", "154", "156", "170"] {
        tenant.replay(number).await;
    }
    assert_eq!(tenant.about("/down", json!({})).await, Value::Null);
    assert_eq!(tenant.about("/status", json!({})).await, json!([]));
}

async fn events(tenant: &Tenant) {
    let asked = json!({"event_type": "STATUS_CHANGE,LAUNCH_PROGRESS", "include_timestamps": true});
    let ours = tenant.about("/cluster_events", asked).await;
    let reasons = |events: &Value| {
        let mut reasons = Vec::new();
        for event in events.as_array().unwrap() {
            assert!(event["transitioned_at"].is_i64());
            reasons.push(event["reason"].as_str().unwrap().to_owned());
        }
        // The last two were of the same second, and recorded in no order.
        reasons[4..].sort();
        reasons
    };
    assert_eq!(reasons(&ours), reasons(&Recording::load("140").result()));
}

#[tokio::test]
async fn a_cluster_whose_launch_goes_on_or_was_cancelled_looks_as_recorded() {
    let mut tenant = Tenant::start().await;
    let token = tenant.token.clone();
    tenant
        .api
        .sandbox
        .faults()
        .change(|faults| faults.skypilot.launch_hangs = Scope::EVERYWHERE);
    let launch = json!({"cluster_name": "ca", "task": GPU_TASK, "entrypoint_command": "portal"});
    let id = tenant.api.submit(&token, "POST", "/launch", &launch).await;

    let asked = json!({"include_credentials": false, "include_handle": false});
    let mut rows = tenant.finish(&token, "/status", &asked).await;
    while rows == json!([]) {
        rows = tenant.finish(&token, "/status", &asked).await;
    }
    let mut recorded = Recording::load("058").result();
    recorded.as_array_mut().unwrap().truncate(1);
    let fields = recorded[0].as_object_mut().unwrap();
    // Here it is launched with nobody's credentials, so it has no owner; and each dumps YAML in its own way.
    fields.remove("owner");
    fields.remove("last_creation_yaml");
    let yaml = rows[0]
        .as_object_mut()
        .unwrap()
        .remove("last_creation_yaml");
    let yaml = yaml.as_ref().and_then(Value::as_str).unwrap();
    assert!(yaml.contains("infra: aws/us-east-1"), "{yaml}");
    tenant.api.compare("058", &recorded, &rows);

    let cancel = json!({"request_ids": [id]});
    let cancelled = tenant.finish(&token, "/api/cancel", &cancel).await;
    assert_eq!(cancelled, json!([id]));
    let recorded = Recording::load("061");
    let theirs = recorded.body()["request_id"].as_str().unwrap();
    tenant.api.comparison.corresponds(theirs, &id);
    let path = format!("/api/get?request_id={id}");
    let answer = tenant.api.ask(&token, "GET", &path, &Value::Null).await;
    assert_eq!(answer.status, 200);
    tenant.api.compare("061", recorded.body(), &answer.body);
    let after = tenant.finish(&token, "/status", &asked).await;
    assert_eq!(after[0]["status"], "INIT");
}

#[tokio::test]
async fn offers_have_the_form_of_the_recorded_ones() {
    let mut tenant = Tenant::start().await;
    let recording = Recording::load("025")
        .asking(|body| body["region_filter"] = json!("us-east-1"))
        .expecting(|body| {
            // The recorded catalogue had two regions.
            let text = body["return_value"].as_str().unwrap();
            let mut offers: Value = serde_json::from_str(text).unwrap();
            let rows = offers["H100"].as_array_mut().unwrap();
            rows.retain(|row| row[9] == "us-east-1");
            body["return_value"] = json!(offers.to_string());
        });
    let token = tenant.token.clone();
    tenant.api.replayed(&token, "025", recording).await;
}
