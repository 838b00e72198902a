//! The steps of the latest operation, with the time each took or has taken so far.

use domain::operation::{Operation, OperationKind, Step, StepState};
use leptos::prelude::*;

use crate::ui::{Elapsed, StepMark, StepRow, Steps, elapsed_words};

#[component]
pub fn Progress(steps: Vec<Step>) -> impl IntoView {
    view! { <Steps>{steps.into_iter().map(step).collect_view()}</Steps> }.into_any()
}

fn step(step: Step) -> impl IntoView {
    let mark = match step.state {
        StepState::Waiting => StepMark::Waiting,
        StepState::Running => StepMark::Now,
        StepState::Done => StepMark::Done,
        StepState::Failed => StepMark::Failed,
    };
    let elapsed = move || match (step.started_at, step.finished_at) {
        (Some(started), Some(finished)) => elapsed_words(started, finished).into_any(),
        (Some(started), None) if step.state == StepState::Running => {
            view! { <Elapsed since=started /> }.into_any()
        }
        _ => ().into_any(),
    };
    view! { <StepRow mark=mark title=step.name.title() detail=step.detail elapsed=elapsed /> }
}

/// The heading above the steps.
pub fn heading(operation: &Operation) -> &'static str {
    match (operation.kind, operation.finished_at) {
        (OperationKind::CreateCluster, None) => "Creating",
        (OperationKind::CreateCluster, Some(_)) => "Provisioning",
        (OperationKind::DeleteCluster, None) => "Deleting",
        (OperationKind::RestoreCluster, None) => "Restoring",
        (OperationKind::RestoreCluster, Some(_)) => "Restored",
        (OperationKind::PauseCluster, None) => "Pausing",
        (OperationKind::PauseCluster, Some(_)) => "Paused",
        (OperationKind::ResumeCluster, None) => "Resuming",
        (OperationKind::ResumeCluster, Some(_)) => "Resumed",
        (OperationKind::LaunchNode, None) => "Launching",
        (OperationKind::LaunchNode, Some(_)) => "Provisioning",
        (OperationKind::StopNode, None) => "Stopping",
        (OperationKind::StopNode, Some(_)) => "Stopped",
        (OperationKind::StartNode, None) => "Starting",
        (OperationKind::StartNode, Some(_)) => "Started",
        (OperationKind::DeleteNode, None) => "Deleting",
        (OperationKind::DeleteCluster | OperationKind::DeleteNode, Some(_)) => "Deleted",
    }
}
