//! `/api/v1/permissions`: who may do what.

use super::Answer;
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument},
    portal::Portal,
};
use axum::{Json, extract::State};
use domain::permissions::PermissionTable;
use std::sync::Arc;

/// Read the table of permissions
///
/// Which roles may do what, and which scopes a token needs. For platform admins.
#[utoipa::path(get, path = "/permissions", operation_id = "get_permissions", tag = "permissions", responses(
    (status = 200, description = "The table", body = PermissionTable),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin, or your token lacks the scope `admin`", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Answer<Json<PermissionTable>> {
    Ok(Json(portal.core.account.permissions(&caller).await?))
}
