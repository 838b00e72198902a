//! The host cluster's API.

use std::time::{Duration, Instant};

use sandbox::controllers::Pace;
use sandbox::faults::FailNext;
use sandbox::{Sandbox, SandboxOptions};

use serde_json::Value;

use crate::http_client;
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
    let table = kubectl.ok(&["get", "nodes"]).await;
    assert!(table.starts_with("NAME "), "{table}");
    assert!(
        table.contains("eu-1-a") && table.contains("Ready"),
        "{table}"
    );
    let wide = kubectl.ok(&["get", "nodes", "-o", "wide"]).await;
    assert!(wide.contains("127.0.0.1"), "{wide}");
    let yaml = kubectl.ok(&["get", "node", "eu-1-a", "-o", "yaml"]).await;
    assert!(
        yaml.contains("kind: Node") && yaml.contains("type: InternalIP"),
        "{yaml}"
    );
    let description = kubectl.ok(&["describe", "node", "eu-1-a"]).await;
    assert!(description.contains("Hangar sandbox"), "{description}");
    let names = kubectl.ok(&["get", "namespaces", "-o", "name"]).await;
    assert!(names.contains("namespace/kube-system"), "{names}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn apply_creates_changes_and_leaves_alone() {
    let (_sandbox, kubectl) = start().await;
    let apply = ["apply", "-f", "-"];
    for (color, outcome) in [
        ("red", "created"),
        ("red", "unchanged"),
        ("blue", "configured"),
    ] {
        let said = kubectl.ok_with_input(&apply, &config_map(color)).await;
        assert!(said.contains(outcome), "{said}");
    }
    let described = kubectl.ok(&["describe", "configmap", "hello"]).await;
    assert!(described.contains("blue"), "{described}");
    let said = kubectl.ok(&["delete", "configmap", "hello"]).await;
    assert!(said.contains("deleted"), "{said}");
    let error = kubectl.fails(&["get", "configmap", "hello"]).await;
    assert!(error.contains("NotFound"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_side_apply_tells_whose_field_it_is() {
    let (_sandbox, kubectl) = start().await;
    let apply = |manager: &'static str, more: &'static [&'static str]| {
        let mut arguments = vec![
            "apply",
            "--server-side",
            "--field-manager",
            manager,
            "-f",
            "-",
        ];
        arguments.extend(more);
        arguments
    };
    kubectl
        .ok_with_input(&apply("one", &[]), &config_map("red"))
        .await;
    let refused = kubectl
        .run_with_input(&apply("two", &[]), &config_map("blue"))
        .await;
    assert!(!refused.success);
    assert!(
        refused.stderr.contains("conflict with \"one\""),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains(".data.color"), "{}", refused.stderr);
    kubectl
        .ok_with_input(&apply("two", &["--force-conflicts"]), &config_map("blue"))
        .await;
    let color = kubectl
        .ok(&["get", "configmap", "hello", "-o", "jsonpath={.data.color}"])
        .await;
    assert_eq!(color, "blue");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_namespace_with_a_deployment_comes_up_and_goes() {
    let (_sandbox, kubectl) = start().await;
    kubectl.create(&["namespace", "team-x"]).await;
    kubectl
        .create(&[
            "deployment",
            "web",
            "--image=nginx",
            "--replicas=2",
            "-n",
            "team-x",
        ])
        .await;
    kubectl
        .ok(&[
            "rollout",
            "status",
            "deployment/web",
            "-n",
            "team-x",
            "--timeout=30s",
        ])
        .await;
    let pods = kubectl.ok(&["get", "pods", "-n", "team-x"]).await;
    assert_eq!(pods.matches("Running").count(), 2, "{pods}");
    let described = kubectl.ok(&["describe", "pods", "-n", "team-x"]).await;
    assert!(
        described.contains("Successfully pulled image"),
        "{described}"
    );
    kubectl
        .ok(&["delete", "namespace", "team-x", "--timeout=30s"])
        .await;
    let error = kubectl.fails(&["get", "namespace", "team-x"]).await;
    assert!(error.contains("NotFound"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_watch_tells_of_changes_as_they_happen() {
    let (_sandbox, kubectl) = start().await;
    kubectl
        .ok_with_input(&["apply", "-f", "-"], &config_map("red"))
        .await;
    let mut watching = kubectl.follow(&[
        "get",
        "configmaps",
        "-w",
        "-o",
        "jsonpath={.metadata.name}={.data.color}{\"\\n\"}",
    ]);
    watching.until("hello=red").await;
    kubectl
        .ok_with_input(&["apply", "-f", "-"], &config_map("blue"))
        .await;
    watching.until("hello=blue").await;
}

/// As `kubectl auth can-i list nodes` asks.
async fn may_list_nodes(kubectl: &Kubectl) -> bool {
    let review = serde_json::json!({
        "kind": "SelfSubjectAccessReview",
        "apiVersion": "authorization.k8s.io/v1",
        "spec": {"resourceAttributes": {"verb": "list", "resource": "nodes"}},
    });
    let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    kubectl.post(path, &review).await["status"]["allowed"] == true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rights_are_asked_for_and_held_to() {
    let (_sandbox, kubectl) = start().await;
    assert!(may_list_nodes(&kubectl).await);

    kubectl.create(&["serviceaccount", "robot"]).await;
    let token = kubectl.token("robot").await;
    let config = kubectl.ok(&["config", "view", "--raw", "-o", "json"]).await;
    let mut config: Value = serde_json::from_str(&config).unwrap();
    config["users"][0]["user"] = serde_json::json!({"token": token.trim()});
    let robot = Kubectl::new(&config.to_string());
    assert!(!may_list_nodes(&robot).await);
    let error = robot.fails(&["get", "nodes"]).await;
    assert!(
        error.contains(
            "User \"system:serviceaccount:default:robot\" cannot list resource \"nodes\""
        ),
        "{error}"
    );
    config["users"][0]["user"] = serde_json::json!({"token": "made-up"});
    let stranger = Kubectl::new(&config.to_string());
    let error = stranger.fails(&["get", "nodes"]).await;
    assert!(
        error.contains("Unauthorized") || error.contains("must be logged in"),
        "{error}"
    );
}

/// A client for the host's API, and an address that is always answered.
fn plain(sandbox: &Sandbox) -> (reqwest::Client, String) {
    let config = serde_norway::from_str(sandbox.host_kubeconfig()).unwrap();
    let address = sandbox.kubernetes_address();
    let client = http_client::client(&config, "localhost", address);
    (
        client,
        format!("https://localhost:{}/version", address.port()),
    )
}

#[tokio::test]
async fn an_unreachable_host_answers_nobody_until_it_is_back() {
    let (sandbox, _) = start().await;
    let (client, url) = plain(&sandbox);
    client.get(&url).send().await.unwrap();
    sandbox.faults().change(|f| f.kubernetes.unreachable = true);
    // Connections are cut by a task that hears of it.
    while client.get(&url).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
    sandbox
        .faults()
        .change(|f| f.kubernetes.unreachable = false);
    while client.get(&url).send().await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn requests_fail_as_often_and_with_the_status_that_was_switched_on() {
    let (sandbox, _) = start().await;
    let (client, url) = plain(&sandbox);
    sandbox.faults().change(|f| {
        f.kubernetes.fail_next = Some(FailNext {
            requests: 1,
            status: 503,
        });
    });
    let failed = client.get(&url).send().await.unwrap();
    assert_eq!(failed.status(), 503);
    let status: Value = failed.json().await.unwrap();
    assert_eq!(status["kind"], "Status");
    assert_eq!(status["reason"], "ServiceUnavailable");
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    sandbox.faults().change(|f| f.kubernetes.error_rate = 1.0);
    assert_eq!(client.get(&url).send().await.unwrap().status(), 500);
}

#[tokio::test]
async fn a_slow_host_answers_late() {
    let (sandbox, _) = start().await;
    let (client, url) = plain(&sandbox);
    sandbox.faults().change(|f| f.kubernetes.latency_ms = 150);
    let asked = Instant::now();
    assert_eq!(client.get(&url).send().await.unwrap().status(), 200);
    assert!(asked.elapsed() >= Duration::from_millis(150));
}

#[tokio::test]
async fn dropped_watches_end_and_new_ones_go_on() {
    let (sandbox, _) = start().await;
    let (client, url) = plain(&sandbox);
    let url = url.replace("/version", "/api/v1/nodes?watch=true");
    for _ in 0..2 {
        let mut watch = client.get(&url).send().await.unwrap();
        assert!(
            watch.chunk().await.unwrap().is_some(),
            "the nodes that are there"
        );
        sandbox.faults().drop_watches();
        let end = async { while watch.chunk().await.unwrap().is_some() {} };
        tokio::time::timeout(Duration::from_secs(10), end)
            .await
            .expect("it goes on");
    }
}
