//! State, progress and facts.

use domain::cluster::{Cluster, ClusterState};
use leptos::prelude::*;

use crate::operation::{FailureCard, Progress, heading, step_summary};
use crate::routes;
use crate::ui::{Card, Code, Fact, Facts, LifeLeft, Remaining, exact};

#[component]
pub fn Overview(cluster: Cluster) -> impl IntoView {
    let operation = cluster.operation.clone();
    let progress = cluster.state.is_moving().then(|| step_summary(&operation));
    let usable = matches!(cluster.state, ClusterState::Ready | ClusterState::Degraded);
    let expires = cluster.ends_at.filter(|_| usable);
    let failure = cluster.failure.clone();
    let heading = heading(&operation);
    let facts = facts(&cluster);
    let life = expires.map(|end| view! { <LifeLeft start=cluster.created_at end=end /> });
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                {failure.map(|failure| view! { <FailureCard failure=failure /> })}
                <Card title=heading aside=move || progress>
                    <Progress steps=operation.steps />
                </Card>
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Card title="Facts">
                    <Facts>{facts}</Facts>
                    {life}
                </Card>
                <Usage cluster=cluster />
            </div>
        </div>
    }
    .into_any()
}

fn facts(cluster: &Cluster) -> impl IntoView + use<> {
    let ends = match (cluster.state, cluster.ends_at) {
        (ClusterState::Deleting | ClusterState::Deleted, _) => "—".into_any(),
        (_, None) => "never".into_any(),
        (_, Some(at)) => view! { "in " <Remaining until=at /> }.into_any(),
    };
    let price = match cluster.ends_at {
        Some(end) => {
            let seconds = end.as_second() - cluster.created_at.as_second();
            let whole = cluster.plan.price_per_hour.times_seconds(seconds);
            format!("{}/h · {whole} in total", cluster.plan.price_per_hour)
        }
        None => format!("{}/h", cluster.plan.price_per_hour),
    };
    let endpoint = cluster.endpoint.clone();
    let limits = cluster.plan.limits();
    let exposure = cluster.exposure.title();
    let (host, namespace) = (cluster.host.clone(), cluster.namespace.clone());
    let ordered = exact(cluster.created_at);
    view! {
        <Fact name="Expires">{ends}</Fact>
        <Fact name="Price">{price}</Fact>
        <Fact name="Limits">{limits}</Fact>
        <Fact name="Exposure">{exposure}</Fact>
        {endpoint.map(|endpoint| view! { <Fact name="Address"><code>{endpoint}</code></Fact> })}
        <Fact name="Host cluster">{host}</Fact>
        <Fact name="Namespace"><code>{namespace}</code></Fact>
        <Fact name="Created">{ordered}</Fact>
    }
}

/// The shortest way to a first response from the cluster.
#[component]
fn Usage(cluster: Cluster) -> impl IntoView {
    let command = format!(
        "kubectl --kubeconfig {}.kubeconfig.yaml get namespaces",
        cluster.name
    );
    let text = match cluster.state {
        ClusterState::Deleting | ClusterState::Deleted => return None,
        ClusterState::Ready | ClusterState::Degraded => view! {
            "Download the kubeconfig from the "
            <a class="link" href=routes::cluster_tab(cluster.id, "connect")>
                "Connect"
            </a>
            " tab, then run:"
        }
        .into_any(),
        _ => "When the cluster is ready, run:".into_any(),
    };
    Some(view! {
        <Card title="Use the cluster">
            <p class="text-muted mb-2">{text}</p>
            <Code label="Command" text=command />
        </Card>
    })
}
