//! Credentials for AWS are really fetched from where they are said to be.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use sandbox::skypilot::CredentialsHandle;
use serde_json::{Value, json};

use super::server::Api;

const TOKEN: &str = "handle-token";
const TASK: &str = "resources:\n  infra: aws\n  accelerators: L4:1\nrun: echo hello\n";

/// What gives out credentials, and counts how often.
#[derive(Clone, Default)]
struct Broker(Arc<Mutex<Giving>>);

#[derive(Default)]
struct Giving {
    refuses: bool,
    given: usize,
}

impl Broker {
    /// Starts one; where it answers.
    async fn start(&self) -> String {
        let router = Router::new()
            .route("/credentials", get(give))
            .with_state(self.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        format!("http://{address}/credentials")
    }

    fn refuse(&self, refuses: bool) {
        self.0.lock().unwrap().refuses = refuses;
    }

    fn given(&self) -> usize {
        self.0.lock().unwrap().given
    }
}

async fn give(State(broker): State<Broker>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let mut giving = broker.0.lock().unwrap();
    let known = headers
        .get("authorization")
        .is_some_and(|token| token == TOKEN);
    if !known || giving.refuses {
        return (StatusCode::FORBIDDEN, Json(json!({"message": "no"})));
    }
    giving.given += 1;
    let credentials = json!({
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "secret",
        "Token": "session",
        "Expiration": "2099-01-01T00:00:00Z",
    });
    (StatusCode::OK, Json(credentials))
}

fn env(uri: &str, token: &str) -> Value {
    json!({
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
    })
}

#[tokio::test]
async fn a_handle_that_is_refused_takes_aws_away_until_it_is_accepted() {
    let (api, broker) = (Api::start().await, Broker::default());
    let uri = broker.start().await;
    let check = |token: &str| json!({"clouds": ["aws"], "workspace": "default", "env_vars": env(&uri, token)});
    assert_eq!(
        api.ask("/check", check(TOKEN)).await.unwrap(),
        json!({"default": {"AWS": ["compute", "storage"]}})
    );
    assert_eq!(broker.given(), 1);
    let refused = api.ask("/check", check("another")).await.unwrap();
    assert_eq!(refused, json!({"default": {}}));

    let launch =
        |token: &str| json!({"cluster_name": "train", "task": TASK, "env_vars": env(&uri, token)});
    let (class, message) = api.ask("/launch", launch("another")).await.unwrap_err();
    assert_eq!(class, "ResourcesUnavailableError");
    assert!(
        message.contains("requires aws which is not enabled"),
        "{message}"
    );
    api.ask("/launch", launch(TOKEN)).await.unwrap();
    assert_eq!(
        api.cluster("train").await.unwrap()["owner"][1],
        "000000000000"
    );
}

#[tokio::test]
async fn without_the_credentials_a_cluster_was_launched_with_nothing_is_done_or_seen() {
    let (api, broker) = (Api::start().await, Broker::default());
    let uri = broker.start().await;
    let with = |more: Value| {
        let mut body = json!({"env_vars": env(&uri, TOKEN)});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let launch = with(json!({"cluster_name": "train", "task": TASK}));
    api.ask("/launch", launch).await.unwrap();
    for path in ["/stop", "/down"] {
        let refused = api.ask(path, json!({"cluster_name": "train"})).await;
        assert_eq!(refused.unwrap_err().0, "CloudUserIdentityError", "{path}");
    }
    let actions = api.sandbox.faults().skypilot().unwrap();
    assert!(actions.end_machine("train"));
    // An old answer, and no word that it is one.
    let look = json!({"cluster_names": ["train"], "refresh": "FORCE"});
    let rows = api.ask("/status", look.clone()).await.unwrap();
    assert_eq!(rows[0]["status"], "UP");
    let rows = api.ask("/status", with(look)).await.unwrap();
    assert_eq!(rows, json!([]));
}

#[tokio::test]
async fn a_workspaces_profile_lets_the_server_itself_see_what_becomes_of_machines() {
    let (api, broker) = (Api::start().await, Broker::default());
    let handle = CredentialsHandle {
        uri: broker.start().await,
        token: TOKEN.to_owned(),
    };
    assert!(!format!("{handle:?}").contains(TOKEN));
    api.sandbox.skypilot().know_aws_profile("team", handle);
    let workspace = json!({"workspace_name": "team", "config": {"aws": {"profile": "team"}}});
    api.ask("/workspaces/create", workspace).await.unwrap();
    assert!(broker.given() > 0, "creating a workspace checks its clouds");
    let launch = json!({
        "cluster_name": "train",
        "task": TASK,
        "override_skypilot_config": {"active_workspace": "team"},
    });
    api.ask("/launch", launch).await.unwrap();
    let actions = api.sandbox.faults().skypilot().unwrap();
    assert!(actions.end_machine("train"));
    // Nobody asks for a look at the cloud; the server looks now and then.
    while api.cluster("train").await.is_some() {}

    broker.refuse(true);
    let check = json!({"clouds": ["aws"], "workspace": "team"});
    assert_eq!(api.ask("/check", check).await.unwrap(), json!({"team": {}}));
}
