//! Who may do what, and what is not accepted.

use super::server::Api;
use serde_json::{Value, json};

/// A service account with a workspace of its own; its token.
async fn account(api: &Api, name: &str) -> String {
    let admin = api.sandbox.skypilot_admin_token();
    let body = json!({"token_name": name, "role": "user", "env_vars": {}});
    let made: Value = api
        .post(admin, "/users/service-account-tokens", body)
        .await
        .json()
        .await
        .unwrap();
    let workspace = json!({
        "workspace_name": name,
        "config": {"private": true, "allowed_users": [made["service_account_user_id"]]},
    });
    api.ask("/workspaces/create", workspace).await.unwrap();
    made["token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn nobody_is_anybody_without_a_token() {
    let api = Api::start().await;
    let health = api.get("", "/api/health").await;
    assert_eq!(health.status(), 200);
    for token in ["", "sky_nonsense"] {
        let refused = api.get(token, "/users/role").await;
        assert_eq!(refused.status(), 401, "{token:?}");
    }
}

#[tokio::test]
async fn a_private_workspace_and_its_requests_are_closed_to_others() {
    let api = Api::start().await;
    let (one, other) = (account(&api, "one").await, account(&api, "other").await);
    let within =
        |workspace: &str| json!({"override_skypilot_config": {"active_workspace": workspace}});
    let id = api.submit(&other, "/status", within("one")).await;
    let (class, message) = api.result(&other, &id).await.unwrap_err();
    assert_eq!(class, "PermissionDeniedError", "{message}");
    let own = api.submit(&one, "/status", within("one")).await;
    let seen = api.get(&other, &format!("/api/get?request_id={own}")).await;
    assert_eq!(seen.status(), 404);
    let forbidden = api
        .post(
            &one,
            "/workspaces/delete",
            json!({"workspace_name": "other"}),
        )
        .await;
    assert_eq!(forbidden.status(), 403);
}

#[tokio::test]
async fn bad_names_tasks_and_accelerators_fail_as_on_the_real_server() {
    let api = Api::start().await;
    for (name, task, class) in [
        ("Bad_Name!!", "run: a", "InvalidClusterNameError"),
        ("good", "resources: [a", "ParserError"),
    ] {
        let (found, message) = api.launch(name, task).await.unwrap_err();
        assert_eq!(found, class, "{message}");
    }
    let task = "resources:\n  accelerators: H9000:1\nrun: a\n";
    assert!(api.launch("good", task).await.is_err());
    let admin = api.sandbox.skypilot_admin_token();
    let validated = api
        .post(
            admin,
            "/validate",
            json!({"dag": "resources:\n  foo: 1\n", "request_options": null}),
        )
        .await;
    assert_eq!(validated.status(), 400);
    let missing = api
        .post(admin, "/launch", json!({"cluster_name": "x"}))
        .await;
    assert_eq!(missing.status(), 422);
}
