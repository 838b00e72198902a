//! Credentials for AWS are really fetched from where they are said to be.

use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sandbox::faults::Scope;
use sandbox::skypilot::{AwsCredentials, AwsProfiles};
use serde_json::{Value, json};

use super::server::Api;
use crate::aws;

const TOKEN: &str = "handle-token";
const TASK: &str = "resources:\n  infra: aws\n  accelerators: L4:1\nrun: echo hello\n";

/// What gives out credentials, and counts how often.
#[derive(Clone, Default)]
struct Broker(Arc<Mutex<usize>>);

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

    fn given(&self) -> usize {
        *self.0.lock().unwrap()
    }
}

async fn give(State(broker): State<Broker>, headers: HeaderMap) -> (StatusCode, Json<Value>) {
    let known = headers
        .get("authorization")
        .is_some_and(|token| token == TOKEN);
    if !known {
        return (StatusCode::FORBIDDEN, Json(json!({"message": "no"})));
    }
    *broker.0.lock().unwrap() += 1;
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

/// Plays the `credential_process` of every profile.
#[derive(Clone)]
struct Profiles {
    answer: Arc<Mutex<Result<Option<AwsCredentials>, String>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Profiles {
    /// In place of the profiles of this server.
    fn of(api: &Api, answer: Result<Option<AwsCredentials>, String>) -> Self {
        let profiles = Self {
            answer: Arc::new(Mutex::new(answer)),
            asked: Arc::default(),
        };
        let plays = Arc::new(profiles.clone());
        api.sandbox.skypilot().use_aws_profiles(plays);
        profiles
    }

    fn answer(&self, answer: Result<Option<AwsCredentials>, String>) {
        *self.answer.lock().unwrap() = answer;
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl AwsProfiles for Profiles {
    fn credentials<'a>(
        &'a self,
        profile: &'a str,
    ) -> BoxFuture<'a, Result<Option<AwsCredentials>, String>> {
        self.asked.lock().unwrap().push(profile.to_owned());
        std::future::ready(self.answer.lock().unwrap().clone()).boxed()
    }
}

/// Credentials of another STS than the sandbox's.
fn foreign() -> AwsCredentials {
    AwsCredentials {
        access_key_id: "ASIAEXAMPLE".to_owned(),
        secret_access_key: "canary".to_owned(),
        token: "canary".to_owned(),
        expiration: jiff::Timestamp::MAX,
    }
}

/// Makes a workspace with a profile, and launches a machine in it.
async fn launch_in_team(api: &Api) {
    let workspace = json!({"workspace_name": "team", "config": {"aws": {"profile": "hgr-team"}}});
    api.ask("/workspaces/create", workspace).await.unwrap();
    let launch = json!({
        "cluster_name": "train",
        "task": TASK,
        "override_skypilot_config": {"active_workspace": "team"},
    });
    api.ask("/launch", launch).await.unwrap();
}

async fn down_in_team(api: &Api) -> Result<Value, (String, String)> {
    let down = json!({
        "cluster_name": "train",
        "override_skypilot_config": {"active_workspace": "team"},
    });
    api.ask("/down", down).await
}

async fn clouds_of_team(api: &Api) -> Value {
    let check = json!({"clouds": ["aws"], "workspace": "team"});
    api.ask("/check", check).await.unwrap()["team"].clone()
}

#[tokio::test]
async fn a_workspaces_profile_lets_the_server_itself_see_what_becomes_of_machines() {
    let api = Api::start().await;
    assert!(!format!("{:?}", foreign()).contains("canary"));
    let profiles = Profiles::of(&api, Ok(Some(foreign())));
    launch_in_team(&api).await;
    assert_eq!(profiles.asked.lock().unwrap()[0], "hgr-team");
    assert_eq!(profiles.asked(), 2, "once for each call");
    let actions = api.sandbox.faults().skypilot().unwrap();
    assert!(actions.end_machine("train"));
    // Nobody asks for a look at the cloud; the server looks now and then.
    while api.cluster("train").await.is_some() {}

    profiles.answer(Err("it is suspended".to_owned()));
    assert_eq!(clouds_of_team(&api).await, json!({}));
}

#[tokio::test]
async fn a_profile_without_credentials_leaves_a_workspace_with_the_servers_own() {
    let api = Api::start().await;
    let profiles = Profiles::of(&api, Ok(None));
    launch_in_team(&api).await;
    let cluster = api.cluster("train").await.unwrap();
    assert_eq!(cluster["owner"], Value::Null);
    // Those that come later are for what comes later.
    profiles.answer(Err("it is suspended".to_owned()));
    assert_eq!(clouds_of_team(&api).await, json!({}));
    down_in_team(&api).await.unwrap();
}

#[tokio::test]
async fn a_machine_belongs_to_whom_the_session_is_of_and_is_out_of_reach_without_the_key() {
    let api = Api::start().await;
    let session = aws::session_of(&api.sandbox, "AKIAIOSFODNN7EXAMPLE").await;
    Profiles::of(&api, Ok(Some(session)));
    launch_in_team(&api).await;
    let cluster = api.cluster("train").await.unwrap();
    assert_eq!(cluster["owner"][1], "581039954779");

    let deleted = Scope::namespace("AKIAIOSFODNN7EXAMPLE");
    let faults = api.sandbox.faults();
    faults.change(|faults| faults.aws.unknown_keys = deleted);
    assert_eq!(clouds_of_team(&api).await, json!({}));
    let (class, message) = down_in_team(&api).await.unwrap_err();
    assert_eq!(class, "CloudUserIdentityError");
    assert!(message.contains("InvalidClientTokenId"), "{message}");
    faults.change(|faults| faults.aws.unknown_keys = Scope::default());
    down_in_team(&api).await.unwrap();
}
