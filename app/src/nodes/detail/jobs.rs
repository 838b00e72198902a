//! The node's queue of jobs, and a form that adds one.

use domain::ids::NodeId;
use domain::node::job::{Job, JobState};
use domain::node::view::{Node, NodeState};
use domain::problem::Problem;
use leptos::prelude::*;

use crate::address::Address;
use crate::form::{Form, FormState};
use crate::problem_page::ProblemPanel;
use crate::resource::Unavailable;
use crate::routes;
use crate::ui::{
    Badge, Button, ButtonKind, Card, Cell, Column, Elapsed, Empty, EmptyState, Field, Notice,
    RelativeTime, Row, Table, TextArea, TextInput, Tone, elapsed_words,
};

const COLUMNS: &[Column] = &[
    Column::text("Job"),
    Column::text("State"),
    Column::number("Submitted"),
    Column::number("Duration"),
    Column::ACTIONS,
];

/// The queue is on the node, so only a node that is up can list it.
#[component]
pub fn Jobs(
    node: Node,
    /// `None` if the node is not up.
    jobs: Option<Result<Vec<Job>, Problem>>,
    submit: FormState,
    cancel: FormState,
    /// Has the fields of a form that was sent before the user signed in.
    address: Address,
) -> impl IntoView {
    let Some(jobs) = jobs else {
        return not_now(&node);
    };
    let id = node.id;
    let may_change = node.allowed.jobs;
    let queue = match jobs {
        Ok(jobs) => {
            view! { <Queue id=id jobs=jobs cancel=cancel may_cancel=may_change /> }.into_any()
        }
        Err(problem) => view! { <ProblemPanel problem=problem /> }.into_any(),
    };
    let form = if may_change {
        view! { <SubmitForm id=id form=submit address=address /> }.into_any()
    } else {
        view! {
            <Notice tone=Tone::Idle title="You can view the jobs, but not run any">
                <p>"Jobs require the developer or admin role in this tenant."</p>
            </Notice>
        }
        .into_any()
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5 items-start lg:grid-cols-[minmax(0,1.7fr)_minmax(0,1fr)]">
            {queue}
            {form}
        </div>
    }
    .into_any()
}

#[component]
fn Queue(id: NodeId, jobs: Vec<Job>, cancel: FormState, may_cancel: bool) -> impl IntoView {
    let empty = || {
        view! {
            <EmptyState
                why=Empty::NothingYet
                title="No jobs yet"
                text="Submit a command. Jobs run one after the other and continue when you close this page."
            />
        }
    };
    let row = move |job: Job| {
        let form = (may_cancel && job.state.is_open()).then(|| cancel.clone().keyed(job.id));
        job_row(id, job, form)
    };
    let rows = jobs.into_iter().map(row).collect::<Vec<_>>();
    let refresh = view! {
        <a href=routes::node_tab(id, "jobs") class="link">
            "Refresh"
        </a>
    };
    view! {
        <Card title="Queue" flush=true aside=move || refresh>
            <Table caption="Jobs, newest first" columns=COLUMNS rows=rows empty=empty />
        </Card>
    }
    .into_any()
}

const fn tone(state: JobState) -> Tone {
    match state {
        JobState::Succeeded => Tone::Ok,
        JobState::Init | JobState::Pending | JobState::SettingUp | JobState::Running => Tone::Busy,
        JobState::Failed | JobState::FailedSetup | JobState::FailedDriver => Tone::Bad,
        JobState::Cancelled => Tone::Idle,
    }
}

