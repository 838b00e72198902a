//! What the client sends: SkyPilot ignores unknown fields, so a misspelt one would go unnoticed.

use crate::tape::{client, file};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use skypilot::client::{
    AcceleratorQuery, Acting, Autostop, Identity, Launch, LogLength, Role, SkyPilot, StatusQuery,
    Workspace,
};
use std::{collections::BTreeMap, collections::BTreeSet, time::Duration};
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers::any};

const ID: &str = "30462a9a-dd96-4720-bdf4-4c92d4c7f8b3";

/// The server's own description of a call.
#[derive(Deserialize)]
struct Known {
    query: BTreeSet<String>,
    #[serde(default)]
    fields: BTreeSet<String>,
    #[serde(default)]
    required: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Description {
    calls: BTreeMap<String, Known>,
}

/// Makes every call of the client; the responses do not matter.
async fn everything(sky: &SkyPilot, identity: &Identity, acting: Acting<'_>) {
    let id = ID.parse().unwrap();
    let autostop = Autostop {
        idle_minutes: Some(5),
        down: false,
    };
    let launch = Launch {
        cluster_name: "c",
        task: "run: true",
        dryrun: false,
        no_setup: false,
    };
    let some = Workspace::default();
    let _ = sky.health(identity).await;
    let _ = sky.submit_launch(acting, &launch).await;
    let _ = sky.submit_exec(acting, "c", "run: true").await;
    let _ = sky.launched(identity, &id, Duration::from_secs(5)).await;
    let _ = sky.validate(acting, "run: true").await;
    let _ = sky.status(acting, &StatusQuery::default()).await;
    let _ = sky.submit_start(acting, "c", Some(autostop)).await;
    let _ = sky.submit_stop(acting, "c").await;
    let _ = sky.submit_down(acting, "c").await;
    let _ = sky.submit_autostop(acting, "c", autostop).await;
    let _ = sky.cluster_events(acting, "c").await;
    let _ = sky.endpoints(acting, "c", 22).await;
    let _ = sky.queue(acting, "c").await;
    let _ = sky.submit_cancel(acting, "c", &[1]).await;
    let _ = sky.job_log(acting, "c", Some(1), LogLength::ALL).await;
    let _ = sky.provision_log(acting, "c", LogLength::ALL).await;
    let _ = sky
        .request_log(
            identity,
            &id,
            LogLength {
                follow: true,
                tail: Some(5),
            },
        )
        .await;
    let _ = sky.request(identity, &id).await;
    let _ = sky.requests_about(identity, "c", true).await;
    let _ = sky.cancel_requests(acting, &[id]).await;
    let _ = sky
        .list_accelerators(acting, &AcceleratorQuery::default())
        .await;
    let _ = sky.submit_check(acting, None).await;
    let _ = sky.enabled_clouds(acting, "w").await;
    let _ = sky.workspaces(acting).await;
    let _ = sky.submit_create_workspace(acting, "w", &some).await;
    let _ = sky.submit_update_workspace(acting, "w", &some).await;
    let _ = sky.submit_delete_workspace(acting, "w").await;
    let _ = sky.who_am_i(identity).await;
    let _ = sky.create_service_account(acting, "a", Role::User, 0).await;
    let _ = sky.service_accounts(acting).await;
    let _ = sky.rotate_service_account(acting, "t", 0).await;
    let _ = sky.delete_service_account(acting, "t").await;
    let _ = sky
        .set_service_account_role(acting, "t", Role::Viewer)
        .await;
}

async fn sent(identity: &Identity, variables: &[(String, SecretString)]) -> Vec<Request> {
    let server = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .insert_header("X-Skypilot-Request-ID", ID)
        .set_body_json(Value::Null);
    Mock::given(any()).respond_with(answer).mount(&server).await;
    let acting = Acting::by(identity)
        .within("hgr-acme-dev")
        .with_variables(variables);
    everything(&client(&server.uri()), identity, acting).await;
    server.received_requests().await.unwrap()
}

#[tokio::test]
async fn every_call_is_one_that_the_server_describes_with_the_fields_it_knows() {
    let description: Description = serde_json::from_str(&file("openapi")).unwrap();
    let mut called = BTreeSet::new();
    for request in sent(&crate::tape::identity(), &[]).await {
        let call = format!("{} {}", request.method, request.url.path());
        let known = description
            .calls
            .get(&call)
            .unwrap_or_else(|| panic!("there is no {call}"));
        for (name, _) in request.url.query_pairs() {
            assert!(
                known.query.contains(&*name),
                "{call} has no parameter {name}"
            );
        }
        if !known.fields.is_empty() {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            let sent: BTreeSet<String> = body.as_object().unwrap().keys().cloned().collect();
            let unknown: Vec<_> = sent.difference(&known.fields).collect();
            assert!(unknown.is_empty(), "{call} has no {unknown:?}");
            let lacking: Vec<_> = known.required.difference(&sent).collect();
            assert!(lacking.is_empty(), "{call} needs {lacking:?}");
        }
        called.insert(call);
    }
    let described: BTreeSet<String> = description.calls.into_keys().collect();
    assert_eq!(called, described, "each call is made once at least");
}

#[tokio::test]
async fn versions_identity_and_workspace_go_with_every_call() {
    let bearer = Identity::Bearer(SecretString::from("sky_secret"));
    let handle = [(
        "AWS_CONTAINER_AUTHORIZATION_TOKEN".to_owned(),
        SecretString::from("handle"),
    )];
    for request in sent(&bearer, &handle).await {
        let header = |name: &str| {
            request
                .headers
                .get(name)
                .map(|value| value.to_str().unwrap())
        };
        assert_eq!(
            header("x-skypilot-api-version"),
            Some("62"),
            "{}",
            request.url
        );
        assert_eq!(header("x-skypilot-version"), Some("0.14.1"));
        assert_eq!(header("authorization"), Some("Bearer sky_secret"));
        if request.method == "POST" {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            assert_eq!(
                body["override_skypilot_config"],
                json!({"active_workspace": "hgr-acme-dev"})
            );
            assert_eq!(
                body["env_vars"],
                json!({"AWS_CONTAINER_AUTHORIZATION_TOKEN": "handle"})
            );
        }
        if request.url.path() == "/check" {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            assert_eq!(body["workspace"], "hgr-acme-dev");
        }
        if request.url.path() == "/status" {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            assert_eq!(
                (&body["include_handle"], &body["include_credentials"]),
                (&json!(false), &json!(false))
            );
        }
    }
}
