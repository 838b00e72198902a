//! Who may do what.

use axum::body::Body;
use axum::http::Request;
use sandbox::kubernetes::ClientIdentity;
use serde_json::{Value, json};

use crate::server::Server;

const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";

async fn give(server: &Server, user: &str, rules: Value) {
    let role = json!({"metadata": {"name": user}, "rules": rules});
    let path = format!("{RBAC}/namespaces/default/roles");
    assert_eq!(server.post(&path, role).await.status, 201);
    let binding = json!({
        "metadata": {"name": user},
        "roleRef": {"kind": "Role", "name": user},
        "subjects": [{"kind": "User", "name": user}],
    });
    let path = format!("{RBAC}/namespaces/default/rolebindings");
    assert_eq!(server.post(&path, binding).await.status, 201);
}

#[tokio::test]
async fn a_role_opens_what_it_names_and_nothing_more() {
    let server = Server::start();
    let pods = "/api/v1/namespaces/default/pods";
    let get = |path: &'static str| server.call("dev", "GET", path, "", Value::Null);
    assert_eq!(get(pods).await.status, 403);
    give(
        &server,
        "dev",
        json!([{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]),
    )
    .await;
    assert_eq!(get(pods).await.status, 200);
    assert_eq!(get("/api/v1/namespaces/kube-system/pods").await.status, 403);
    assert_eq!(get("/api/v1/pods").await.status, 403);
    let watch = get("/api/v1/namespaces/default/pods?watch=true&timeoutSeconds=1").await;
    assert_eq!(watch.status, 403, "watching is not listing");
    let log = get("/api/v1/namespaces/default/pods/p/log").await;
    assert_eq!(
        log.body["message"],
        "pods \"p\" is forbidden: User \"dev\" cannot get resource \"pods/log\" in API group \"\" in the namespace \"default\""
    );
}

#[tokio::test]
async fn nobody_grants_rights_that_they_do_not_have() {
    let server = Server::start();
    give(&server, "dev", json!([
        {"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": ["create"]},
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]},
    ]))
    .await;
    let roles = format!("{RBAC}/namespaces/default/roles");
    let more = json!({"metadata": {"name": "more"}, "rules": [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]});
    let refused = server
        .call("dev", "POST", &roles, "application/json", more)
        .await;
    assert_eq!(refused.status, 403);
    let message = refused.body["message"].as_str().unwrap();
    assert!(
        message.contains("attempting to grant RBAC permissions not currently held"),
        "{message}"
    );
    let same = json!({"metadata": {"name": "same"}, "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]});
    let made = server
        .call("dev", "POST", &roles, "application/json", same)
        .await;
    assert_eq!(made.status, 201, "{:?}", made.body);
    let admin = json!({"metadata": {"name": "me"}, "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"}, "subjects": [{"kind": "User", "name": "dev"}]});
    let bindings = format!("{RBAC}/namespaces/default/rolebindings");
    let refused = server
        .call("dev", "POST", &bindings, "application/json", admin)
        .await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn who_shows_nothing_sees_health_and_version_only() {
    let server = Server::start();
    for path in ["/healthz", "/livez", "/readyz", "/version"] {
        assert_eq!(
            server.call("", "GET", path, "", Value::Null).await.status,
            200,
            "{path}"
        );
    }
    for path in ["/api", "/apis", "/openapi/v3", "/api/v1/namespaces"] {
        let refused = server.call("", "GET", path, "", Value::Null).await;
        assert_eq!(refused.status, 403, "{path}");
        let message = refused.body["message"].as_str().unwrap();
        assert!(
            message.contains("User \"system:anonymous\" cannot"),
            "{message}"
        );
    }
    assert_eq!(
        server
            .call("wrong", "GET", "/healthz", "", Value::Null)
            .await
            .status,
        401
    );
}

#[tokio::test]
async fn a_client_certificate_is_an_identity_unless_a_token_says_otherwise() {
    let server = Server::start();
    let as_master = |token: Option<&str>| {
        let mut request = Request::get("/api/v1/namespaces");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request
            .extension(ClientIdentity {
                user: "certified".to_owned(),
                groups: vec!["system:masters".to_owned()],
            })
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(server.send(as_master(None)).await.status, 200);
    assert_eq!(server.send(as_master(Some("dev"))).await.status, 403);
    assert_eq!(server.send(as_master(Some("wrong"))).await.status, 401);
}

#[tokio::test]
async fn an_apply_that_makes_an_object_needs_the_right_to_create() {
    let server = Server::start();
    give(
        &server,
        "dev",
        json!([{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["patch"]}]),
    )
    .await;
    let path = "/api/v1/namespaces/default/configmaps/a?fieldManager=dev";
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}});
    let apply =
        |body: Value| server.call("dev", "PATCH", path, "application/apply-patch+yaml", body);
    let refused = apply(map.clone()).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.body["message"]
            .as_str()
            .unwrap()
            .contains("cannot create resource")
    );
    server
        .post("/api/v1/namespaces/default/configmaps", map.clone())
        .await;
    assert_eq!(apply(map).await.status, 200);
}
