//! `/api/v1/orphans`: machines on the SkyPilot API server that nobody ordered here.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::{Answer, extract::ApiQuery};
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument},
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::node::view::Orphan;
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// List machines that nobody ordered
///
/// As they were last seen on the SkyPilot API server. For platform admins.
#[utoipa::path(get, path = "/orphans", operation_id = "list_orphans", tag = "orphans", responses(
    (status = 200, description = "The machines", body = Vec<Orphan>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Answer<Json<Vec<Orphan>>> {
    Ok(Json(portal.core.nodes.orphans(&caller).await?))
}

/// What must come along with a deletion.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Confirmation {
    /// The machine's name again, so that nothing is taken down by a slip.
    confirm: Option<String>,
}

/// Take down a machine that nobody ordered
///
/// With its disk and everything on it. Answers as soon as this is kept; the machine stays listed as `going` until
/// SkyPilot no longer has it. A name belongs to one machine on the whole server. For platform admins.
#[utoipa::path(delete, path = "/orphans/{machine}", operation_id = "delete_orphan", tag = "orphans", params(("machine" = String, Path, description = "The machine's name on the server"), Confirmation), responses(
    (status = 202, description = "Being taken down"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such machine", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "The name does not fit", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn delete(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(machine): Path<String>,
    ApiQuery(confirmation): ApiQuery<Confirmation>,
) -> Answer<StatusCode> {
    let name = confirmation.confirm.unwrap_or_default();
    portal
        .core
        .nodes
        .delete_orphan(&caller, &machine, &name)
        .await?;
    Ok(StatusCode::ACCEPTED)
}
