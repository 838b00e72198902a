//! One job.

use domain::ids::NodeId;
use domain::node::job::{Job, JobState};
use leptos::prelude::*;

use super::queue::Queue;
use crate::nodes::detail::api::CancelJob;
use crate::routes;
use crate::ui::{Badge, Button, ButtonKind, Cell, Clock, RelativeTime, Row, Tone, elapsed_words};

/// The colour that goes with a state.
const fn tone(state: JobState) -> Tone {
    match state {
        JobState::Succeeded => Tone::Ok,
        JobState::Init | JobState::Pending | JobState::SettingUp | JobState::Running => Tone::Busy,
        JobState::Failed | JobState::FailedSetup | JobState::FailedDriver => Tone::Bad,
        JobState::Cancelled => Tone::Idle,
    }
}

/// Columns: job, state, submitted, took, and what can be done. Stays the same row while the job goes on, so that nothing
/// in it loses its focus.
#[component]
pub fn JobRow(
    node: NodeId,
    job: Job,
    queue: Queue,
    cancel: ServerAction<CancelJob>,
    may_cancel: Signal<bool>,
) -> impl IntoView {
    let (number, submitted) = (job.id, job.submitted_at);
    let name = if job.name.is_empty() {
        format!("Job {number}")
    } else {
        job.name.clone()
    };
    let now = queue.job(number);
    let state = Memo::new(move |_| now.with(|job| job.as_ref().map(|job| job.state)));
    let times =
        Memo::new(move |_| now.with(|job| job.as_ref().map(|job| (job.started_at, job.ended_at))));
    let clock = Clock::in_context();
    let took = move || match times.get() {
        Some((Some(started), ended)) => {
            elapsed_words(started, ended.unwrap_or_else(|| clock.now()))
        }
        _ => "—".to_owned(),
    };
    let badge = move || {
        state
            .get()
            .map(|state| view! { <Badge tone=tone(state) label=state.title() /> })
    };
    let cancellable = move || may_cancel.get() && state.get().is_some_and(JobState::is_open);
    let confirm = move || {
        cancellable().then(|| view! { <CancelForm node=node number=number cancel=cancel /> })
    };
    view! {
        <Row>
            <Cell>
                <a
                    href=routes::job_log_page(node, number)
                    class="block truncate font-semibold hover:text-accent-text"
                >
                    {name}
                </a>
                <small class="block text-faint">{format!("job {number}")}</small>
            </Cell>
            <Cell>{badge}</Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">
                    <RelativeTime at=submitted />
                </span>
            </Cell>
            <Cell number=true>
                <span class="whitespace-nowrap">{took}</span>
            </Cell>
            <Cell wide_on_phone=true>
                <div class="flex flex-wrap items-start gap-x-3 gap-y-1 md:justify-end">
                    <a href=routes::job_log_page(node, number) class="link py-0.5">
                        "Log" <span class="sr-only">{format!(" of job {number}")}</span>
                    </a>
                    {confirm}
                </div>
            </Cell>
        </Row>
    }
    .into_any()
}

/// Asks once more before it cancels; works without a script.
#[component]
fn CancelForm(node: NodeId, number: u64, cancel: ServerAction<CancelJob>) -> impl IntoView {
    let pending = cancel.pending();
    view! {
        <details>
            <summary class="text-bad py-0.5 hover:underline">
                "Cancel" <span class="sr-only">{format!(" job {number}")}</span>
            </summary>
            <ActionForm action=cancel attr:class=crate::ui::tw("grid gap-2 py-1.5 max-w-60")>
                <input type="hidden" name="id" value=node.to_string() />
                <input type="hidden" name="job" value=number />
                <p class="text-small text-muted">
                    "It ends where it is. What it has written to the disk stays."
                </p>
                <div>
                    <Button kind=ButtonKind::Danger disabled=pending>
                        {format!("Cancel job {number}")}
                    </Button>
                </div>
            </ActionForm>
        </details>
    }
    .into_any()
}
