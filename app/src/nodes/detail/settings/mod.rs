//! Changes to the node: whether it runs, what happens when it is idle, its deletion.

mod autostop;
mod danger_zone;
mod power;

use domain::node::view::Node;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use self::autostop::AutostopCard;
use self::danger_zone::DangerZone;
use self::power::Power;
use crate::form::FormState;
use crate::nodes::functions::{DeleteNode, SetAutostop, StartNode, StopNode};
use crate::page::PageRequest;
use crate::resource::{ResourceView, SettingsNotice};
use crate::ui::{Card, Code};

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
    let resource = ResourceView::from(&node);
    let SettingsForms {
        start,
        stop,
        autostop,
        delete,
    } = forms;
    let (changes, deletion) = match node.allowed.delete {
        true => {
            let changes = view! {
                <Power node=node.clone() start=start stop=stop />
                <AutostopCard node=node.clone() form=autostop />
            };
            let deletion = view! { <DangerZone node=node form=delete /> };
            (Some(changes), Some(deletion))
        }
        false => (None, None),
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 max-w-180">
            <SettingsNotice resource=resource />
            {changes}
            <Card title="Task">
                <p class="text-muted mb-2">"The SkyPilot task that was sent for this node:"</p>
                <Code label="SkyPilot task" text=task />
            </Card>
            {deletion}
        </div>
    }
    .into_any()
}
