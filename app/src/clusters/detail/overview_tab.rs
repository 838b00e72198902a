//! How the cluster is and what it is.

use domain::cluster::{Cluster, ClusterState};
use leptos::prelude::*;

use crate::operation::{FailureCard, Progress, heading, step_words};
use crate::routes;
use crate::ui::{Card, Code, Fact, Facts, LifeLeft, Remaining, exact};

/// Steps at the left, facts at the right.
#[component]
pub fn OverviewTab(cluster: RwSignal<Cluster>) -> impl IntoView {
    let operation = Memo::new(move |_| cluster.with(|cluster| cluster.operation.clone()));
    let failure = Memo::new(move |_| cluster.with(|cluster| cluster.failure.clone()));
    let title = Signal::derive(move || operation.with(heading).to_owned());
    let aside = move || {
        cluster.with(|cluster| {
            cluster
                .state
                .is_moving()
                .then(|| step_words(&cluster.operation))
        })
    };
    let life = Signal::derive(move || {
        cluster.with(|cluster| {
            let usable = matches!(cluster.state, ClusterState::Ready | ClusterState::Degraded);
            cluster
                .ends_at
                .filter(|_| usable)
                .map(|end| (cluster.created_at, end))
        })
    });
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                {move || failure.get().map(|failure| view! { <FailureCard failure=failure /> })}
                <Card title=title aside=move || aside>
                    <Progress operation=operation />
                </Card>
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <Card title="Facts">
                    <Facts>{move || cluster.with(facts)}</Facts>
                    <LifeLeft life=life />
                </Card>
                <UseIt cluster=cluster />
            </div>
        </div>
    }
    .into_any()
}

fn facts(cluster: &Cluster) -> impl IntoView + use<> {
    let ends = match (cluster.state, cluster.ends_at) {
        (ClusterState::Deleting | ClusterState::Deleted, _) => "—".into_any(),
        (_, None) => "when you delete it".into_any(),
        (_, Some(at)) => view! { "in " <Remaining until=at /> }.into_any(),
    };
    let price = match cluster.ends_at {
        Some(end) => {
            let seconds = end.as_second() - cluster.created_at.as_second();
            let whole = cluster.plan.price_per_hour.times_seconds(seconds);
            format!("{}/h · {whole} in all", cluster.plan.price_per_hour)
        }
        None => format!("{}/h", cluster.plan.price_per_hour),
    };
    let endpoint = cluster.endpoint.clone();
    let limits = cluster.plan.limits();
    let exposure = cluster.exposure.title();
    let (host, namespace) = (cluster.host.clone(), cluster.namespace.clone());
    let ordered = exact(cluster.created_at);
    view! {
        <Fact name="Ends">{ends}</Fact>
        <Fact name="Price">{price}</Fact>
        <Fact name="Limits">{limits}</Fact>
        <Fact name="Reached by">{exposure}</Fact>
        {endpoint.map(|endpoint| view! { <Fact name="Address"><code>{endpoint}</code></Fact> })}
        <Fact name="Host">{host}</Fact>
        <Fact name="Namespace"><code>{namespace}</code></Fact>
        <Fact name="Ordered">{ordered}</Fact>
    }
}

/// The shortest way to a first answer from the cluster.
#[component]
fn UseIt(cluster: RwSignal<Cluster>) -> impl IntoView {
    let state = Memo::new(move |_| cluster.with(|cluster| cluster.state));
    let (id, name) = cluster.with_untracked(|cluster| (cluster.id, cluster.name.clone()));
    let command = format!("kubectl --kubeconfig {name}.kubeconfig.yaml get namespaces");
    let words = move || match state.get() {
        ClusterState::Ready | ClusterState::Degraded => view! {
            "Download the kubeconfig on the "
            <a class="link" href=routes::cluster_tab(id, "connect")>
                "Connect"
            </a>
            " page, then:"
        }
        .into_any(),
        _ => "As soon as it is ready:".into_any(),
    };
    let gone = move || matches!(state.get(), ClusterState::Deleting | ClusterState::Deleted);
    view! {
        <div hidden=gone>
            <Card title="Use it">
                <p class="text-muted mb-2">{words}</p>
                <Code label="Command" text=command />
            </Card>
        </div>
    }
    .into_any()
}
