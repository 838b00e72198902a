//! How to get to the cluster: kubeconfig, commands, and what its way of being reached asks for.

use domain::cluster::{Cluster, ClusterState};
use domain::exposure::Exposure;
use leptos::prelude::*;

use super::copy_kubeconfig::CopyKubeconfig;
use crate::routes;
use crate::ui::{Button, ButtonKind, Card, Code, Icon, Notice, Symbol, Tone};

/// Shows the way, or why there is none now.
#[component]
pub fn ConnectTab(cluster: RwSignal<Cluster>) -> impl IntoView {
    let situation = Memo::new(move |_| {
        cluster.with(|cluster| {
            (
                cluster.state,
                cluster.allowed.kubeconfig,
                cluster.endpoint.clone(),
            )
        })
    });
    move || {
        let (state, allowed, _) = situation.get();
        if allowed {
            cluster.with_untracked(connect).into_any()
        } else {
            view! { <NotNow state=state /> }.into_any()
        }
    }
}

fn connect(cluster: &Cluster) -> impl IntoView + use<> {
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
                    "It gives full access to this cluster. It is read from the cluster at this moment, and the audit log says that you have it."
                </p>
                <form
                    method="post"
                    action=routes::kubeconfig(id)
                    class="flex flex-wrap gap-2 mt-3"
                >
                    <Button kind=ButtonKind::Primary>
                        <Icon symbol=Symbol::Download size=16 />
                        "Download kubeconfig"
                    </Button>
                    <CopyKubeconfig id=id />
                </form>
                <h3 class="mt-5 mb-2">"Then, for one command"</h3>
                <Code label="Command" text=once />
                <h3 class="mt-4 mb-2">"Or for the whole terminal"</h3>
                <Code label="Commands" text=session />
                <p class="text-small text-muted mt-3">
                    "A fresh cluster has no nodes until its first pod runs: “No resources found” is a good answer to the first "
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

/// What the way of being reached asks of people.
fn reached(cluster: &Cluster) -> impl IntoView + use<> {
    let endpoint = cluster.endpoint.clone();
    let address = endpoint.map(|endpoint| view! { <p>"Its address: " <code>{endpoint}</code></p> });
    match &cluster.exposure {
        Exposure::LoadBalancer => view! {
            {address}
            <p>"The kubeconfig holds this address. It works from wherever the load balancer can be reached."</p>
        }
        .into_any(),
        Exposure::NodePort => view! {
            {address}
            <p>
                "The kubeconfig points to a port on a node of the host. If that node goes, download the kubeconfig again: it then names another one."
            </p>
        }
        .into_any(),
        Exposure::Ingress { host } => {
            let host = host.to_string();
            view! {
                {address}
                <p>
                    "The name " <code>{host}</code>
                    " has to point to the host's ingress, and the ingress has to pass TLS through: the cluster checks client certificates itself."
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
                    "Nothing is reachable from outside. With access to the host cluster "
                    <b>{host}</b> ", leave this running in a second terminal:"
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
            "The kubeconfig is here as soon as the cluster answers. This page shows it by itself.",
        ),
        ClusterState::Failed => (
            "It did not come up",
            "There is no kubeconfig for a cluster that does not answer. The overview says what is wrong.",
        ),
        ClusterState::Deleting | ClusterState::Deleted => (
            "The cluster is being taken down",
            "There is nothing left to connect to.",
        ),
        ClusterState::Ready | ClusterState::Degraded => (
            "You may look, but not connect",
            "A kubeconfig takes the role developer or admin in this tenant. Ask an admin of it.",
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
