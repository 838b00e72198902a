//! Progress, cost and facts.

use domain::node::catalogue::{accelerators, cloud_title};
use domain::node::connection::split_address;
use domain::node::view::{Node, NodeState};
use leptos::prelude::*;

use super::cost::CostCard;
use super::settings::StartForm;
use crate::form::FormState;
use crate::resource::{Overview, ResourceView, UsageCard};
use crate::ui::{Card, Fact, Facts, exact};

#[component]
pub fn NodeOverview(
    node: Node,
    /// The form that retries a failed launch.
    start: FormState,
) -> impl IntoView {
    let resource = ResourceView::from(&node);
    let id = node.id;
    let retry = node.state == NodeState::Failed && node.allowed.start;
    let retry =
        move || retry.then(|| view! { <StartForm id=id form=start label="Retry launch" /> });
    let facts = facts(&node);
    let usage = usage(&node);
    view! {
        <Overview resource=resource below_failure=retry>
            <CostCard node=node />
            <Card title="Machine">
                <Facts>{facts}</Facts>
            </Card>
            {usage}
        </Overview>
    }
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

/// Nothing for callers who may not connect.
fn usage(node: &Node) -> Option<AnyView> {
    let resource = ResourceView::from(node);
    let state = resource.state;
    if state.is_deleting
        || node.state == NodeState::Failed
        || (state.is_up && !resource.access.connect)
    {
        return None;
    }
    let connect = resource.tab("connect");
    let is_stopped = node.state == NodeState::Stopped;
    let text = move || match (state.is_up, is_stopped) {
        (true, _) => view! {
            "Set up SSH once on the "
            <a class="link" href=connect>
                "Connect"
            </a>
            " tab, then run:"
        }
        .into_any(),
        (false, true) => "After you start the node, run:".into_any(),
        (false, false) => "When the node is ready, run:".into_any(),
    };
    let command = format!("ssh {}", node.name);
    Some(view! { <UsageCard resource=resource text=text command=command /> }.into_any())
}
