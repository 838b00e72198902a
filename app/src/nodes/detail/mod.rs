//! `/nodes/{id}` and its tabs, which follow the node live.

mod connect;
mod cost;
mod jobs;
mod logs;
mod overview;
mod settings;

use axum::extract::Path;
use axum::http::HeaderMap;
use domain::ids::NodeId;
use domain::node::view::Node;
use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::Deserialize;

use self::connect::Connect;
use self::jobs::Jobs;
use self::logs::{Log, Logs, Selection};
use self::overview::Overview;
use self::settings::{Settings, SettingsForms};
use super::functions::{CancelJob, ShowSshConfig, StartNode, SubmitJob};
use super::state::StateBadge;
use crate::page::{PageRequest, PageResult};
use crate::resource::{ResourceHeader, deleted, no_such_tab};
use crate::routes;
use crate::ui::{Icon, LinkButton, RelativeTime, Symbol, Tab};

/// The parameters of the path.
#[derive(Deserialize)]
pub struct Parameters {
    id: String,
    #[serde(default)]
    tab: String,
}

/// SkyPilot sends no events about jobs. Each refresh asks the node.
const JOBS_REFRESH_SECONDS: u32 = 5;

pub async fn detail(
    Path(Parameters { id, tab }): Path<Parameters>,
    headers: HeaderMap,
    request: PageRequest,
) -> PageResult {
    let id: NodeId = id.parse().map_err(|_| Problem::not_found("node"))?;
    let nodes = &request.core.nodes;
    let node = match nodes.get(&request.caller, id).await {
        Err(problem) if problem.kind == ProblemKind::Gone => {
            return Ok(deleted(&request, problem, "node", routes::NODES));
        }
        node => node?,
    };
    let name = node.name.to_string();
    // Without scripts, typed text would be lost where the page reloads.
    let reloads = node.state.is_moving() && matches!(tab.as_str(), "" | "connect" | "logs");
    // A refresh would remove an answer that is shown once.
    let mut is_live = true;
    let shown = node.clone();
    let mut is_queue_open = false;
    let content: ViewFnOnce = match tab.as_str() {
        "" => {
            let start = request.form(StartNode::url());
            (move || view! { <Overview node=shown start=start /> }).into()
        }
        "connect" => {
            let form = request.form(ShowSshConfig::url());
            is_live = !form.was_sent();
            (move || view! { <Connect node=shown form=form /> }).into()
        }
        "logs" => {
            let selection = Selection::from(&request.address);
            let log = match (selection, node.allowed.logs) {
                (_, false) => Log::Forbidden,
                (Selection::Events, true) => Log::Events(nodes.events(&request.caller, id).await),
                (selection, true) => {
                    let tail = if is_fetched_by_script(&headers) {
                        // The viewer reads the whole log by itself, and each reading is audited.
                        None
                    } else {
                        Some(logs::tail(&request, id, selection).await)
                    };
                    Log::Lines(tail)
                }
            };
            (move || view! { <Logs node=shown selection=selection log=log /> }).into()
        }
        "jobs" => {
            let jobs = match node.state.is_up() {
                true => Some(nodes.jobs(&request.caller, id).await),
                false => None,
            };
            is_queue_open =
                matches!(&jobs, Some(Ok(jobs)) if jobs.iter().any(|job| job.state.is_open()));
            let submit = request
                .form(SubmitJob::url())
                .grouped("input")
                .kept_in_address();
            let cancel = request.form(CancelJob::url());
            let address = request.address.clone();
            (move || view! { <Jobs node=shown jobs=jobs submit=submit cancel=cancel address=address /> }).into()
        }
        "settings" => {
            let forms = SettingsForms::of(&request);
            (move || view! { <Settings node=shown forms=forms /> }).into()
        }
        _ => return Err(no_such_tab("node")),
    };
    let view = move || {
        view! {
            <Header node=node />
            {content.run()}
        }
    };
    let mut page = request.show(name, view).reload_without_script(reloads);
    if is_live {
        page = page.live(routes::node_events(id));
    }
    if is_queue_open {
        page = page.refresh_every(JOBS_REFRESH_SECONDS);
    }
    Ok(page)
}

/// Whether the script asks for the page, to show it in an open document.
fn is_fetched_by_script(headers: &HeaderMap) -> bool {
    let destination = headers.get("sec-fetch-dest");
    destination.is_some_and(|destination| destination == "empty")
}

#[component]
fn Header(node: Node) -> impl IntoView {
    let id = node.id;
    let tab = |label, segment: &str| Tab {
        label,
        href: match segment {
            "" => routes::node(id),
            segment => routes::node_tab(id, segment),
        },
    };
    let tabs = vec![
        tab("Overview", ""),
        tab("Connect", "connect"),
        tab("Logs", "logs"),
        tab("Jobs", "jobs"),
        tab("Settings", "settings"),
    ];
    let state = node.state;
    let connect = node.allowed.connect.then(|| {
        view! {
            <LinkButton href=routes::node_tab(id, "connect")>
                <Icon symbol=Symbol::Key size=16 />
                "Connect"
            </LinkButton>
        }
    });
    view! {
        <ResourceHeader
            back=routes::TO_NODES
            title=node.name.to_string()
            state=state.title()
            badge=move || view! { <StateBadge state=state /> }
            summary=move || summary(&node)
            actions=move || connect
            noun="node"
            tabs=tabs
        />
    }
}

/// “8× H100 · spot · Vision team / dev · created by Ada 15 s ago”.
fn summary(node: &Node) -> impl IntoView + use<> {
    let facts = format!(
        "{} · {} / {} · created by {} ",
        node.spec.summary(),
        node.tenant.name,
        node.environment.name,
        node.created_by.name,
    );
    view! {
        {facts}
        <RelativeTime at=node.created_at />
    }
}
