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

#[tokio::test]
async fn strangers_change_no_cluster_and_a_workspace_with_clusters_stays() {
    let api = Api::start().await;
    let (one, other) = (account(&api, "one").await, account(&api, "other").await);
    let task = "resources:\n  infra: aws\n  accelerators: L4:1\nrun: sleep 86400\n";
    let launch = json!({
        "cluster_name": "train",
        "task": task,
        "override_skypilot_config": {"active_workspace": "one"},
    });
    let id = api.submit(&one, "/launch", launch).await;
    api.result(&one, &id).await.unwrap();

    let about = json!({
        "cluster_name": "train",
        "task": task,
        "idle_minutes": 1,
        "job_ids": [1],
        "override_skypilot_config": {"active_workspace": "other"},
    });
    for path in ["/exec", "/start", "/stop", "/down", "/autostop", "/cancel"] {
        let refused = api.post(&other, path, about.clone()).await;
        assert_eq!(refused.status(), 403, "{path}");
    }
    let id = api.submit(&other, "/launch", about.clone()).await;
    let (class, message) = api.result(&other, &id).await.unwrap_err();
    assert_eq!(class, "ClusterOwnerIdentityMismatchError", "{message}");
    let id = api.submit(&other, "/status", about).await;
    assert_eq!(api.result(&other, &id).await.unwrap(), json!([]));

    let delete = json!({"workspace_name": "one"});
    let (_, message) = api
        .ask("/workspaces/delete", delete.clone())
        .await
        .unwrap_err();
    assert!(message.contains("1 active cluster(s): train"), "{message}");
    // Nor may its only user be shut out of it.
    let shut = json!({"workspace_name": "one", "config": {"private": true, "allowed_users": []}});
    let (_, message) = api.ask("/workspaces/update", shut).await.unwrap_err();
    assert!(message.contains("remove user 'one'"), "{message}");

    let down = json!({
        "cluster_name": "train",
        "override_skypilot_config": {"active_workspace": "one"},
    });
    let id = api.submit(&one, "/down", down).await;
    api.result(&one, &id).await.unwrap();
    api.ask("/workspaces/delete", delete).await.unwrap();
}

#[tokio::test]
async fn viewers_look_without_keys_and_change_nothing() {
    let api = Api::start().await;
    let admin = api.sandbox.skypilot_admin_token();
    api.launch(
        "train",
        "resources:\n  infra: aws\n  accelerators: L4:1\nrun: echo a\n",
    )
    .await
    .unwrap();
    let body = json!({"token_name": "watcher", "role": "viewer"});
    let made = api.post(admin, "/users/service-account-tokens", body).await;
    let made: Value = made.json().await.unwrap();
    let viewer = made["token"].as_str().unwrap();
    let id = api
        .submit(viewer, "/status", json!({"include_credentials": true}))
        .await;
    let rows = api.result(viewer, &id).await.unwrap();
    assert_eq!(rows[0]["name"], "train");
    assert!(rows[0]["credentials"].is_null());
    for path in [
        "/down",
        "/launch",
        "/workspaces/create",
        "/users/service-account-tokens",
    ] {
        assert_eq!(
            api.post(viewer, path, json!({})).await.status(),
            403,
            "{path}"
        );
    }
    let refused = api.post(viewer, "/api/cancel", json!({})).await;
    assert_eq!(refused.status(), 403);
}
