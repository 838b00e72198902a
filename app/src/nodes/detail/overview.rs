//! State, progress, cost and facts.

use domain::node::catalogue::{accelerators, cloud_title};
use domain::node::connection::split_address;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use super::cost::CostCard;
use super::settings::StartForm;
use crate::form::FormState;
use crate::operation::{FailureCard, Progress, heading, step_summary};
use crate::routes;
use crate::ui::{Card, Code, Fact, Facts, exact};

#[component]
pub fn Overview(
    node: Node,
    /// The form that retries a failed launch.
    start: FormState,
) -> impl IntoView {
    let operation = node.operation.clone();
    let progress = node.state.is_moving().then(|| step_summary(&operation));
    let failure = node.failure.clone();
    let heading = heading(&operation);
    let retry = node.state == NodeState::Failed && node.allowed.start;
    let retry = retry.then(|| view! { <StartForm id=node.id form=start label="Retry launch" /> });
    let facts = facts(&node);
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.55fr)_minmax(0,1fr)]">
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                {failure.map(|failure| view! { <FailureCard failure=failure /> })}
                {retry}
                <Card title=heading aside=move || progress>
                    <Progress steps=operation.steps />
                </Card>
            </div>
            <div class="grid grid-cols-1 gap-3.5 min-w-0">
                <CostCard node=node.clone() />
                <Card title="Machine">
                    <Facts>{facts}</Facts>
                </Card>
                <Usage node=node />
            </div>
        </div>
    }
    .into_any()
}

fn facts(node: &Node) -> impl IntoView + use<> {
    let spec = &node.spec;
    let accelerator = match &spec.accelerator {
        Some(name) => accelerators(name, spec.count),
        None => "defined by the task".to_owned(),
    };
    let (cloud, region, machine_type) = match &node.placement {
        Some(placement) => (
            Some(&placement.cloud),
            Some(&placement.region),
            placement.instance_type.clone(),
        ),
        None => (spec.cloud.as_ref(), spec.region.as_ref(), None),
    };
    let location = match (cloud, region) {
        (Some(cloud), Some(region)) => format!("{} {region}", cloud_title(cloud)),
        (Some(cloud), None) => format!("{}, cheapest region", cloud_title(cloud)),
        (None, _) => "cheapest cloud and region".to_owned(),
    };
    let capacity = if spec.spot {
        "spot: the cloud may reclaim the machine"
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
    let created = exact(node.created_at);
    view! {
        <Fact name="Accelerator">{accelerator}</Fact>
        <Fact name="Location">{location}</Fact>
        {machine_type.map(|name| view! { <Fact name="Machine type"><code>{name}</code></Fact> })}
        <Fact name="Capacity">{capacity}</Fact>
        {disk.map(|disk| view! { <Fact name="Disk">{disk}</Fact> })}
        {image.map(|image| view! { <Fact name="Image"><code>{image}</code></Fact> })}
        {address.map(|address| view! { <Fact name="Address"><code>{address}</code></Fact> })}
        <Fact name="SkyPilot cluster"><code>{machine}</code></Fact>
        <Fact name="Workspace"><code>{workspace}</code></Fact>
        <Fact name="Created">{created}</Fact>
    }
}

/// The shortest way to a shell on the node.
#[component]
fn Usage(node: Node) -> impl IntoView {
    let text = match node.state {
        NodeState::Failed | NodeState::Deleting | NodeState::Deleted => return None,
        NodeState::Ready | NodeState::Degraded => view! {
            "Set up SSH once on the "
            <a class="link" href=routes::node_tab(node.id, "connect")>
                "Connect"
            </a>
            " tab, then run:"
        }
        .into_any(),
        NodeState::Stopped => "After you start the node again, run:".into_any(),
        _ => "When the node is ready, run:".into_any(),
    };
    Some(view! {
        <Card title="Use the node">
            <p class="text-muted mb-2">{text}</p>
            <Code label="Command" text=format!("ssh {}", node.name) />
        </Card>
    })
}
