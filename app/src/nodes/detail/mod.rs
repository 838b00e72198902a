//! `/nodes/{id}` and its tabs.

mod connect;
mod cost;
mod jobs;
mod logs;
mod overview;
mod settings;

use axum::extract::Path;
use axum::http::HeaderMap;
use domain::event_page::EventQueryInput;
use domain::ids::NodeId;
use domain::node::view::{Node, NodeState};
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use self::connect::Connect;
use self::jobs::Jobs;
use self::logs::{Log, Logs, Selection};
use self::overview::NodeOverview;
use self::settings::{Settings, SettingsForms, StartForm};
use super::functions::{CancelJob, ShowSshConfig, StartNode, SubmitJob};
use super::resource::SECTION;
use crate::page::{PageRequest, PageResult};
use crate::resource::{self, EVENTS_REFRESH_SECONDS, ResourceView, TabPath, no_such_tab};

/// SkyPilot sends no events about jobs. Each refresh asks the node.
const JOBS_REFRESH_SECONDS: u32 = 5;

pub async fn detail(
    Path(path): Path<TabPath>,
    headers: HeaderMap,
    request: PageRequest,
) -> PageResult {
    let id: NodeId = path.id(SECTION.noun)?;
    let nodes = &request.core.nodes;
    let node = nodes.get(&request.caller, id).await?;
    let resource = ResourceView::from(&node);
    let tab = path.tab.as_str();
    // Without scripts, typed text would be lost where the page reloads.
    let reloads = resource.state.is_moving && matches!(tab, "" | "connect" | "logs");
    let start = start(&request, &node, tab);
    // A refresh would remove an answer that is shown once.
    let mut shows_answer = false;
    let mut refresh_seconds = None;
    let content: ViewFnOnce = match tab {
        "" => {
            let start = request.form(StartNode::url());
            (move || view! { <NodeOverview node=node start=start /> }).into()
        }
        "connect" => {
            let form = request.form(ShowSshConfig::url());
            shows_answer = form.was_sent();
            (move || view! { <Connect node=node form=form /> }).into()
        }
        "logs" => {
            let selection = Selection::from(&request.address);
            let log = match (selection, node.allowed.logs) {
                (_, false) => Log::Forbidden,
                (Selection::Events, true) => {
                    refresh_seconds = Some(EVENTS_REFRESH_SECONDS);
                    let query: EventQueryInput = request.address.query();
                    let query = query.validate().map_err(Problem::invalid)?;
                    Log::Events(nodes.events(&request.caller, id, &query).await)
                }
                // The viewer reads the whole log by itself, and each reading is audited.
                (_, true) if is_fetched_by_script(&headers) => Log::Lines(None),
                (selection, true) => Log::Lines(Some(logs::tail(&request, id, selection).await)),
            };
            (move || view! { <Logs node=node selection=selection log=log /> }).into()
        }
        "jobs" => {
            let jobs = match node.state.is_up() {
                true => Some(nodes.jobs(&request.caller, id).await),
                false => None,
            };
            if matches!(&jobs, Some(Ok(jobs)) if jobs.iter().any(|job| job.state.is_open())) {
                refresh_seconds = Some(JOBS_REFRESH_SECONDS);
            }
            let submit = request
                .form(SubmitJob::url())
                .grouped("input")
                .kept_in_address();
            let cancel = request.form(CancelJob::url());
            let address = request.address.clone();
            (move || {
                view! { <Jobs node=node jobs=jobs submit=submit cancel=cancel address=address /> }
            })
            .into()
        }
        "settings" => {
            let forms = SettingsForms::of(&request);
            (move || view! { <Settings node=node forms=forms /> }).into()
        }
        _ => return Err(no_such_tab(SECTION.noun)),
    };
    let mut page = resource::detail(&request, resource, start, content);
    if shows_answer {
        page.live.clear();
    }
    if let Some(seconds) = refresh_seconds {
        page = page.refresh_every(seconds);
    }
    Ok(page.reload_without_script(reloads))
}

/// The button that starts a stopped node. The settings have their own.
fn start(request: &PageRequest, node: &Node, tab: &str) -> ViewFnOnce {
    if node.state != NodeState::Stopped || !node.allowed.start || tab == "settings" {
        return ViewFnOnce::default();
    }
    let (id, form) = (node.id, request.form(StartNode::url()).keyed("header"));
    (move || view! { <StartForm id=id form=form label="Start node" /> }).into()
}

/// Whether the script asks for the page, to show it in an open document.
fn is_fetched_by_script(headers: &HeaderMap) -> bool {
    let destination = headers.get("sec-fetch-dest");
    destination.is_some_and(|destination| destination == "empty")
}
