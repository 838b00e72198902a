//! Kubeconfig, commands, and what the exposure requires.

use domain::cluster::{Cluster, ClusterState};
use domain::exposure::Exposure;
use leptos::prelude::*;

use crate::resource::Unavailable;
use crate::routes;
use crate::ui::{Button, ButtonKind, Card, Code, CopyButton, Icon, Symbol};

#[component]
pub fn Connect(cluster: Cluster) -> impl IntoView {
    if cluster.allowed.kubeconfig {
        instructions(&cluster).into_any()
    } else {
        not_now(&cluster)
    }
}

fn instructions(cluster: &Cluster) -> impl IntoView + use<> {
    let name = cluster.name.to_string();
    let file = format!("{name}.kubeconfig.yaml");
    let once = format!("kubectl --kubeconfig {file} get nodes");
    let session = format!("export KUBECONFIG=$PWD/{file}\nkubectl get namespaces");
    let id = cluster.id;
    let exposure = cluster.exposure.title();
    let access = access(cluster);
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <Card title="Kubeconfig">
                <p class="text-muted">
                    "The kubeconfig gives full access to this cluster. It is read from the cluster on request, and the audit log records each request."
                </p>
                <form
                    method="post"
                    action=routes::kubeconfig(id)
                    data-external=""
                    class="flex flex-wrap gap-2 mt-3"
                >
                    <Button kind=ButtonKind::Primary>
                        <Icon symbol=Symbol::Download size=16 />
                        "Download kubeconfig"
                    </Button>
                    <CopyButton from=routes::kubeconfig(id) label="Copy kubeconfig" />
                </form>
                <h3 class="mt-5 mb-2">"Run one command"</h3>
                <Code label="Command" text=once />
                <h3 class="mt-4 mb-2">"Use the kubeconfig in this terminal"</h3>
                <Code label="Commands" text=session />
                <p class="text-small text-muted mt-3">
                    "A new cluster has no nodes until its first pod runs, so “No resources found” is the expected response to the first "
                    <code>"get nodes"</code>
                    "."
                </p>
            </Card>
            <Card title=exposure>
                <div class="prose">{access}</div>
            </Card>
        </div>
    }
}

/// What a user needs for this exposure.
fn access(cluster: &Cluster) -> impl IntoView + use<> {
    let endpoint = cluster.endpoint.clone();
    let address = endpoint.map(|endpoint| view! { <p>"Address: " <code>{endpoint}</code></p> });
    match &cluster.exposure {
        Exposure::LoadBalancer => view! {
            {address}
            <p>"The kubeconfig contains this address. It works wherever the load balancer is reachable."</p>
        }
        .into_any(),
        Exposure::NodePort => view! {
            {address}
            <p>
                "The kubeconfig points to a port on a node of the host cluster. If that node is removed, download the kubeconfig again to get another address."
            </p>
        }
        .into_any(),
        Exposure::Ingress { host } => {
            let host = host.to_string();
            view! {
                {address}
                <p>
                    <code>{host}</code>
                    " must resolve to the host cluster's ingress, and the ingress must pass TLS through, because the cluster verifies client certificates."
                </p>
            }
            .into_any()
        }
        Exposure::PortForward => {
            let command = format!(
                "kubectl --namespace {} port-forward service/{} 8443:443",
                cluster.namespace, cluster.name
            );
            let host = cluster.host.clone();
            view! {
                <p>
                    "The cluster is not reachable from outside. With access to the host cluster "
                    <b>{host}</b> ", keep this running in a second terminal:"
                </p>
                <div class="mt-2">
                    <Code label="Command" text=command />
                </div>
                <p>"The kubeconfig points to " <code>"https://localhost:8443"</code> "."</p>
            }
            .into_any()
        }
    }
}

fn not_now(cluster: &Cluster) -> AnyView {
    let (reason, title, text) = match cluster.state {
        ClusterState::Pending | ClusterState::Provisioning | ClusterState::Resuming => (
            "not-ready",
            "Not ready yet",
            "The kubeconfig appears here when the cluster is ready. This page updates automatically.",
        ),
        ClusterState::Pausing | ClusterState::Paused => (
            "paused",
            "The cluster is paused",
            "Its kubeconfig works again when the cluster is resumed, which the Overview and Settings tabs offer.",
        ),
        ClusterState::Failed => (
            "failed",
            "The cluster failed to start",
            "There is no kubeconfig until the cluster responds. The Overview tab shows what failed.",
        ),
        ClusterState::Deleting | ClusterState::Deleted => (
            "deleting",
            "The cluster is being deleted",
            "You can no longer connect to it.",
        ),
        ClusterState::Ready | ClusterState::Degraded => (
            "no-permission",
            "You can view this cluster, but not connect to it",
            "A kubeconfig requires the developer or admin role in this tenant. Ask a tenant admin for the role.",
        ),
    };
    view! { <Unavailable resource=cluster.into() reason=reason title=title text=text /> }.into_any()
}
