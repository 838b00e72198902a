//! `/clusters/{id}` and its tabs.

mod connect;
mod drift;
mod events;
mod overview;
mod power;
mod schedule;
mod settings;

use axum::extract::Path;
use domain::event_page::EventQueryInput;
use domain::ids::ClusterId;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use self::connect::Connect;
use self::events::ClusterEvents;
use self::overview::ClusterOverview;
use self::settings::{Settings, SettingsForms};
use super::functions::{RestoreCluster, ResumeCluster};
use super::resource::SECTION;
use crate::page::{PageRequest, PageResult};
use crate::resource::{self, EVENTS_REFRESH_SECONDS, ResourceView, TabPath, no_such_tab};

pub async fn detail(Path(path): Path<TabPath>, request: PageRequest) -> PageResult {
    let id: ClusterId = path.id(SECTION.noun)?;
    let clusters = &request.core.clusters;
    let cluster = clusters.get(&request.caller, id).await?;
    let resource = ResourceView::from(&cluster);
    let tab = path.tab.as_str();
    // Without scripts, typed text would be lost where the page reloads.
    let reloads = resource.state.is_moving && tab != "settings";
    let content: ViewFnOnce = match tab {
        "" => {
            let restore = request.form(RestoreCluster::url());
            let resume = request.form(ResumeCluster::url());
            (move || view! { <ClusterOverview cluster=cluster restore=restore resume=resume /> })
                .into()
        }
        "connect" => (move || view! { <Connect cluster=cluster /> }).into(),
        "events" => {
            let query: EventQueryInput = request.address.query();
            let query = query.validate().map_err(Problem::invalid)?;
            let page = clusters.events(&request.caller, id, &query).await;
            (move || view! { <ClusterEvents page=page /> }).into()
        }
        "settings" => {
            let forms = SettingsForms::of(&request);
            let preview = match resource.access.delete {
                true => Some(clusters.deletion_preview(&request.caller, id).await),
                false => None,
            };
            (move || view! { <Settings cluster=cluster forms=forms preview=preview /> }).into()
        }
        _ => return Err(no_such_tab(SECTION.noun)),
    };
    let page = resource::detail(&request, resource, ViewFnOnce::default(), content);
    Ok(match tab {
        "events" => page.refresh_every(EVENTS_REFRESH_SECONDS),
        _ => page,
    }
    .reload_without_script(reloads))
}
