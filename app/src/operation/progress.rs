//! The steps of the newest operation, with times that run while a step does.

use domain::operation::{Operation, OperationKind, Step, StepState};
use leptos::prelude::*;

use crate::ui::{Clock, StepMark, StepRow, Steps, elapsed_words};

/// The steps of an operation.
#[component]
pub fn Progress(#[prop(into)] operation: Signal<Operation>) -> impl IntoView {
    let steps = Memo::new(move |_| operation.with(|operation| operation.steps.clone()));
    view! {
        <Steps>{move || steps.get().into_iter().map(step).collect_view()}</Steps>
    }
    .into_any()
}

fn step(step: Step) -> impl IntoView {
    let clock = Clock::in_context();
    let mark = match step.state {
        StepState::Waiting => StepMark::Waiting,
        StepState::Running => StepMark::Now,
        StepState::Done => StepMark::Done,
        StepState::Failed => StepMark::Failed,
    };
    let (started, finished) = (step.started_at, step.finished_at);
    let elapsed = move || {
        move || {
            let started = started?;
            let until = finished.unwrap_or_else(|| clock.now());
            Some(elapsed_words(started, until))
        }
    };
    view! {
        <StepRow mark=mark title=step.name.title() detail=step.detail elapsed=elapsed />
    }
}

/// What the steps are about.
pub fn heading(operation: &Operation) -> &'static str {
    match (operation.kind, operation.finished_at) {
        (OperationKind::CreateCluster, None) => "Creating",
        (OperationKind::CreateCluster, Some(_)) => "How it came up",
        (OperationKind::DeleteCluster, None) => "Deleting",
        (OperationKind::LaunchNode, None) => "Launching",
        (OperationKind::LaunchNode, Some(_)) => "How it came up",
        (OperationKind::StopNode, None) => "Stopping",
        (OperationKind::StopNode, Some(_)) => "How it was stopped",
        (OperationKind::StartNode, None) => "Starting",
        (OperationKind::StartNode, Some(_)) => "How it was started",
        (OperationKind::TakeDownNode, None) => "Taking down",
        (OperationKind::DeleteCluster | OperationKind::TakeDownNode, Some(_)) => {
            "How it was taken down"
        }
    }
}
