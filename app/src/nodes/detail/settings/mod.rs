//! Changes to the node: whether it runs, what happens when it is idle, its deletion.

mod autostop;
mod danger_zone;
mod power;

use domain::node::view::{Node, NodeState};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use self::autostop::AutostopCard;
use self::danger_zone::DangerZone;
use self::power::Power;
use crate::form::FormState;
use crate::nodes::functions::{DeleteNode, SetAutostop, StartNode, StopNode};
use crate::page::PageRequest;
use crate::ui::{Card, Code, Notice, Tone};

pub use self::power::StartForm;

pub struct SettingsForms {
    start: FormState,
    stop: FormState,
    autostop: FormState,
    delete: FormState,
}

impl SettingsForms {
    pub fn of(request: &PageRequest) -> Self {
        Self {
            start: request.form(StartNode::url()),
            stop: request.form(StopNode::url()),
            autostop: request.form(SetAutostop::url()),
            delete: request.form(DeleteNode::url()),
        }
    }
}

/// The forms, as far as state and role allow any.
#[component]
pub fn Settings(node: Node, forms: SettingsForms) -> impl IntoView {
    let task = node.task_yaml.clone();
    let notice = match node.state {
        _ if node.allowed.delete => None,
        NodeState::Deleting => Some(view! {
            <Notice tone=Tone::Busy title="This node is being deleted">
                <p>"The Overview tab shows the progress."</p>
            </Notice>
        }),
        _ => Some(view! {
            <Notice tone=Tone::Idle title="You can view this node, but not change it">
                <p>"Changes require the developer or admin role in this tenant."</p>
            </Notice>
        }),
    };
    let changes = node.allowed.delete.then(|| {
        let SettingsForms {
            start,
            stop,
            autostop,
            delete,
        } = forms;
        let power = view! { <Power node=node.clone() start=start stop=stop /> };
        let autostop = view! { <AutostopCard node=node.clone() form=autostop /> };
        (
            power,
            autostop,
            view! { <DangerZone node=node form=delete /> },
        )
    });
    let (power, autostop, danger_zone) = match changes {
        Some((power, autostop, danger_zone)) => (Some(power), Some(autostop), Some(danger_zone)),
        None => (None, None, None),
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 max-w-180">
            {notice}
            {power}
            {autostop}
            <Card title="Task">
                <p class="text-muted mb-2">"The SkyPilot task that was sent for this node:"</p>
                <Code label="SkyPilot task" text=task />
            </Card>
            {danger_zone}
        </div>
    }
    .into_any()
}
