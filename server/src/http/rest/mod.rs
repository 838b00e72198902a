//! The REST API under `/api/v1`, for programs. Handlers only translate: every rule is in the core.

mod account;
mod audit;
mod clusters;
mod collection;
mod credentials;
mod document;
mod extract;
mod nodes;
mod operation;
mod orphans;
mod path;
mod platform;
mod reply;
mod signature;
mod tenants;
mod usage;
mod user_pools;
mod users;

pub use operation::{Operation, Permission};
pub use path::{JobNumber, PathId, Segment};

use crate::{http::problem::ApiProblem, portal::Portal};
use axum::{
    Json, Router,
    extract::State,
    response::IntoResponse,
    routing::{any, get},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::{ToSchema, openapi::OpenApi};

/// The prefix of every address of the API.
pub const PREFIX: &str = "/api/v1";

/// Where the OpenAPI document is.
pub const DOCUMENT: &str = "/api/openapi.json";

type Answer<T> = Result<T, ApiProblem>;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: String,
    /// The `version` that the change is based on.
    version: i64,
}

/// Every operation of the API.
pub fn operations() -> Vec<Operation> {
    [
        clusters::operations(),
        nodes::operations(),
        credentials::operations(),
        orphans::operations(),
        user_pools::operations(),
        users::operations(),
        tenants::operations(),
        usage::operations(),
        audit::operations(),
        platform::operations(),
        account::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The API and its document.
pub fn routes() -> Router<Arc<Portal>> {
    let api = operations()
        .into_iter()
        .fold(Router::new(), |router, operation| operation.route(router))
        // The pages answer every other address.
        .route("/{*other}", any(super::nothing_here));
    Router::new()
        .nest(PREFIX, api)
        .route(DOCUMENT, get(openapi))
}

/// The OpenAPI document.
pub fn document() -> OpenApi {
    document::document(operations())
}

async fn openapi(State(portal): State<Arc<Portal>>) -> impl IntoResponse {
    Json(portal.site.api_document.as_ref().clone())
}
