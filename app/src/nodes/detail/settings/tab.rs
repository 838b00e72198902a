//! The settings, as far as the state and the role leave any.

use domain::node::view::{Node, NodeState};
use domain::problem::Problem;
use leptos::prelude::*;

use super::danger_zone::DangerZone;
use super::idle_rule::IdleRule;
use super::power::Power;
use crate::ui::{Card, Code, Notice, Tone};

/// Everything harmless first; what cannot be undone last.
#[component]
pub fn SettingsTab(
    node: RwSignal<Node>,
    /// What was wrong with the plain form that led here.
    problem: Option<Problem>,
) -> impl IntoView {
    let problem = StoredValue::new(problem);
    let situation = Memo::new(move |_| node.with(|node| (node.state, node.allowed.delete)));
    let content = move || match situation.get() {
        (_, true) => view! {
            <Power node=node />
            <IdleRule node=node problem=problem.get_value() />
            <Task node=node />
            <DangerZone node=node problem=problem.get_value() />
        }
        .into_any(),
        (NodeState::Deleting, _) => view! {
            <Notice tone=Tone::Busy title="It is being taken down">
                <p>"The overview shows how far it is."</p>
            </Notice>
            <Task node=node />
        }
        .into_any(),
        (NodeState::Deleted, _) => view! {
            <Notice tone=Tone::Idle title="There is nothing left to change" />
            <Task node=node />
        }
        .into_any(),
        (_, false) => view! {
            <Notice tone=Tone::Idle title="You may look, but not change anything">
                <p>"Changes take the role developer or admin in this tenant."</p>
            </Notice>
            <Task node=node />
        }
        .into_any(),
    };
    view! { <div class="grid grid-cols-1 gap-3.5 max-w-180">{content}</div> }.into_any()
}

/// What SkyPilot was asked for.
#[component]
fn Task(node: RwSignal<Node>) -> impl IntoView {
    let yaml = node.with_untracked(|node| node.task_yaml.clone());
    view! {
        <Card title="Task">
            <p class="text-muted mb-2">"The SkyPilot YAML that was sent for this node."</p>
            <Code label="SkyPilot task" text=yaml />
        </Card>
    }
    .into_any()
}
