//! The OpenAPI document against the running program: schemathesis sends what the document allows and what it forbids, and
//! compares every response with it.

use crate::{
    fixture::{ADMIN, Browser, DEVELOPER, VIEWER, ordered},
    nodes::ready_node,
    program::{Running, said},
};
use reqwest::Method;
use serde_json::{Value, json};
use std::process::Command;

/// An API token with every scope, as its page shows it once.
async fn token_of(browser: &Browser) -> String {
    let form = [
        ("_page", "/account"),
        ("input[name]", "contract"),
        ("input[expires_in_days]", "1"),
        ("input[scopes][0]", "read"),
        ("input[scopes][1]", "clusters"),
        ("input[scopes][2]", "nodes"),
        ("input[scopes][3]", "admin"),
    ];
    let request = browser.request_of_our_page(Method::POST, "/rpc/create-token");
    let request = request.header("accept", "application/json").form(&form);
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body_json()["secret"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_response_is_one_that_the_document_describes() {
    let schemathesis = std::env::var("HANGAR_TEST_SCHEMATHESIS").expect(
        "HANGAR_TEST_SCHEMATHESIS is not set: run `./dev test`, which fetches schemathesis from PyPI, or set it to \
         bin/schemathesis of a virtual environment with server/tests/contract/requirements.txt",
    );
    let running = Running::start("warn").await;
    let signed_in = async |email: &str| {
        let browser = Browser::at(running.origin());
        browser.sign_in_as(email).await;
        browser
    };
    let (admin, developer) = (signed_in(ADMIN).await, signed_in(DEVELOPER).await);
    let viewer = signed_in(VIEWER).await.get("/api/v1/me").await.body_json();
    let cluster = ordered(&developer, "described").await;
    let node = ready_node(&developer, "described").await;
    let credential = json!({
        "tenant": "vision", "provider": "aws", "name": "described",
        "fields": {
            "access_key_id": "AKIAIOSFODNN7EXAMPLE",
            "secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        },
    });
    let credential = admin
        .json(Method::POST, "/api/v1/credentials", &credential)
        .await
        .body_json();
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    let names = [
        ("HANGAR_CLUSTER", id(&cluster)),
        ("HANGAR_NODE", node.rsplit('/').next().unwrap().to_owned()),
        ("HANGAR_CREDENTIAL", id(&credential)),
        ("HANGAR_USER", id(&viewer)),
    ];
    let authorization = format!("Authorization: Bearer {}", token_of(&admin).await);
    let document = format!("{}/api/openapi.json", running.origin());
    let folder = running.folder.path().to_owned();
    let tested = tokio::task::spawn_blocking(move || {
        Command::new(schemathesis)
            .arg("--config-file")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/contract/schemathesis.toml"
            ))
            .args(["run", &document, "--header", &authorization])
            .envs(names)
            .env("NO_COLOR", "1")
            .current_dir(folder)
            .output()
            .unwrap()
    });
    let tested = tested.await.unwrap();
    let (_, log) = running.stop();
    assert!(tested.status.success(), "{}\n{log}", said(&tested));
    assert!(!log.contains("panicked"), "{log}");
}
