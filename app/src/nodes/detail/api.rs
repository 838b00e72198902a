//! What a node's page asks the server. Every question is a POST: nothing here is worth a place in a cache or a log.

use domain::ids::NodeId;
use domain::node::job::{Job, JobInput};
use domain::node::view::{Node, NodeEvent};
use domain::problem::Problem;
use jiff::Timestamp;
use leptos::server;
use serde::{Deserialize, Serialize};

use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// How many lines of a log a page has before any script runs.
#[cfg(feature = "ssr")]
const TAIL: u32 = 200;

/// A node at a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeView {
    /// The node, with the server's time.
    pub node: Node,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
}

/// The end of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogTail {
    /// Whole lines.
    pub text: String,
    /// Why there is none now.
    pub problem: Option<Problem>,
}

/// A node's queue at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobQueue {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// The server's time.
    pub now: Timestamp,
}

/// What a node's machine went through, at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeEvents {
    /// Newest first.
    pub events: Vec<NodeEvent>,
    /// The server's time.
    pub now: Timestamp,
}

/// One node.
#[server(prefix = "/rpc", endpoint = "load-node", client = Fetch, output = Json)]
pub async fn load_node(id: String) -> Result<NodeView, Refusal> {
    use crate::server_context::{core, form_problem, refuse};
    let (core, caller) = core()?;
    // An address with something else than an id in it leads to nothing, like one with an id that nobody has.
    let id = id.parse().map_err(|_| refuse(Problem::not_found("node")))?;
    Ok(NodeView {
        node: core.nodes.get(&caller, id).await.map_err(refuse)?,
        problem: form_problem(),
    })
}

/// What SkyPilot tells about a node's machine.
#[server(prefix = "/rpc", endpoint = "node-events", client = Fetch, output = Json)]
pub async fn load_node_events(id: NodeId) -> Result<NodeEvents, Refusal> {
    use crate::server_context::{core, now, refuse};
    let (core, caller) = core()?;
    Ok(NodeEvents {
        events: core.nodes.events(&caller, id).await.map_err(refuse)?,
        now: now(),
    })
}

/// The last lines of a log: of a job, or of how the node came up.
#[server(prefix = "/rpc", endpoint = "node-log-tail", client = Fetch, output = Json)]
pub async fn load_log_tail(
    id: NodeId,
    #[server(default)] job: Option<u64>,
) -> Result<LogTail, Refusal> {
    use super::log_tail::last_lines_of;
    use crate::server_context::{core, refuse};
    use domain::node::log::NodeLog;
    use domain::problem::ProblemKind;
    let (core, caller) = core()?;
    let log = job.map_or(NodeLog::Provisioning, |job| NodeLog::Job(Some(job)));
    let tail = async {
        let stream = core.nodes.log(&caller, id, log, false, Some(TAIL)).await?;
        last_lines_of(stream, TAIL).await
    };
    match tail.await {
        Ok(text) => Ok(LogTail {
            text,
            problem: None,
        }),
        Err(problem)
            if matches!(
                problem.kind,
                ProblemKind::Forbidden | ProblemKind::Unauthenticated
            ) =>
        {
            Err(refuse(problem))
        }
        // A log that is not there yet is no failure of the page around it.
        Err(problem) => Ok(LogTail {
            text: String::new(),
            problem: Some(problem),
        }),
    }
}

/// A node's jobs.
#[server(prefix = "/rpc", endpoint = "node-jobs", client = Fetch, output = Json)]
pub async fn load_jobs(id: NodeId) -> Result<JobQueue, Refusal> {
    use crate::server_context::{core, now, refuse};
    let (core, caller) = core()?;
    Ok(JobQueue {
        jobs: core.nodes.jobs(&caller, id).await.map_err(refuse)?,
        now: now(),
    })
}

/// Puts a command into a node's queue.
#[server(prefix = "/rpc", endpoint = "submit-node-job", client = Fetch, output = Json)]
pub async fn submit_job(id: NodeId, input: JobInput) -> Result<(), Refusal> {
    use super::jobs::way_back;
    use crate::routes;
    use crate::server_context::{core, refuse};
    let submit = async {
        let (core, caller) = core()?;
        core.nodes
            .submit_job(&caller, id, input.clone())
            .await
            .map_err(refuse)
    };
    let mut done = submit.await;
    let page = match &mut done {
        Ok(()) => routes::node_tab(id, "jobs"),
        Err(refusal) => way_back(id, &input, &mut refusal.0),
    };
    answer_form(done, &page)
}

