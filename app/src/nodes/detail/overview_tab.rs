//! How the node is, what it is and what it costs.

use domain::node::catalogue::{accelerators, cloud_title};
use domain::node::connection::split_address;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use super::cost_card::CostCard;
use super::settings::StartForm;
use crate::operation::{FailureCard, Progress, heading, step_words};
use crate::routes;
use crate::ui::{Card, Code, Fact, Facts, exact};

/// Steps at the left, cost and facts at the right.
#[component]
pub fn OverviewTab(node: RwSignal<Node>) -> impl IntoView {
    let id = node.with_untracked(|node| node.id);
    let operation = Memo::new(move |_| node.with(|node| node.operation.clone()));
    let failure = Memo::new(move |_| node.with(|node| node.failure.clone()));
    let title = Signal::derive(move || operation.with(heading).to_owned());
    let aside =
        move || node.with(|node| node.state.is_moving().then(|| step_words(&node.operation)));
    let retry =
        Memo::new(move |_| node.with(|node| node.state == NodeState::Failed && node.allowed.start));
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                {move || failure.get().map(|failure| view! { <FailureCard failure=failure /> })}
                {move || retry.get().then(|| view! { <StartForm id=id label="Try the launch again" /> })}
                <Card title=title aside=move || aside>
                    <Progress operation=operation />
                </Card>
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <CostCard node=node />
                <Card title="Machine">
                    <Facts>{move || node.with(facts)}</Facts>
                </Card>
                <UseIt node=node />
            </div>
        </div>
    }
    .into_any()
}

fn facts(node: &Node) -> impl IntoView + use<> {
    let spec = &node.spec;
    let accelerator = match &spec.accelerator {
        Some(name) => accelerators(name, spec.count),
        None => "as the task says".to_owned(),
    };
    let (cloud, region, machine_type) = match &node.placement {
        Some(placement) => (
            Some(&placement.cloud),
            Some(&placement.region),
            placement.instance_type.clone(),
        ),
        None => (spec.cloud.as_ref(), spec.region.as_ref(), None),
    };
    let place = match (cloud, region) {
        (Some(cloud), Some(region)) => format!("{} {region}", cloud_title(cloud)),
        (Some(cloud), None) => format!("{}, wherever it is cheapest", cloud_title(cloud)),
        (None, _) => "wherever it is cheapest".to_owned(),
    };
    let kind = if spec.spot {
        "spot: the cloud may take it away"
    } else {
        "on demand"
    };
    let disk = spec.disk_gib.map(|gib| format!("{gib} GiB"));
    let address = node
        .address
        .as_deref()
        .map(|address| match split_address(address) {
            Some((host, 22)) => host.to_owned(),
            _ => address.to_owned(),
        });
    let image = spec.image.clone();
    let (machine, workspace) = (node.machine.clone(), node.workspace.clone());
    let ordered = exact(node.created_at);
    view! {
        <Fact name="Accelerator">{accelerator}</Fact>
        <Fact name="Where">{place}</Fact>
        {machine_type.map(|name| view! { <Fact name="Machine type"><code>{name}</code></Fact> })}
        <Fact name="Kind">{kind}</Fact>
        {disk.map(|disk| view! { <Fact name="Disk">{disk}</Fact> })}
        {image.map(|image| view! { <Fact name="Image"><code>{image}</code></Fact> })}
        {address.map(|address| view! { <Fact name="Address"><code>{address}</code></Fact> })}
        <Fact name="In SkyPilot"><code>{machine}</code></Fact>
        <Fact name="Workspace"><code>{workspace}</code></Fact>
        <Fact name="Ordered">{ordered}</Fact>
    }
}

/// The shortest way onto the node.
#[component]
fn UseIt(node: RwSignal<Node>) -> impl IntoView {
    let (id, name) = node.with_untracked(|node| (node.id, node.name.clone()));
    let state = Memo::new(move |_| node.with(|node| node.state));
    let words = move || match state.get() {
        NodeState::Ready | NodeState::Degraded => view! {
            "Set it up once on the "
            <a class="link" href=routes::node_tab(id, "connect")>
                "Connect"
            </a>
            " page, then:"
        }
        .into_any(),
        NodeState::Stopped => "Once it is started again:".into_any(),
        _ => "As soon as it is ready:".into_any(),
    };
    let hopeless = move || {
        matches!(
            state.get(),
            NodeState::Failed | NodeState::Deleting | NodeState::Deleted
        )
    };
    view! {
        <div hidden=hopeless>
            <Card title="Use it">
                <p class="text-muted mb-2">{words}</p>
                <Code label="Command" text=format!("ssh {name}") />
            </Card>
        </div>
    }
    .into_any()
}
