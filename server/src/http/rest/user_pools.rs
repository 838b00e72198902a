//! `/api/v1/user-pools`: the people of Cognito user pools, for platform admins.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::{
    Answer,
    extract::{ApiJson, ApiQuery},
};
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument},
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::user_pool::{PoolInvitation, PoolPage, PoolQuery, PoolRef, PoolUser, PoolUserDetail};
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// List the user pools that can be administered
///
/// Those of the configured providers that name one. For platform admins.
#[utoipa::path(get, path = "/user-pools", operation_id = "list_user_pools", tag = "user pools", responses(
    (status = 200, description = "The pools", body = Vec<PoolRef>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Answer<Json<Vec<PoolRef>>> {
    Ok(Json(portal.core.user_pools.pools(&caller).await?))
}

/// Which people of a pool.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// What their e-mail addresses begin with.
    email: Option<String>,
    /// Where the page begins: `next` of the page before.
    after: Option<String>,
}

/// List the people of a user pool
///
/// Fifty at a time, in Cognito's order. For platform admins.
#[utoipa::path(get, path = "/user-pools/{provider}/users", operation_id = "list_pool_users", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug"), Search), responses(
    (status = 200, description = "The people", body = PoolPage),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn users(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(provider): Path<String>,
    ApiQuery(search): ApiQuery<Search>,
) -> Answer<Json<PoolPage>> {
    let query = PoolQuery {
        email: search.email.unwrap_or_default(),
        after: search.after,
    };
    let page = portal
        .core
        .user_pools
        .list(&caller, &provider, query)
        .await?;
    Ok(Json(page))
}

/// Invite somebody to a user pool
///
/// Cognito sends a password for the first sign-in to the address. For platform admins.
#[utoipa::path(post, path = "/user-pools/{provider}/users", operation_id = "invite_pool_user", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug")), request_body = PoolInvitation, responses(
    (status = 201, description = "Invited", body = PoolUser),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "Somebody has the address already", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A field is at fault", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn invite(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(provider): Path<String>,
    ApiJson(input): ApiJson<PoolInvitation>,
) -> Answer<(StatusCode, Json<PoolUser>)> {
    let invited = portal
        .core
        .user_pools
        .invite(&caller, &provider, input)
        .await?;
    Ok((StatusCode::CREATED, Json(invited)))
}

/// Read somebody of a user pool
///
/// With their groups. For platform admins.
#[utoipa::path(get, path = "/user-pools/{provider}/users/{username}", operation_id = "get_pool_user", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug"), ("username" = String, Path, description = "Cognito's name for the account")), responses(
    (status = 200, description = "The person", body = PoolUserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such person or pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((provider, username)): Path<(String, String)>,
) -> Answer<Json<PoolUserDetail>> {
    let found = portal
        .core
        .user_pools
        .get(&caller, &provider, &username)
        .await?;
    Ok(Json(found))
}

/// Let somebody of a user pool sign in again
///
/// For platform admins.
#[utoipa::path(post, path = "/user-pools/{provider}/users/{username}/enable", operation_id = "enable_pool_user", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug"), ("username" = String, Path, description = "Cognito's name for the account")), responses(
    (status = 200, description = "The person as they are now", body = PoolUserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such person or pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn enable(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((provider, username)): Path<(String, String)>,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &portal.core.user_pools;
    let changed = pools
        .set_enabled(&caller, &provider, &username, true)
        .await?;
    Ok(Json(changed))
}

/// Let somebody of a user pool not sign in any more
///
/// Whoever is signed in to Hangar stays so: suspend them there too. For platform admins.
#[utoipa::path(post, path = "/user-pools/{provider}/users/{username}/disable", operation_id = "disable_pool_user", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug"), ("username" = String, Path, description = "Cognito's name for the account")), responses(
    (status = 200, description = "The person as they are now", body = PoolUserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such person or pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn disable(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((provider, username)): Path<(String, String)>,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &portal.core.user_pools;
    let changed = pools
        .set_enabled(&caller, &provider, &username, false)
        .await?;
    Ok(Json(changed))
}

/// Reset the password of somebody of a user pool
///
/// Cognito sends them a code with which they choose a new one. For platform admins.
#[utoipa::path(post, path = "/user-pools/{provider}/users/{username}/reset-password", operation_id = "reset_pool_password", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug"), ("username" = String, Path, description = "Cognito's name for the account")), responses(
    (status = 200, description = "The person as they are now", body = PoolUserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such person or pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The account is not in a state for this", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn reset_password(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((provider, username)): Path<(String, String)>,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &portal.core.user_pools;
    let changed = pools.reset_password(&caller, &provider, &username).await?;
    Ok(Json(changed))
}

/// Put somebody of a user pool into a group
///
/// It counts from their next sign-in on. For platform admins.
#[utoipa::path(put, path = "/user-pools/{provider}/users/{username}/groups/{group}", operation_id = "join_pool_group", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug"), ("username" = String, Path, description = "Cognito's name for the account"), ("group" = String, Path, description = "The group's name")), responses(
    (status = 200, description = "The person as they are now", body = PoolUserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such person, group or pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn join_group(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((provider, username, group)): Path<(String, String, String)>,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &portal.core.user_pools;
    let changed = pools.set_group(&caller, &provider, &username, &group, true);
    Ok(Json(changed.await?))
}

/// Take somebody of a user pool out of a group
///
/// It counts from their next sign-in on. For platform admins.
#[utoipa::path(delete, path = "/user-pools/{provider}/users/{username}/groups/{group}", operation_id = "leave_pool_group", tag = "user pools", params(("provider" = String, Path, description = "The provider's slug"), ("username" = String, Path, description = "Cognito's name for the account"), ("group" = String, Path, description = "The group's name")), responses(
    (status = 200, description = "The person as they are now", body = PoolUserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such person, group or pool", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "Cognito cannot be asked; the detail says why", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn leave_group(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((provider, username, group)): Path<(String, String, String)>,
) -> Answer<Json<PoolUserDetail>> {
    let pools = &portal.core.user_pools;
    let changed = pools.set_group(&caller, &provider, &username, &group, false);
    Ok(Json(changed.await?))
}
