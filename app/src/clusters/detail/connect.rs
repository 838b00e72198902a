//! How to reach the cluster: kubeconfig, commands, and what its exposure requires.

use domain::cluster::{Cluster, ClusterState};
use domain::exposure::Exposure;
use leptos::prelude::*;

use crate::routes;
use crate::ui::{Button, ButtonKind, Card, Code, CopyButton, Icon, Notice, Symbol, Tone};

/// Shows how to connect, or why that is not possible now.
#[component]
pub fn Connect(cluster: Cluster) -> impl IntoView {
    if cluster.allowed.kubeconfig {
        ways(&cluster).into_any()
    } else {
        view! { <NotNow state=cluster.state /> }.into_any()
    }
}

fn ways(cluster: &Cluster) -> impl IntoView + use<> {
    let name = cluster.name.to_string();
    let file = format!("{name}.kubeconfig.yaml");
    let once = format!("kubectl --kubeconfig {file} get nodes");
    let session = format!("export KUBECONFIG=$PWD/{file}\nkubectl get namespaces");
    let id = cluster.id;
    let way = cluster.exposure.title();
    let reached = reached(cluster);
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <Card title="Kubeconfig">
                <p class="text-muted">
                    "The kubeconfig gives full access to this cluster. It is read from the cluster when you ask for it, and the audit log records that you did."
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
                <h3 class="mt-4 mb-2">"Use it for the whole terminal"</h3>
                <Code label="Commands" text=session />
                <p class="text-small text-muted mt-3">
                    "A new cluster has no nodes until its first pod runs, so “No resources found” is the expected response to the first "
                    <code>"get nodes"</code>
                    "."
                </p>
            </Card>
            <Card title=way>
                <div class="prose">{reached}</div>
            </Card>
        </div>
    }
}

/// What the exposure requires of users.
fn reached(cluster: &Cluster) -> impl IntoView + use<> {
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

#[component]
fn NotNow(state: ClusterState) -> impl IntoView {
    let (title, text) = match state {
        ClusterState::Pending | ClusterState::Provisioning => (
            "Not ready yet",
            "The kubeconfig appears here when the cluster is ready. This page updates automatically.",
        ),
        ClusterState::Failed => (
            "The cluster failed to start",
            "There is no kubeconfig until the cluster responds. The Overview tab shows what failed.",
        ),
        ClusterState::Deleting | ClusterState::Deleted => (
            "The cluster is being deleted",
            "You can no longer connect to it.",
        ),
        ClusterState::Ready | ClusterState::Degraded => (
            "You can view this cluster, but not connect to it",
            "A kubeconfig requires the developer or admin role in this tenant. Ask a tenant admin for the role.",
        ),
    };
    let tone = if state.is_moving() {
        Tone::Busy
    } else {
        Tone::Idle
    };
    view! {
        <Notice tone=tone title=title>
            <p>{text}</p>
        </Notice>
    }
    .into_any()
}
