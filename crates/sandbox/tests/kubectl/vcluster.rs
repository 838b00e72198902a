//! A vCluster as its users reach it.

use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::host;
use crate::kubectl::Kubectl;

const MANIFEST: &str = include_str!("vcluster.yaml");
const CONFIG: &str = include_str!("vcluster-config.yaml");
pub const NAMESPACE: &str = "vcluster-demo";

fn manifest() -> String {
    let indented: Vec<_> = CONFIG.lines().map(|line| format!("    {line}")).collect();
    MANIFEST.replace("CONFIG\n", &format!("{}\n", indented.join("\n")))
}

/// Orders the vCluster "demo".
pub async fn order(kubectl: &Kubectl) {
    apply(kubectl, &manifest()).await;
}

/// Orders it with a part of the manifest replaced.
pub async fn order_changed(kubectl: &Kubectl, part: &str, replacement: &str) {
    let manifest = manifest();
    assert!(manifest.contains(part));
    apply(kubectl, &manifest.replace(part, replacement)).await;
}

async fn apply(kubectl: &Kubectl, manifest: &str) {
    let arguments = "apply --server-side --field-manager=hangar -f -";
    kubectl.ok_with_input(arguments, manifest).await;
}

/// Waits until the vCluster is up, and gives its kubeconfig for the load balancer.
pub async fn kubeconfig(kubectl: &Kubectl) -> Value {
    kubectl
        .ok(&format!(
            "rollout status statefulset/demo -n {NAMESPACE} --timeout=60s"
        ))
        .await;
    let secret = kubectl
        .until(
            &format!(
                "get secret vc-demo -n {NAMESPACE} -o go-template={{{{.data.config|base64decode}}}}"
            ),
            |answer| answer.success,
        )
        .await;
    let address = kubectl
        .until(
            &format!(
                "get service demo -n {NAMESPACE} -o jsonpath={{.status.loadBalancer.ingress[0].ip}}"
            ),
            |answer| !answer.stdout.is_empty(),
        )
        .await;
    let mut config: Value = serde_norway::from_str(&secret).unwrap();
    assert_eq!(
        config["clusters"][0]["cluster"]["server"],
        "https://demo.clusters.example.com"
    );
    config["clusters"][0]["cluster"]["server"] = json!(format!("https://{address}:6443"));
    config
}

/// Orders the vCluster and gives a kubectl for it once it answers.
pub async fn start() -> (Sandbox, Kubectl, Kubectl, Value) {
    let (sandbox, kubectl) = host::start().await;
    order(&kubectl).await;
    let config = kubeconfig(&kubectl).await;
    let inside = Kubectl::new(&config.to_string());
    inside
        .until("get --raw /readyz", |answer| answer.stdout == "ok")
        .await;
    (sandbox, kubectl, inside, config)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_nodes_answers_with_a_row_soon_after_the_vcluster_is_ready() {
    let (_sandbox, _kubectl, inside, _) = start().await;
    let nodes = inside
        .until("get nodes", |answer| answer.stdout.contains("Ready"))
        .await;
    assert!(nodes.contains("eu-1-"), "{nodes}");
    let namespaces = inside.ok("get namespaces -o name").await;
    let mut namespaces: Vec<_> = namespaces.lines().collect();
    namespaces.sort_unstable();
    assert_eq!(
        namespaces,
        [
            "namespace/default",
            "namespace/kube-node-lease",
            "namespace/kube-public",
            "namespace/kube-system"
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_made_inside_runs_on_the_host_under_another_name() {
    let (_sandbox, kubectl, inside, _) = start().await;
    kubectl
        .until(
            &format!("get service kube-dns-x-kube-system-x-demo -n {NAMESPACE}"),
            |answer| answer.success,
        )
        .await;
    inside.create("namespace shop").await;
    inside.create("deployment web --image=nginx -n shop").await;
    inside
        .ok("rollout status deployment/web -n shop --timeout=60s")
        .await;
    let pod = inside
        .ok("get pods -n shop -o jsonpath={.items[0].metadata.name}")
        .await;
    let labels = kubectl
        .ok(&format!(
            "get pod {pod}-x-shop-x-demo -n {NAMESPACE} -o jsonpath={{.metadata.labels}}"
        ))
        .await;
    let labels: Value = serde_json::from_str(&labels).unwrap();
    assert_eq!(labels["vcluster.loft.sh/managed-by"], "demo");
    assert_eq!(labels["vcluster.loft.sh/namespace"], "shop");
    assert_eq!(labels["app"], "web");

    inside.ok("delete deployment web -n shop").await;
    inside
        .until("get pods -n shop", |answer| answer.stdout.is_empty())
        .await;
    kubectl
        .until(&format!("get pods -n {NAMESPACE} -o name"), |answer| {
            !answer.stdout.contains("-x-shop-x-")
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_account_with_edit_may_deploy_and_not_see_nodes() {
    let (_sandbox, _kubectl, inside, mut config) = start().await;
    inside.create("serviceaccount grace -n default").await;
    inside
        .create("clusterrolebinding grace --clusterrole=edit --serviceaccount=default:grace")
        .await;
    let token = inside.token("grace").await;
    config["users"][0]["user"] = json!({"token": token.trim()});
    let grace = Kubectl::new(&config.to_string());
    grace.create("deployment web --image=nginx").await;
    let error = grace.fails("get nodes").await;
    assert!(error.contains("Forbidden"), "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_of_another_vcluster_do_not_open_it() {
    let (_sandbox, _kubectl, _inside, config) = start().await;
    let (_other, _kubectl, _inside, other_config) = start().await;
    let mut mixed = config.clone();
    mixed["users"] = other_config["users"].clone();
    Kubectl::new(&mixed.to_string())
        .fails("get nodes --request-timeout=5s")
        .await;
}