/// Cancels a job.
#[server(prefix = "/rpc", endpoint = "cancel-node-job", client = Fetch, output = Json)]
pub async fn cancel_job(id: NodeId, job: u64) -> Result<(), Refusal> {
    use crate::routes;
    use crate::server_context::{core, refuse};
    let cancel = async {
        let (core, caller) = core()?;
        core.nodes
            .cancel_job(&caller, id, job)
            .await
            .map_err(refuse)
    };
    answer_form(cancel.await, &routes::node_tab(id, "jobs"))
}

/// Stops a node and leads to its page, which shows how that goes.
#[server(prefix = "/rpc", endpoint = "stop-node", client = Fetch, output = Json)]
pub async fn stop_node(id: NodeId) -> Result<(), Refusal> {
    use crate::server_context::{core, refuse};
    let stop = async {
        let (core, caller) = core()?;
        core.nodes.stop(&caller, id).await.map_err(refuse)
    };
    lead_to_node(stop.await, id)
}

/// Starts a node, or tries a launch that failed once more, and leads to its page.
#[server(prefix = "/rpc", endpoint = "start-node", client = Fetch, output = Json)]
pub async fn start_node(id: NodeId) -> Result<(), Refusal> {
    use crate::server_context::{core, refuse};
    let start = async {
        let (core, caller) = core()?;
        core.nodes.start(&caller, id).await.map_err(refuse)
    };
    lead_to_node(start.await, id)
}

/// Changes when a node stops by itself. Minutes as they were typed; empty: never.
#[server(prefix = "/rpc", endpoint = "set-node-autostop", client = Fetch, output = Json)]
pub async fn set_autostop(
    id: NodeId,
    #[server(default)] idle_minutes: String,
    #[server(default)] idle_action: String,
) -> Result<Node, Refusal> {
    use crate::routes;
    use crate::server_context::{core, refuse};
    use domain::node::order::AutostopInput;
    let input = AutostopInput {
        idle_minutes: match idle_minutes.trim() {
            "" => None,
            // What is not a number is refused like one that is too small.
            minutes => Some(minutes.parse().unwrap_or(0)),
        },
        idle_action,
    };
    let change = async {
        let (core, caller) = core()?;
        core.nodes
            .set_autostop(&caller, id, input)
            .await
            .map_err(refuse)
    };
    answer_form(change.await, &routes::node_tab(id, "settings"))
}

/// Takes a node down and leads to its page, which shows how that goes.
#[server(prefix = "/rpc", endpoint = "take-down-node", client = Fetch, output = Json)]
pub async fn take_down_node(id: NodeId, confirmation: String) -> Result<(), Refusal> {
    use crate::server_context::{core, refuse};
    let take_down = async {
        let (core, caller) = core()?;
        core.nodes
            .delete(&caller, id, confirmation.trim())
            .await
            .map_err(refuse)
    };
    lead_to_node(take_down.await, id)
}

/// Sends a plain form back to its page; our own wasm gets the answer and stays where it is.
#[cfg(feature = "ssr")]
fn answer_form<T>(done: Result<T, Refusal>, page: &str) -> Result<T, Refusal> {
    use crate::server_context::{back_to_form, redirect, wants_html};
    match &done {
        Ok(_) if wants_html() => redirect(page),
        Ok(_) => {}
        Err(refusal) => back_to_form(refusal, page),
    }
    done
}

/// Leads to the node's steps, or back to where it was asked.
#[cfg(feature = "ssr")]
fn lead_to_node<T>(done: Result<T, Refusal>, id: NodeId) -> Result<(), Refusal> {
    use crate::routes;
    use crate::server_context::{back_to_form, redirect};
    match done {
        Ok(_) => {
            redirect(&routes::node(id));
            Ok(())
        }
        Err(refusal) => {
            back_to_form(&refusal, &routes::node_tab(id, "settings"));
            Err(refusal)
        }
    }
}
