//! Each exposure leads to the cluster's API, with the users' kubeconfig.

use crate::place::{Place, client, cluster, place, usable};
use domain::exposure::Exposure;
use k8s_openapi::api::core::v1::Namespace;
use kube::{Api, Client, api::ListParams};
use provisioning::ports::host_clusters::{ApiAnswer, HostClusters, VirtualCluster};
use secrecy::ExposeSecret;
use serde_json::Value;

async fn inside(place: &Place, cluster: &VirtualCluster) -> Client {
    place.make(cluster).await.unwrap();
    place.until(cluster, usable).await;
    let text = place.hosts.kubeconfig(cluster).await.unwrap();
    client(text.expose_secret()).await
}

async fn answers(client: Client) {
    let namespaces: Api<Namespace> = Api::all(client);
    namespaces.list(&ListParams::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_balancer_leads_to_the_vcluster() {
    let place = place().await;
    answers(inside(&place, &cluster("ci", Exposure::LoadBalancer)).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_port_leads_to_the_vcluster() {
    let place = place().await;
    answers(inside(&place, &cluster("ci", Exposure::NodePort)).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ingress_host_leads_to_the_vcluster() {
    let place = place().await;
    let host = "ci.clusters.example.com".parse().unwrap();
    let cluster = cluster("ci", Exposure::Ingress { host });
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let text = place.hosts.kubeconfig(&cluster).await.unwrap();
    // As if the name resolved to the ingress: the connection goes there and requests the name.
    let mut kubeconfig: Value = serde_norway::from_str(text.expose_secret()).unwrap();
    let target = &mut kubeconfig["clusters"][0]["cluster"];
    let port = place.sandbox.ingress_port();
    assert_eq!(
        target["server"],
        format!("https://ci.clusters.example.com:{port}")
    );
    target["server"] = format!("https://127.0.0.1:{port}").into();
    target["tls-server-name"] = "ci.clusters.example.com".into();
    answers(client(&kubeconfig.to_string()).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_an_address_the_api_is_checked_through_the_host() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    let seen = place.until(&cluster, usable).await;
    assert_eq!(seen.api, ApiAnswer::Ok);
    assert_eq!(seen.endpoint.as_deref(), Some("https://localhost:8443"));
    let text = place.hosts.kubeconfig(&cluster).await.unwrap();
    assert!(text.expose_secret().contains("https://localhost:8443"));
}
