//! The provisioning log, the logs of jobs, and the events of the machine.

use domain::event_page::EventPage;
use domain::ids::NodeId;
use domain::node::log::NodeLog;
use domain::node::view::{Node, NodeEvent};
use domain::operation::OperationKind;
use domain::problem::Problem;
use frontend::{LogProblem, LogTail, Tail, log_viewer};
use futures::StreamExt;
use leptos::prelude::*;
use provisioning::nodes::LogStream;
use serde_json::json;

use crate::address::Address;
use crate::page::PageRequest;
use crate::resource::Events;
use crate::routes;
use crate::ui::{Card, Cell, Chip, Chips, Column, Icon, Notice, RelativeTime, Row, Symbol, Tone};

/// Lines of a log that the page has before any script runs.
const TAIL_LINES: u32 = 200;

const EVENT_COLUMNS: &[Column] = &[Column::text("Event"), Column::number("Time")];

/// The log that the address selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    Provisioning,
    Job(u64),
    Events,
}

impl From<&Address> for Selection {
    fn from(address: &Address) -> Self {
        let job = address.get("job").and_then(|job| job.parse().ok());
        match (job, address.get("show")) {
            (Some(job), _) => Self::Job(job),
            (None, Some("events")) => Self::Events,
            _ => Self::Provisioning,
        }
    }
}

impl Selection {
    fn job(self) -> Option<u64> {
        match self {
            Self::Job(job) => Some(job),
            Self::Provisioning | Self::Events => None,
        }
    }
}

/// The content of the selection.
pub enum Log {
    Forbidden,
    /// The last lines; `None` if the browser reads the log.
    Lines(Option<LogTail>),
    Events(Result<EventPage<NodeEvent>, Problem>),
}

/// The last lines of a log, or why they cannot be read, which is no error of the page.
pub async fn tail(request: &PageRequest, id: NodeId, selection: Selection) -> LogTail {
    let log = match selection.job() {
        Some(job) => NodeLog::Job(Some(job)),
        None => NodeLog::Provisioning,
    };
    let nodes = &request.core.nodes;
    let lines = async {
        let stream = nodes
            .log(&request.caller, id, log, false, Some(TAIL_LINES))
            .await?;
        last_lines(stream).await
    };
    match lines.await {
        Ok(text) => LogTail {
            text,
            problem: None,
        },
        Err(problem) => LogTail {
            text: String::new(),
            problem: Some(LogProblem {
                kind: problem.kind.slug(),
                detail: problem.detail,
                next_step: problem.next_step,
                reference: problem.reference,
            }),
        },
    }
}

async fn last_lines(mut log: LogStream) -> Result<String, Problem> {
    let mut tail = Tail::new(TAIL_LINES as usize);
    while let Some(lines) = log.next().await {
        tail.push(&lines?.text);
    }
    Ok(tail.take())
}

#[component]
pub fn Logs(node: Node, selection: Selection, log: Log) -> impl IntoView {
    let content = match log {
        Log::Forbidden => view! {
            <Notice tone=Tone::Idle title="You cannot read the logs of this node">
                <p>"Logs require a role in this tenant. Ask a tenant admin for one."</p>
            </Notice>
        }
        .into_any(),
        Log::Events(page) => {
            let page = page.map(|page| page.map(event_row));
            let empty = "SkyPilot reports events of a machine as soon as it looks for one.";
            view! { <Events page=page columns=EVENT_COLUMNS empty=empty /> }.into_any()
        }
        Log::Lines(tail) => {
            view! { <Lines node=node.clone() job=selection.job() tail=tail /> }.into_any()
        }
    };
    view! {
        <div class="grid grid-cols-1 gap-3.5">
            <Chips label="Logs" chips=chips(node.id, selection) />
            {content}
        </div>
    }
    .into_any()
}

fn chips(id: NodeId, selection: Selection) -> Vec<Chip> {
    let page = routes::node_tab(id, "logs");
    let chip = |label, href, chosen| Chip {
        label,
        count: None,
        href,
        chosen,
    };
    let provisioning = chip(
        "Provisioning",
        page.clone(),
        selection == Selection::Provisioning,
    );
    let events = chip(
        "Events",
        routes::with_query(&page, [("show", "events")]),
        selection == Selection::Events,
    );
    let job = match selection {
        Selection::Job(job) => Chip {
            count: Some(job),
            ..chip("Job", routes::job_log_page(id, job), true)
        },
        // That page lists the jobs, each with a link to its log.
        _ => chip("Jobs →", routes::node_tab(id, "jobs"), false),
    };
    vec![provisioning, events, job]
}

/// The viewer, which follows the log in the browser.
#[component]
fn Lines(node: Node, job: Option<u64>, tail: Option<LogTail>) -> impl IntoView {
    let id = node.id;
    let title = match job {
        Some(job) => format!("Log of job {job}"),
        None => "Provisioning log".to_owned(),
    };
    // Each launch and each start writes a log of its own.
    let operation = match (job, node.operation.kind) {
        (None, OperationKind::LaunchNode | OperationKind::StartNode) => Some(node.operation.id),
        _ => None,
    };
    // A refresh starts the viewer again if these differ, so nothing in them changes while the log is the same.
    let props = json!({
        "stream": routes::node_log_stream(id, job),
        "changes": routes::node_events(id),
        "operation": operation,
    });
    let download = view! {
        <a
            href=routes::node_log(id, job)
            data-external=""
            download=""
            class="link inline-flex items-center gap-1.5"
        >
            <Icon symbol=Symbol::Download size=14 />
            "Download"
        </a>
    };
    view! {
        <Card title=title flush=true aside=move || download>
            <div data-island="log" data-props=props.to_string()>
                {log_viewer(tail, None)}
            </div>
        </Card>
    }
    .into_any()
}

fn event_row(event: NodeEvent) -> AnyView {
    view! {
        <Row>
            <Cell>
                <span class="break-words">{event.message}</span>
            </Cell>
            <Cell number=true>
                <span class="text-muted whitespace-nowrap">
                    <RelativeTime at=event.at />
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_selects_a_log() {
        let selection = |query| Selection::from(&Address::new("/nodes/1/logs", query));
        assert_eq!(selection(""), Selection::Provisioning);
        assert_eq!(selection("show=events"), Selection::Events);
        assert_eq!(selection("job=3&show=events"), Selection::Job(3));
        assert_eq!(selection("job=three"), Selection::Provisioning);
    }
}
