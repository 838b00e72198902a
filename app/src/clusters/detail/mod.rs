//! `/clusters/{id}` and its tabs, which follow the cluster live.

mod connect;
mod events;
mod overview;
mod settings;

use axum::extract::Path;
use domain::cluster::Cluster;
use domain::ids::ClusterId;
use domain::problem::{Problem, ProblemKind};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use serde::Deserialize;

use self::connect::Connect;
use self::events::Events;
use self::overview::Overview;
use self::settings::Settings;
use super::functions::DeleteCluster;
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

pub async fn detail(
    Path(Parameters { id, tab }): Path<Parameters>,
    request: PageRequest,
) -> PageResult {
    let id: ClusterId = id.parse().map_err(|_| Problem::not_found("cluster"))?;
    let clusters = &request.core.clusters;
    let cluster = match clusters.get(&request.caller, id).await {
        Err(problem) if problem.kind == ProblemKind::Gone => {
            return Ok(deleted(&request, problem, "cluster", routes::CLUSTERS));
        }
        cluster => cluster?,
    };
    let name = cluster.name.to_string();
    // A page with a form is not loaded again: what is typed would be lost.
    let reloads = cluster.state.is_moving() && tab != "settings";
    let content: ViewFnOnce = match tab.as_str() {
        "" => {
            let cluster = cluster.clone();
            (move || view! { <Overview cluster=cluster /> }).into()
        }
        "connect" => {
            let cluster = cluster.clone();
            (move || view! { <Connect cluster=cluster /> }).into()
        }
        "events" => {
            let events = clusters.events(&request.caller, id).await;
            (move || view! { <Events events=events /> }).into()
        }
        "settings" => {
            let form = request.form(DeleteCluster::url());
            let preview = match cluster.allowed.delete {
                true => Some(clusters.deletion_preview(&request.caller, id).await),
                false => None,
            };
            let cluster = cluster.clone();
            (move || view! { <Settings cluster=cluster form=form preview=preview /> }).into()
        }
        _ => return Err(no_such_tab("cluster")),
    };
    let view = move || {
        view! {
            <Header cluster=cluster />
            {content.run()}
        }
    };
    Ok(request
        .show(name, view)
        .live(routes::cluster_events(id))
        .reload_without_script(reloads))
}

#[component]
fn Header(cluster: Cluster) -> impl IntoView {
    let id = cluster.id;
    let tab = |label, segment: &str| Tab {
        label,
        href: match segment {
            "" => routes::cluster(id),
            segment => routes::cluster_tab(id, segment),
        },
    };
    let tabs = vec![
        tab("Overview", ""),
        tab("Connect", "connect"),
        tab("Events", "events"),
        tab("Settings", "settings"),
    ];
    let state = cluster.state;
    let connect = cluster.allowed.kubeconfig.then(|| {
        view! {
            <LinkButton href=routes::cluster_tab(id, "connect")>
                <Icon symbol=Symbol::Download size=16 />
                "Kubeconfig"
            </LinkButton>
        }
    });
    view! {
        <ResourceHeader
            back=routes::TO_CLUSTERS
            title=cluster.name.to_string()
            state=state.title()
            badge=move || view! { <StateBadge state=state /> }
            summary=move || summary(&cluster)
            actions=move || connect
            noun="cluster"
            tabs=tabs
        />
    }
}

/// “Kubernetes v1.36.0 · Medium · Vision team / dev · created by Ada 15 s ago”.
fn summary(cluster: &Cluster) -> impl IntoView + use<> {
    let facts = format!(
        "Kubernetes {} · {} · {} / {} · created by {} ",
        cluster.kubernetes_version,
        cluster.plan.title,
        cluster.tenant.name,
        cluster.environment.name,
        cluster.created_by.name,
    );
    view! {
        {facts}
        <RelativeTime at=cluster.created_at />
    }
}
