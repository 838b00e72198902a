//! The queue and the form.

use domain::ids::NodeId;
use domain::node::view::{Node, NodeState};
use domain::problem::Problem;
use leptos::prelude::*;

use super::form::SubmitForm;
use super::queue::Queue;
use super::row::JobRow;
use crate::nodes::detail::api::{CancelJob, JobQueue, SubmitJob, load_jobs};
use crate::problem_page::{ProblemPanel, problem_notice};
use crate::ui::{
    Card, Clock, Empty, EmptyState, HeaderCell, Notice, Skeleton, Table, Tone, waiting,
};

/// Jobs live on the node, so only a node that is up can tell of them.
#[component]
pub fn JobsTab(
    node: RwSignal<Node>,
    /// What was wrong with the plain form that led here.
    problem: Option<Problem>,
) -> impl IntoView {
    let problem = StoredValue::new(problem);
    let state = Memo::new(move |_| node.with(|node| node.state));
    let up = Memo::new(move |_| state.get().is_up());
    move || {
        if up.get() {
            view! { <Jobs node=node problem=problem.get_value() /> }.into_any()
        } else {
            let state = state.get();
            view! { <NotNow state=state /> }.into_any()
        }
    }
}

#[component]
fn Jobs(node: RwSignal<Node>, problem: Option<Problem>) -> impl IntoView {
    let clock = Clock::in_context();
    let id = node.with_untracked(|node| node.id);
    let may = Signal::derive(move || node.with(|node| node.allowed.jobs));
    let submit = ServerAction::<SubmitJob>::new();
    let cancel = ServerAction::<CancelJob>::new();
    let jobs = Resource::new_blocking(|| (), move |()| load_jobs(id));
    let list = move || {
        Suspend::new(async move {
            match jobs.await {
                Ok(queue) => {
                    clock.sync(queue.now);
                    view! { <LiveQueue id=id queue=queue submit=submit cancel=cancel may=may /> }
                        .into_any()
                }
                Err(refusal) => view! { <ProblemPanel problem=refusal.0 /> }.into_any(),
            }
        })
    };
    let problem = StoredValue::new(problem);
    let form = move || {
        if may.get() {
            view! { <SubmitForm id=id submit=submit problem=problem.get_value() /> }.into_any()
        } else {
            view! {
                <Notice tone=Tone::Idle title="You may look, but not run anything">
                    <p>"Jobs take the role developer or admin in this tenant."</p>
                </Notice>
            }
            .into_any()
        }
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)]">
            <Transition fallback=|| view! { <Skeleton lines=5 /> }>{waiting(list)}</Transition>
            {form}
        </div>
    }
    .into_any()
}

/// The queue, which looks again by itself.
#[component]
fn LiveQueue(
    id: NodeId,
    queue: JobQueue,
    submit: ServerAction<SubmitJob>,
    cancel: ServerAction<CancelJob>,
    may: Signal<bool>,
) -> impl IntoView {
    let queue = Queue::of(id, queue.jobs);
    Effect::new(move || {
        if submit.version().get() + cancel.version().get() > 0 {
            queue.look();
        }
    });
    let problem = move || {
        let refused = match cancel.value().get() {
            Some(Err(refusal)) => Some(refusal.0),
            _ => None,
        };
        refused.or_else(|| queue.problem.get()).map(problem_notice)
    };
    let none = Memo::new(move |_| queue.jobs.with(Vec::is_empty));
    let head = || {
        view! {
            <HeaderCell>"Job"</HeaderCell>
            <HeaderCell>"State"</HeaderCell>
            <HeaderCell number=true>"Submitted"</HeaderCell>
            <HeaderCell number=true>"Took"</HeaderCell>
            <HeaderCell>
                <span class="sr-only">"What you can do"</span>
            </HeaderCell>
        }
        .into_any()
    };
    let rows = move || {
        view! {
            <For each=move || queue.jobs.get() key=|job| job.id let:job>
                <JobRow node=id job=job queue=queue cancel=cancel may_cancel=may />
            </For>
        }
    };
    let table = move || {
        if none.get() {
            view! {
                <EmptyState
                    why=Empty::NothingYet
                    title="No jobs yet"
                    text="Submit a command. Jobs run one after the other and go on when you close this page."
                />
            }
            .into_any()
        } else {
            view! {
                <Table caption="Jobs, newest first" head=Box::new(head)>
                    {rows()}
                </Table>
            }
            .into_any()
        }
    };
    view! {
        <Card title="Queue" flush=true aside=move || view! { <LookAgain queue=queue /> }>
            <div class="p-3 border-b border-line empty:hidden" aria-live="polite">
                {problem}
            </div>
            {table}
        </Card>
    }
    .into_any()
}

/// For those who do not want to wait.
#[component]
fn LookAgain(queue: Queue) -> impl IntoView {
    let hydrated = crate::ui::use_hydrated();
    view! {
        <span class:invisible=move || !hydrated.get()>
            <button type="button" class="link" on:click=move |_| queue.look()>
                "Look again"
            </button>
        </span>
    }
    .into_any()
}

#[component]
fn NotNow(state: NodeState) -> impl IntoView {
    let (title, text) = match state {
        NodeState::Pending | NodeState::Provisioning | NodeState::Starting => (
            "Not ready yet",
            "Jobs can be submitted as soon as the machine answers. This page shows it by itself.",
        ),
        NodeState::Stopping | NodeState::Stopped => (
            "It is stopped",
            "The queue is kept on the node's disk. Start it to see its jobs and submit new ones.",
        ),
        NodeState::Failed => (
            "There is nothing to run on",
            "The machine did not come up, or it is gone. The overview says what is wrong.",
        ),
        _ => (
            "The node is being taken down",
            "Its jobs and their logs go with it.",
        ),
    };
    let tone = if state.is_moving() {
        Tone::Busy
    } else {
        Tone::Idle
    };
    view! {
        <Notice tone=tone title=title>
            <p>{text}</p>
        </Notice>
    }
    .into_any()
}
