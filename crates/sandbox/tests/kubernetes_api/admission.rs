//! What an object must pass before it is kept.

use serde_json::{Value, json};

use crate::server::Server;

const PODS: &str = "/api/v1/namespaces/default/pods";

fn pod(name: &str, resources: Value) -> Value {
    json!({
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "c", "image": "i:1", "resources": resources}]},
    })
}

async fn quota(server: &Server, hard: Value) {
    let quota = json!({"metadata": {"name": "q"}, "spec": {"hard": hard}});
    let answer = server
        .post("/api/v1/namespaces/default/resourcequotas", quota)
        .await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn a_pod_that_would_exceed_a_quota_is_refused_with_the_amounts() {
    let server = Server::start();
    quota(&server, json!({"limits.memory": "1Gi", "pods": "5"})).await;
    let limits = |amount: &str| json!({"limits": {"memory": amount}});
    assert_eq!(
        server.post(PODS, pod("a", limits("768Mi"))).await.status,
        201
    );
    let refused = server.post(PODS, pod("b", limits("512Mi"))).await;
    assert_eq!(refused.status, 403);
    assert_eq!(
        refused.body["message"],
        "pods \"b\" is forbidden: exceeded quota: q, requested: limits.memory=512Mi, used: limits.memory=768Mi, limited: limits.memory=1Gi"
    );
    let silent = server.post(PODS, pod("c", json!({}))).await;
    assert_eq!(
        silent.body["message"],
        "pods \"c\" is forbidden: failed quota: q: must specify limits.memory for: c"
    );
    let status = server
        .get("/api/v1/namespaces/default/resourcequotas/q")
        .await;
    assert_eq!(
        status.body["status"]["used"],
        json!({"limits.memory": "768Mi", "pods": "1"})
    );
}

#[tokio::test]
async fn two_creations_at_once_cannot_take_the_same_last_place() {
    let server = Server::start();
    quota(&server, json!({"count/configmaps": "3"})).await;
    let path = "/api/v1/namespaces/default/configmaps";
    let attempts =
        (0..10).map(|i| server.post(path, json!({"metadata": {"name": format!("m{i}")}})));
    let answers = futures::future::join_all(attempts).await;
    let made = answers.iter().filter(|a| a.status == 201).count();
    assert_eq!(made, 2, "one place is taken by the namespace's certificate");
}

#[tokio::test]
async fn limit_ranges_fill_in_and_refuse() {
    let server = Server::start();
    let range = json!({"metadata": {"name": "l"}, "spec": {"limits": [
        {"type": "Container", "default": {"memory": "256Mi"}, "defaultRequest": {"memory": "128Mi"}, "max": {"memory": "1Gi"}},
    ]}});
    assert_eq!(
        server
            .post("/api/v1/namespaces/default/limitranges", range)
            .await
            .status,
        201
    );
    let filled = server.post(PODS, pod("a", json!({}))).await;
    assert_eq!(
        filled.body["spec"]["containers"][0]["resources"],
        json!({"limits": {"memory": "256Mi"}, "requests": {"memory": "128Mi"}})
    );
    let refused = server
        .post(PODS, pod("b", json!({"limits": {"memory": "2Gi"}})))
        .await;
    assert_eq!(
        refused.body["message"],
        "pods \"b\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi"
    );
}

#[tokio::test]
async fn a_pod_needs_its_service_account() {
    let server = Server::start();
    let mut wanted = pod("a", json!({}));
    wanted["spec"]["serviceAccountName"] = "robot".into();
    let refused = server.post(PODS, wanted.clone()).await;
    assert_eq!(
        refused.body["message"],
        "pods \"a\" is forbidden: error looking up service account default/robot: serviceaccount \"robot\" not found"
    );
    server
        .post(
            "/api/v1/namespaces/default/serviceaccounts",
            json!({"metadata": {"name": "robot"}}),
        )
        .await;
    assert_eq!(server.post(PODS, wanted).await.status, 201);
}

#[tokio::test]
async fn nothing_is_made_in_a_namespace_that_is_missing_or_ends() {
    let server = Server::start();
    let missing = server
        .post(
            "/api/v1/namespaces/nowhere/configmaps",
            json!({"metadata": {"name": "a"}}),
        )
        .await;
    assert_eq!(
        (missing.status, missing.body["message"].as_str()),
        (404, Some("namespaces \"nowhere\" not found"))
    );
    server.namespace("team").await;
    let ended = server.delete("/api/v1/namespaces/team", Value::Null).await;
    assert_eq!(ended.body["status"]["phase"], "Terminating");
    let late = server
        .post(
            "/api/v1/namespaces/team/configmaps",
            json!({"metadata": {"name": "a"}}),
        )
        .await;
    assert_eq!(late.status, 403);
    assert_eq!(
        late.body["details"]["causes"][0]["reason"],
        "NamespaceTerminating"
    );
}

#[tokio::test]
async fn rules_of_kinds_are_kept() {
    let server = Server::start();
    let services = "/api/v1/namespaces/default/services";
    let set = |selector: &str| {
        json!({"metadata": {"name": "s"}, "spec": {
            "selector": {"matchLabels": {"a": selector}},
            "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}},
        }})
    };
    let sets = "/apis/apps/v1/namespaces/default/statefulsets";
    for (path, object, field) in [
        (
            services,
            json!({"metadata": {"name": "s"}, "spec": {"ports": []}}),
            "spec.ports",
        ),
        (
            services,
            json!({"metadata": {"name": "s"}, "spec": {"ports": [{"port": 70000}]}}),
            "spec.ports[0].port",
        ),
        (
            services,
            json!({"metadata": {"name": "s"}, "spec": {"type": "Magic", "ports": [{"port": 1}]}}),
            "spec.type",
        ),
        (
            services,
            json!({"metadata": {"name": "1s"}, "spec": {"ports": [{"port": 1}]}}),
            "metadata.name",
        ),
        (sets, set("c"), "spec.template.metadata.labels"),
        (
            PODS,
            json!({"metadata": {"name": "p"}, "spec": {}}),
            "spec.containers",
        ),
        (
            PODS,
            json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i", "volumeMounts": [{"name": "v", "mountPath": "/v"}]}]}}),
            "spec.containers[0].volumeMounts[0].name",
        ),
        (
            "/api/v1/namespaces/default/configmaps",
            json!({"metadata": {"name": "m", "labels": {"a b": ""}}}),
            "metadata.labels",
        ),
        (
            "/api/v1/namespaces/default/configmaps",
            json!({}),
            "metadata.name",
        ),
    ] {
        let refused = server.post(path, object).await;
        assert_eq!(refused.status, 422, "{field}: {:?}", refused.body);
        assert_eq!(refused.body["reason"], "Invalid");
        assert_eq!(refused.body["details"]["causes"][0]["field"], field);
    }
    assert_eq!(server.post(sets, set("b")).await.status, 201);
}
