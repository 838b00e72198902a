//! The host cluster's API.

use std::time::Duration;

use sandbox::controllers::Pace;
use sandbox::{Sandbox, SandboxOptions};

use crate::kubectl::Kubectl;

pub async fn start() -> (Sandbox, Kubectl) {
    let sandbox = Sandbox::start(SandboxOptions {
        pace: Pace::of_unit(Duration::from_millis(5)),
        ..SandboxOptions::default()
    })
    .await
    .unwrap();
    let kubectl = Kubectl::new(sandbox.host_kubeconfig());
    (sandbox, kubectl)
}

fn config_map(color: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: hello, namespace: default}}\ndata: {{color: {color}}}\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_prints_tables_and_whole_objects() {
    let (_sandbox, kubectl) = start().await;
    let table = kubectl.ok("get nodes").await;
    assert!(table.starts_with("NAME "), "{table}");
    assert!(
        table.contains("eu-1-a") && table.contains("Ready"),
        "{table}"
    );
    let wide = kubectl.ok("get nodes -o wide").await;
    assert!(wide.contains("127.0.0.1"), "{wide}");
    let yaml = kubectl.ok("get node eu-1-a -o yaml").await;
    assert!(
        yaml.contains("kind: Node") && yaml.contains("type: InternalIP"),
        "{yaml}"
    );
    let description = kubectl.ok("describe node eu-1-a").await;
    assert!(description.contains("Hangar sandbox"), "{description}");
    let names = kubectl.ok("get namespaces -o name").await;
    assert!(names.contains("namespace/kube-system"), "{names}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apply_creates_changes_and_leaves_alone() {
    let (_sandbox, kubectl) = start().await;
    let apply = "apply -f -";
    for (color, outcome) in [
        ("red", "created"),
        ("red", "unchanged"),
        ("blue", "configured"),
    ] {
        let said = kubectl.ok_with_input(apply, &config_map(color)).await;
        assert!(said.contains(outcome), "{said}");
    }
    let described = kubectl.ok("describe configmap hello").await;
    assert!(described.contains("blue"), "{described}");
    let said = kubectl.ok("delete configmap hello").await;
    assert!(said.contains("deleted"), "{said}");
    let error = kubectl.fails("get configmap hello").await;
    assert!(error.contains("NotFound"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_with_a_deployment_comes_up_and_goes() {
    let (_sandbox, kubectl) = start().await;
    kubectl.create("namespace team-x").await;
    kubectl
        .create("deployment web --image=nginx --replicas=2 -n team-x")
        .await;
    kubectl
        .ok("rollout status deployment/web -n team-x --timeout=30s")
        .await;
    let pods = kubectl.ok("get pods -n team-x").await;
    assert_eq!(pods.matches("Running").count(), 2, "{pods}");
    let described = kubectl.ok("describe pods -n team-x").await;
    assert!(
        described.contains("Successfully pulled image"),
        "{described}"
    );
    kubectl.ok("delete namespace team-x --timeout=30s").await;
    let error = kubectl.fails("get namespace team-x").await;
    assert!(error.contains("NotFound"), "{error}");
}