/// With `cancel` if the caller may cancel the job.
fn job_row(node: NodeId, job: Job, cancel: Option<FormState>) -> AnyView {
    let number = job.id;
    let name = match job.name.as_str() {
        "" => format!("Job {number}"),
        name => name.to_owned(),
    };
    let duration = match (job.started_at, job.ended_at) {
        (Some(started), Some(ended)) => elapsed_words(started, ended).into_any(),
        (Some(started), None) => view! { <Elapsed since=started /> }.into_any(),
        (None, _) => "—".into_any(),
    };
    view! {
        <Row id=format!("job-{number}")>
            <Cell>
                <a
                    href=routes::job_log_page(node, number)
                    class="block truncate font-semibold hover:text-accent-text"
                >
                    {name}
                </a>
                <small class="block text-faint">{format!("job {number}")}</small>
            </Cell>
            <Cell>
                <Badge tone=tone(job.state) label=job.state.title() />
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">
                    <RelativeTime at=job.submitted_at />
                </span>
            </Cell>
            <Cell number=true>
                <span class="whitespace-nowrap">{duration}</span>
            </Cell>
            <Cell wide_on_small=true>
                <div class="flex flex-wrap items-start gap-x-3 gap-y-1 lg:justify-end">
                    <a href=routes::job_log_page(node, number) class="link py-0.5">
                        "Log" <span class="sr-only">{format!(" of job {number}")}</span>
                    </a>
                    {cancel.map(|form| view! { <CancelForm node=node number=number form=form /> })}
                </div>
            </Cell>
        </Row>
    }
    .into_any()
}

/// Asks before it cancels, also without a script. A form that failed stays open.
#[component]
fn CancelForm(node: NodeId, number: u64, form: FormState) -> impl IntoView {
    let open = form.was_sent();
    view! {
        <details open=open>
            <summary class="text-bad py-0.5 hover:underline">
                "Cancel" <span class="sr-only">{format!(" job {number}")}</span>
            </summary>
            <Form state=form class="grid gap-2 py-1.5 max-w-60">
                <input type="hidden" name="id" value=node.to_string() />
                <input type="hidden" name="job" value=number.to_string() />
                <p class="text-small text-muted">
                    "The job stops immediately. Files it has written stay on the disk."
                </p>
                <div>
                    <Button kind=ButtonKind::Danger>{format!("Cancel job {number}")}</Button>
                </div>
            </Form>
        </details>
    }
    .into_any()
}

#[component]
fn SubmitForm(id: NodeId, form: FormState, address: Address) -> impl IntoView {
    let sent = |name: &str| address.get(name).unwrap_or_default().to_owned();
    let (name, run) = (sent("name"), sent("run"));
    view! {
        <Card title="New job">
            <Form state=form.clone() class="grid gap-3">
                <input type="hidden" name="id" value=id.to_string() />
                <Field
                    form=form.clone()
                    name="run"
                    label="Command"
                    hint=|| {
                        "Runs on the node as a shell script, after the jobs before it. It continues when you close this page."
                    }
                >
                    <TextArea value=run rows=5 placeholder="python train.py --epochs 3" />
                </Field>
                <Field form=form name="name" label="Name (optional)">
                    <TextInput value=name placeholder="train" max_length=40 />
                </Field>
                <div>
                    <Button kind=ButtonKind::Primary>"Submit job"</Button>
                </div>
            </Form>
        </Card>
    }
    .into_any()
}

fn not_now(node: &Node) -> AnyView {
    let (title, text) = match node.state {
        NodeState::Pending | NodeState::Provisioning | NodeState::Starting => (
            "Not ready yet",
            "You can submit jobs when the node is ready. This page updates automatically.",
        ),
        NodeState::Stopping | NodeState::Stopped => (
            "The node is stopped",
            "The queue is kept on the node's disk. Start the node to see its jobs and to submit new ones.",
        ),
        NodeState::Failed => (
            "The node has no machine",
            "The launch failed or the machine no longer exists. The Overview tab shows what failed.",
        ),
        _ => (
            "The node is being deleted",
            "Its jobs and their logs are deleted with it.",
        ),
    };
    let reason = node.state.as_str();
    view! { <Unavailable resource=node.into() reason=reason title=title text=text /> }.into_any()
}
