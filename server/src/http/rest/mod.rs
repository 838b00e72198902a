//! The REST API under `/api/v1`, for programs. Handlers only translate: every rule is in the core.

mod audit;
mod clusters;
mod credentials;
mod document;
mod extract;
mod me;
mod nodes;
mod order_options;
mod orphans;
mod permissions;
mod platform;
mod tenants;
mod user_pools;
mod users;

pub use document::document;

use crate::{http::problem::ApiProblem, portal::Portal};
use axum::{
    Json, Router,
    extract::State,
    response::IntoResponse,
    routing::{any, get},
};
use http::Method;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Where the API is.
pub const PREFIX: &str = "/api/v1";

/// What handlers answer.
type Answer<T> = Result<T, ApiProblem>;

/// The API and its document.
pub fn routes() -> Router<Arc<Portal>> {
    let (router, _) = described().split_for_parts();
    router.route("/api/openapi.json", get(openapi))
}

/// Routes together with their description, so that neither can be forgotten.
fn described() -> OpenApiRouter<Arc<Portal>> {
    let api = OpenApiRouter::new()
        .routes(routes!(clusters::list, clusters::order))
        .routes(routes!(clusters::get, clusters::delete))
        .routes(routes!(clusters::kubeconfig))
        .routes(routes!(clusters::events))
        .routes(routes!(clusters::stream))
        .routes(routes!(nodes::orders::list, nodes::orders::order))
        .routes(routes!(nodes::orders::catalogue))
        .routes(routes!(nodes::orders::quote))
        .routes(routes!(nodes::life::get, nodes::life::delete))
        .routes(routes!(nodes::life::stop))
        .routes(routes!(nodes::life::start))
        .routes(routes!(nodes::life::set_autostop))
        .routes(routes!(nodes::life::events))
        .routes(routes!(nodes::life::stream))
        .routes(routes!(nodes::ssh::get))
        .routes(routes!(nodes::logs::provisioning))
        .routes(routes!(nodes::jobs::list, nodes::jobs::submit))
        .routes(routes!(nodes::jobs::cancel))
        .routes(routes!(nodes::logs::job))
        .routes(routes!(credentials::list, credentials::create))
        .routes(routes!(
            credentials::get,
            credentials::rename,
            credentials::delete
        ))
        .routes(routes!(credentials::replace))
        .routes(routes!(credentials::choose))
        .routes(routes!(credentials::suspend))
        .routes(routes!(credentials::restore))
        .routes(routes!(credentials::check))
        .routes(routes!(orphans::list))
        .routes(routes!(orphans::delete))
        .routes(routes!(user_pools::list))
        .routes(routes!(user_pools::users, user_pools::invite))
        .routes(routes!(user_pools::get))
        .routes(routes!(user_pools::enable))
        .routes(routes!(user_pools::disable))
        .routes(routes!(user_pools::reset_password))
        .routes(routes!(user_pools::join_group, user_pools::leave_group))
        .routes(routes!(users::list))
        .routes(routes!(users::get))
        .routes(routes!(users::set_platform_role))
        .routes(routes!(users::suspend))
        .routes(routes!(users::restore))
        .routes(routes!(users::end_sessions))
        .routes(routes!(users::rule_providers))
        .routes(routes!(users::try_rules))
        .routes(routes!(tenants::list, tenants::create))
        .routes(routes!(tenants::get, tenants::rename))
        .routes(routes!(tenants::obstacles))
        .routes(routes!(tenants::archive))
        .routes(routes!(tenants::environments::create))
        .routes(routes!(tenants::environments::rename))
        .routes(routes!(tenants::environments::set_limits))
        .routes(routes!(tenants::environments::archive))
        .routes(routes!(tenants::members::set, tenants::members::remove))
        .routes(routes!(tenants::members::invite))
        .routes(routes!(tenants::members::cancel))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(audit::get))
        .routes(routes!(permissions::get))
        .routes(routes!(platform::host_clusters))
        .routes(routes!(platform::check_host))
        .routes(routes!(platform::plans))
        .routes(routes!(me::me))
        .routes(routes!(order_options::order_options))
        // The pages answer every other address.
        .route("/{*other}", any(super::nothing_here));
    OpenApiRouter::with_openapi(document::preamble()).nest(PREFIX, api)
}

/// Methods and paths, as the document has them.
pub fn list_of_routes() -> Vec<(Method, String)> {
    let mut list = vec![(Method::GET, "/api/openapi.json".to_owned())];
    for (path, item) in document().paths.paths {
        let operations = [
            (Method::GET, item.get),
            (Method::POST, item.post),
            (Method::PUT, item.put),
            (Method::PATCH, item.patch),
            (Method::DELETE, item.delete),
        ];
        let there = operations.into_iter().filter(|(_, there)| there.is_some());
        list.extend(there.map(|(method, _)| (method, path.clone())));
    }
    list
}

async fn openapi(State(portal): State<Arc<Portal>>) -> impl IntoResponse {
    Json(portal.site.api_document.as_ref().clone())
}
