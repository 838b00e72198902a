//! Progress and facts.

use domain::cluster::Cluster;
use domain::usage::UsageState;
use leptos::prelude::*;

use super::drift::DriftCard;
use super::power::{PauseNotice, changed};
use crate::form::FormState;
use crate::resource::{CostSoFar, ExpiryFact, Overview, ResourceView, UsageCard};
use crate::ui::{Card, Fact, Facts, LifeLeft, exact};

#[component]
pub fn ClusterOverview(cluster: Cluster, restore: FormState, resume: FormState) -> impl IntoView {
    let resource = ResourceView::from(&cluster);
    let expires = resource.expires_at().filter(|_| resource.state.is_up);
    let life = expires.map(|end| view! { <LifeLeft start=cluster.created_at end=end /> });
    let facts = facts(&cluster, &resource);
    let notices = move || {
        view! {
            <PauseNotice cluster=cluster.clone() resume=resume />
            <DriftCard cluster=cluster form=restore />
        }
    };
    view! {
        <Overview resource=resource.clone() below_failure=notices>
            <Card title="Details">
                <Facts>{facts}</Facts>
                {life}
            </Card>
            {usage(resource)}
        </Overview>
    }
}

fn facts(cluster: &Cluster, resource: &ResourceView) -> impl IntoView + use<> {
    let price = format!(
        "{}/h · paused {}/h",
        cluster.plan.price(UsageState::Running),
        cluster.plan.price(UsageState::Paused)
    );
    let (cost, now) = (cluster.cost, cluster.now);
    let resumed = cluster.power.as_ref().filter(|power| !power.paused);
    let resumed = resumed.map(|power| {
        let changed = changed(power);
        view! { <Fact name="Running">{changed}</Fact> }
    });
    let endpoint = cluster.endpoint.clone();
    let limits = cluster.plan.limits();
    let exposure = cluster.exposure.title();
    let (host, namespace) = (cluster.host.clone(), cluster.namespace.clone());
    let created = exact(cluster.created_at);
    view! {
        <ExpiryFact resource=resource.clone() />
        <Fact name="Price">{price}</Fact>
        <Fact name="So far">
            <CostSoFar cost=cost at=now />
        </Fact>
        {resumed}
        <Fact name="Limits">{limits}</Fact>
        <Fact name="Exposure">{exposure}</Fact>
        {endpoint.map(|endpoint| view! { <Fact name="Address"><code>{endpoint}</code></Fact> })}
        <Fact name="Host cluster">{host}</Fact>
        <Fact name="Namespace"><code>{namespace}</code></Fact>
        <Fact name="Created">{created}</Fact>
    }
}

/// Nothing for callers who may not connect.
fn usage(resource: ResourceView) -> Option<AnyView> {
    let state = resource.state;
    if state.is_deleting || (state.is_up && !resource.access.connect) {
        return None;
    }
    let command = format!(
        "kubectl --kubeconfig {}.kubeconfig.yaml get namespaces",
        resource.name
    );
    let connect = resource.tab("connect");
    let text = move || match state.is_up {
        true => view! {
            "Download the kubeconfig from the "
            <a class="link" href=connect>
                "Connect"
            </a>
            " tab, then run:"
        }
        .into_any(),
        false => "When the cluster is ready, run:".into_any(),
    };
    Some(view! { <UsageCard resource=resource text=text command=command /> }.into_any())
}
