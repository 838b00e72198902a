//! `/api/v1/users` and `/api/v1/claim-rules`: the people of the portal, for platform admins.
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
use domain::{
    access::PlatformRole,
    ids::UserId,
    problem::Problem,
    user_query::UserQueryInput,
    users::{ClaimTrial, UserDetail, UserPage},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// List people
///
/// Everybody who has signed in, by name unless asked otherwise. For platform admins.
#[utoipa::path(get, path = "/users", operation_id = "list_users", tag = "users", params(UserQueryInput), responses(
    (status = 200, description = "A page of people", body = UserPage),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiQuery(query): ApiQuery<UserQueryInput>,
) -> Answer<Json<UserPage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(portal.core.users.list(&caller, query).await?))
}

/// Look at a person
///
/// With every role they hold, where it comes from and why. For platform admins.
#[utoipa::path(get, path = "/users/{id}", operation_id = "get_user", tag = "users", params(("id" = UserId, Path, description = "The person's id")), responses(
    (status = 200, description = "The person", body = UserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<UserDetail>> {
    Ok(Json(portal.core.users.get(&caller, user_id(&id)?).await?))
}

/// A platform role for somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformRoleInput {
    /// `admin` grants it; `user` takes away what a person granted.
    role: PlatformRole,
    /// The `version` of the person that you saw.
    version: i64,
}

/// Grant or take away a platform role
///
/// A role that a rule of the configuration gives cannot be taken away here, and the last admin who is not suspended
/// stays. For platform admins.
#[utoipa::path(put, path = "/users/{id}/platform-role", operation_id = "set_platform_role", tag = "users", request_body = PlatformRoleInput, params(("id" = UserId, Path, description = "The person's id")), responses(
    (status = 200, description = "The person as they are now", body = UserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "They are the last admin, or no longer as in `version`: `errors` say what is different now", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A claim gives the role", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn set_platform_role(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    ApiJson(input): ApiJson<PlatformRoleInput>,
) -> Answer<Json<UserDetail>> {
    let person =
        portal
            .core
            .users
            .set_platform_role(&caller, user_id(&id)?, input.role, input.version);
    Ok(Json(person.await?))
}

/// Suspend somebody
///
/// Their sessions, event streams and tokens end at once. Asking twice is the same as once. For platform admins.
#[utoipa::path(post, path = "/users/{id}/suspend", operation_id = "suspend_user", tag = "users", params(("id" = UserId, Path, description = "The person's id")), responses(
    (status = 200, description = "The person as they are now", body = UserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin, or it is yourself", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "They are the last admin", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn suspend(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<UserDetail>> {
    Ok(Json(
        portal.core.users.suspend(&caller, user_id(&id)?).await?,
    ))
}

/// Restore somebody
///
/// Asking twice is the same as once. For platform admins.
#[utoipa::path(post, path = "/users/{id}/restore", operation_id = "restore_user", tag = "users", params(("id" = UserId, Path, description = "The person's id")), responses(
    (status = 200, description = "The person as they are now", body = UserDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn restore(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<UserDetail>> {
    Ok(Json(
        portal.core.users.restore(&caller, user_id(&id)?).await?,
    ))
}

/// Sign somebody out everywhere
///
/// Ends every session of theirs; API tokens stay. For platform admins.
#[utoipa::path(delete, path = "/users/{id}/sessions", operation_id = "end_user_sessions", tag = "users", params(("id" = UserId, Path, description = "The person's id")), responses(
    (status = 204, description = "Signed out"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn end_sessions(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<StatusCode> {
    portal
        .core
        .users
        .sign_out_everywhere(&caller, user_id(&id)?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An identity provider with rules of its own.
#[derive(Serialize, ToSchema)]
pub struct RuleProvider {
    /// What to call it in requests.
    slug: String,
    /// What people call it.
    title: String,
}

/// List the providers whose rules can be tried
///
/// For platform admins.
#[utoipa::path(get, path = "/claim-rules", operation_id = "list_rule_providers", tag = "users", responses(
    (status = 200, description = "The providers", body = Vec<RuleProvider>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn rule_providers(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Answer<Json<Vec<RuleProvider>>> {
    let providers = portal.core.users.rule_providers(&caller).await?.into_iter();
    Ok(Json(
        providers
            .map(|(slug, title)| RuleProvider { slug, title })
            .collect(),
    ))
}

/// A token to try the rules on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialInput {
    /// The provider's slug.
    provider: String,
    /// An ID token, or its claims as a JSON text; at most 64 KB.
    token: String,
}

/// Try the claim rules
///
/// Says what somebody with this ID token would be given. Its signature is not checked, nobody is signed in, and nothing
/// of it is kept. For platform admins.
#[utoipa::path(post, path = "/claim-rules/try", operation_id = "try_claim_rules", tag = "users", request_body = TrialInput, responses(
    (status = 200, description = "What it gives", body = ClaimTrial),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are not a platform admin", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "There is no such provider, or this is no ID token", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn try_rules(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    ApiJson(input): ApiJson<TrialInput>,
) -> Answer<Json<ClaimTrial>> {
    let trial = portal
        .core
        .users
        .try_rules(&caller, &input.provider, &input.token);
    Ok(Json(trial.await?))
}

/// An id that is none is nobody's.
fn user_id(text: &str) -> Result<UserId, Problem> {
    text.parse().map_err(|_| Problem::not_found("person"))
}
