//! The permissions of k8s/rbac.yaml suffice, and missing ones are reported.

use crate::place::{Place, client, cluster, sandbox, usable};
use domain::exposure::Exposure;
use k8s_openapi::api::{
    authentication::v1::{TokenRequest, TokenRequestSpec},
    core::v1::{Namespace, ServiceAccount},
    rbac::v1::{ClusterRole, ClusterRoleBinding},
};
use kube::{Api, api::PostParams};
use kubernetes::PERMISSIONS;
use provisioning::ports::host_clusters::{ApiAnswer, HostClusters, HostErrorKind, NamespaceState};
use sandbox::Sandbox;
use serde::Deserialize;
use serde_json::{Value, json};

const RBAC: &str = include_str!("../../../../k8s/rbac.yaml");

/// The kubeconfig with a token instead of its certificate.
pub fn with_token(kubeconfig: &str, token: &str) -> String {
    let mut text: Value = serde_norway::from_str(kubeconfig).unwrap();
    text["users"][0]["user"] = json!({"token": token});
    serde_norway::to_string(&text).unwrap()
}

/// The adapter as the service account of k8s/rbac.yaml, without the given resources.
async fn portal(sandbox: Sandbox, without: impl Fn(&str) -> bool) -> Place {
    let admin = client(sandbox.host_kubeconfig()).await;
    let by = PostParams::default();
    let namespace: Namespace =
        serde_json::from_value(json!({"metadata": {"name": "hangar"}})).unwrap();
    Api::all(admin.clone())
        .create(&by, &namespace)
        .await
        .unwrap();
    for document in serde_norway::Deserializer::from_str(RBAC) {
        let document = Value::deserialize(document).unwrap();
        match document["kind"].as_str().unwrap() {
            "ServiceAccount" => {
                let account: ServiceAccount = serde_json::from_value(document).unwrap();
                let accounts = Api::namespaced(admin.clone(), "hangar");
                accounts.create(&by, &account).await.map(drop)
            }
            "ClusterRole" => {
                let mut role: ClusterRole = serde_json::from_value(document).unwrap();
                for rule in role.rules.iter_mut().flatten() {
                    rule.resources.iter_mut().flatten().for_each(|resource| {
                        if without(resource) {
                            *resource = "none".into();
                        }
                    });
                }
                Api::all(admin.clone()).create(&by, &role).await.map(drop)
            }
            "ClusterRoleBinding" => {
                let binding: ClusterRoleBinding = serde_json::from_value(document).unwrap();
                Api::all(admin.clone())
                    .create(&by, &binding)
                    .await
                    .map(drop)
            }
            other => panic!("{other} in k8s/rbac.yaml"),
        }
        .unwrap();
    }
    let accounts: Api<ServiceAccount> = Api::namespaced(admin.clone(), "hangar");
    let request = TokenRequest {
        spec: Some(TokenRequestSpec {
            audiences: Some(Vec::new()),
            ..TokenRequestSpec::default()
        }),
        ..TokenRequest::default()
    };
    let answer = accounts
        .create_token_request("hangar", &by, &request)
        .await
        .unwrap();
    let token = answer.status.unwrap().token.unwrap();
    let kubeconfig = with_token(sandbox.host_kubeconfig(), &token);
    Place::new(sandbox, &kubeconfig).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_the_cluster_role_everything_works() {
    let place = portal(sandbox().await, |_| false).await;
    let checks = place.hosts.check("sandbox").await.unwrap();
    let wanted: usize = PERMISSIONS
        .iter()
        .map(|permission| permission.verbs.len())
        .sum();
    assert_eq!(checks.len(), wanted);
    let missing: Vec<_> = checks.iter().filter(|check| !check.allowed).collect();
    assert!(missing.is_empty(), "{missing:?}");

    let host = "ci.clusters.example.com".parse().unwrap();
    for exposure in [
        Exposure::NodePort,
        Exposure::Ingress { host },
        Exposure::PortForward,
    ] {
        let cluster = cluster("ci", exposure);
        place.make(&cluster).await.unwrap();
        place.until(&cluster, usable).await;
        place.hosts.kubeconfig(&cluster).await.unwrap();
        place.hosts.events(&cluster).await.unwrap();
        place.hosts.deletion_preview(&cluster).await.unwrap();
        place.hosts.delete(&cluster).await.unwrap();
        place
            .until(&cluster, |seen| seen.namespace == NamespaceState::Missing)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_it_each_missing_right_is_named() {
    let place = portal(sandbox().await, |_| true).await;
    let checks = place.hosts.check("sandbox").await.unwrap();
    assert!(checks.iter().all(|check| !check.allowed));
    assert!(
        checks
            .iter()
            .any(|check| check.permission == "create namespaces")
    );

    let cluster = cluster("ci", Exposure::PortForward);
    let refused = place.hosts.make_namespace(&cluster).await.unwrap_err();
    assert_eq!(refused.kind, HostErrorKind::Forbidden);
    assert!(
        refused
            .message
            .contains("cannot create resource \"namespaces\""),
        "{}",
        refused.message
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreachable_api_counts_as_ready_by_its_probe_with_the_reason() {
    let place = portal(sandbox().await, |resource| resource == "services/proxy").await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    let seen = place
        .until(&cluster, |seen| {
            matches!(seen.api, ApiAnswer::ReadyByProbeOnly(_))
        })
        .await;
    let ApiAnswer::ReadyByProbeOnly(why) = seen.api else {
        unreachable!("waited for it");
    };
    assert!(why.contains("services/proxy"), "{why}");
}
