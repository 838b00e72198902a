//! A tenant's AWS credential on its way: asked about, lent to the SkyPilot API server, counted, suspended.

use super::{address, catalogue_is_read, delete_node, node_order, ready_node, until};
use crate::fixture::{ADMIN, Browser, DEVELOPER, OTHER_DEVELOPER, PATIENCE, TestPortal};
use reqwest::Method;
use sandbox::faults::Scope;
use serde_json::{Value, json};
use std::time::Instant;

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
/// Which AWS's ids of keys tell.
const ACCOUNT: &str = "581039954779";

/// Stores keys for the tenant `vision`; answers where they are in the API.
async fn stored(admin: &Browser) -> String {
    let input = json!({
        "tenant": "vision",
        "provider": "aws",
        "name": "Training",
        "fields": {
            "access_key_id": KEY,
            "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        },
    });
    let answer = admin
        .json(Method::POST, "/api/v1/credentials", &input)
        .await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let id = answer.body_json()["id"].as_str().unwrap().to_owned();
    format!("/api/v1/credentials/{id}")
}

/// What the audit log has of a tenant's credentials being handed out.
async fn handed_out(admin: &Browser, tenant: &str) -> Vec<Value> {
    let path = format!("/api/v1/audit?tenant={tenant}&action=use_credential");
    let page = admin.get(&path).await.body_json();
    page["items"].as_array().unwrap().clone()
}

/// Waits until an order for AWS finds a machine or no machine.
async fn until_offered(program: &Browser, offered: bool) -> Value {
    let begun = Instant::now();
    loop {
        let order = node_order("another");
        let quote = program
            .json(Method::POST, "/api/v1/nodes/quote", &order)
            .await
            .body_json();
        if (quote["errors"] == json!([])) == offered {
            return quote;
        }
        assert!(begun.elapsed() < PATIENCE, "{quote:#}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_credential_is_asked_about_lent_for_a_launch_and_counted() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let credential = stored(&admin).await;
    let checked = admin.post(&format!("{credential}/check")).await.body_json();
    assert_eq!(checked["accepted"], true, "{checked:#}");
    assert_eq!(checked["account"], ACCOUNT);
    let user = format!("arn:aws:iam::{ACCOUNT}:user/sandbox-mple");
    assert_eq!(checked["identity"], user);

    let developer = portal.program_of(DEVELOPER).await;
    ready_node(&developer, "trainer").await;
    let shown = admin.get(&credential).await.body_json();
    assert!(shown["uses"].as_u64().unwrap() > 0, "{shown:#}");
    assert!(shown["last_used_at"].is_string(), "{shown:#}");
    let entries = handed_out(&admin, "vision").await;
    let last = entries.first().unwrap();
    assert_eq!(last["outcome"], "done", "{last:#}");
    assert_eq!(last["target_name"], "Training", "{last:#}");
    assert!(
        last["detail"]
            .as_str()
            .unwrap()
            .contains("AWS session ASIA")
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_tenant_without_a_credential_launches_on_aws_and_nobody_is_asked_for_one() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    stored(&admin).await;
    let program = portal.program_of(OTHER_DEVELOPER).await;
    catalogue_is_read(&program).await;
    let mut order = node_order("trainer");
    order["tenant"] = "payments".into();
    let answer = program.json(Method::POST, "/api/v1/nodes", &order).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let address = address(&answer.body_json());
    let ready = until(&program, &address, |node| node["state"] == "ready").await;
    assert_eq!(ready["placement"]["cloud"], "aws");
    assert!(handed_out(&admin, "payments").await.is_empty());
    portal.stop().await;
}

#[tokio::test]
async fn without_its_credential_aws_is_out_of_a_workspaces_reach_until_it_is_back() {
    let portal = TestPortal::start().await;
    let admin = portal.program_of(ADMIN).await;
    let credential = stored(&admin).await;
    let developer = portal.program_of(DEVELOPER).await;
    let node = ready_node(&developer, "trainer").await;

    let suspended = admin.post(&format!("{credential}/suspend")).await;
    assert_eq!(suspended.status, 200, "{}", suspended.body);
    let quote = until_offered(&developer, false).await;
    assert_eq!(quote["errors"][0]["field"], "cloud", "{quote:#}");
    assert_eq!(delete_node(&developer, &node, "trainer").await.status, 202);
    let failed = until(&developer, &node, |node| node["failure"].is_object()).await;
    let message = failed["failure"]["message"].as_str().unwrap();
    assert!(
        message.contains("Training") && message.contains("is suspended"),
        "{message}"
    );

    admin.post(&format!("{credential}/restore")).await;
    until_offered(&developer, true).await;
    super::until_gone(&developer, &node).await;
    portal.stop().await;
}

#[tokio::test]
async fn a_key_that_aws_does_not_know_is_told_and_opens_nothing() {
    let portal = TestPortal::start().await;
    let unknown = |keys: Scope| {
        let faults = portal.sandbox().faults();
        faults.change(|faults| faults.aws.unknown_keys = keys);
    };
    unknown(Scope::namespace(KEY));
    let admin = portal.program_of(ADMIN).await;
    let credential = stored(&admin).await;
    let checked = admin.post(&format!("{credential}/check")).await.body_json();
    assert_eq!(checked["accepted"], false, "{checked:#}");
    let message = checked["message"].as_str().unwrap();
    assert!(
        message.contains("does not know the access key"),
        "{message}"
    );
    let developer = portal.program_of(DEVELOPER).await;
    catalogue_is_read(&developer).await;
    until_offered(&developer, false).await;
    assert!(handed_out(&admin, "vision").await.is_empty());
    portal.stop().await;
}
