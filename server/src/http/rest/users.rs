//! `/api/v1/users` and `/api/v1/claim-rules`.

use super::{
    Answer,
    extract::{ApiJson, ApiQuery},
    operation::{Operation, delete, get, post, put, tagged},
    path::PathId,
    reply::{Empty, List},
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::{
        PlatformAction::{ManageIdentityProvider, ManageUsers},
        PlatformRole,
    },
    account::ApiToken,
    ids::{TokenId, UserId},
    problem::Problem,
    user_query::UserQueryInput,
    users::{ClaimTrial, UserDetail, UserPage},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub fn operations() -> Vec<Operation> {
    tagged(
        "users",
        [
            get("/users", "list_users", list)
                .requires(ManageUsers)
                .about("Users who have signed in, by name by default.")
                .fails([422]),
            get("/users/{id}", "get_user", read)
                .requires(ManageUsers)
                .about("A user with all roles and the source of each."),
            put(
                "/users/{id}/platform-role",
                "set_platform_role",
                set_platform_role,
            )
            .requires(ManageUsers)
            .about(
                "Grants or revokes a platform role. A role from a claim rule cannot be \
                     revoked here, and the last active platform admin keeps the role.",
            )
            .fails([409]),
            post("/users/{id}/suspend", "suspend_user", suspend)
                .requires(ManageUsers)
                .about(
                    "Ends the user's sessions and event streams immediately and revokes all API tokens for good. \
                     Idempotent.",
                )
                .fails([409]),
            post("/users/{id}/restore", "restore_user", restore)
                .requires(ManageUsers)
                .about("API tokens remain revoked. Idempotent."),
            delete("/users/{id}/sessions", "end_user_sessions", end_sessions)
                .requires(ManageUsers)
                .about(
                    "Signs the user out everywhere and ends the event streams of these sessions. API tokens stay \
                     valid unless `tokens` is true.",
                ),
            get("/users/{id}/tokens", "list_user_tokens", tokens)
                .requires(ManageUsers)
                .about("The user's unexpired API tokens, newest first, without their secrets."),
            delete(
                "/users/{id}/tokens/{token}",
                "revoke_user_token",
                revoke_token,
            )
            .requires(ManageUsers)
            .about("Revokes an API token of the user and ends its event streams immediately."),
            get("/claim-rules", "list_rule_providers", rule_providers)
                .requires(ManageIdentityProvider)
                .about("Identity providers with claim rules."),
            post("/claim-rules/try", "try_claim_rules", try_rules)
                .requires(ManageIdentityProvider)
                .about(
                    "The roles that the claim rules give for an ID token. The signature is not \
                     checked, and nothing is stored.",
                ),
        ],
    )
}

async fn list(call: Call, ApiQuery(query): ApiQuery<UserQueryInput>) -> Answer<Json<UserPage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(call.core().users.list(&call.caller, query).await?))
}

async fn read(call: Call, PathId(id): PathId<UserId>) -> Answer<Json<UserDetail>> {
    Ok(Json(call.core().users.get(&call.caller, id).await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PlatformRoleInput {
    /// `user` revokes a role that was granted here.
    role: PlatformRole,
    /// The `version` that the change is based on.
    version: i64,
    /// The user's email address, or the subject of a user without one, so that a wrong ID changes nothing.
    confirmation: String,
}

async fn set_platform_role(
    call: Call,
    PathId(id): PathId<UserId>,
    ApiJson(input): ApiJson<PlatformRoleInput>,
) -> Answer<Json<UserDetail>> {
    let PlatformRoleInput {
        role,
        version,
        confirmation,
    } = input;
    let users = &call.core().users;
    let changed = users.set_platform_role(&call.caller, id, role, version, &confirmation);
    Ok(Json(changed.await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SuspensionInput {
    /// The user's email address, or the subject of a user without one, so that a wrong ID changes nothing.
    confirmation: String,
}

async fn suspend(
    call: Call,
    PathId(id): PathId<UserId>,
    ApiJson(SuspensionInput { confirmation }): ApiJson<SuspensionInput>,
) -> Answer<Json<UserDetail>> {
    let users = &call.core().users;
    Ok(Json(users.suspend(&call.caller, id, &confirmation).await?))
}

async fn restore(call: Call, PathId(id): PathId<UserId>) -> Answer<Json<UserDetail>> {
    Ok(Json(call.core().users.restore(&call.caller, id).await?))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SignOutQuery {
    /// Whether to revoke all API tokens too.
    #[serde(default)]
    tokens: bool,
}

async fn end_sessions(
    call: Call,
    PathId(id): PathId<UserId>,
    ApiQuery(SignOutQuery { tokens }): ApiQuery<SignOutQuery>,
) -> Answer<Empty<204>> {
    let users = &call.core().users;
    users.sign_out_everywhere(&call.caller, id, tokens).await?;
    Ok(Empty)
}

async fn tokens(call: Call, PathId(id): PathId<UserId>) -> Answer<List<ApiToken>> {
    Ok(List(call.core().users.tokens(&call.caller, id).await?))
}

async fn revoke_token(
    call: Call,
    PathId((user, id)): PathId<(UserId, TokenId)>,
) -> Answer<Empty<204>> {
    let users = &call.core().users;
    users.revoke_token(&call.caller, user, id).await?;
    Ok(Empty)
}

#[derive(Serialize, ToSchema)]
struct RuleProvider {
    slug: String,
    title: String,
}

async fn rule_providers(call: Call) -> Answer<List<RuleProvider>> {
    let providers = call.core().users.rule_providers(&call.caller).await?;
    let providers = providers.into_iter();
    Ok(List(
        providers
            .map(|(slug, title)| RuleProvider { slug, title })
            .collect(),
    ))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TrialInput {
    /// Slug of the identity provider.
    provider: String,
    /// An ID token, or its claims as JSON; at most 64 KB.
    token: String,
}

async fn try_rules(
    call: Call,
    ApiJson(TrialInput { provider, token }): ApiJson<TrialInput>,
) -> Answer<Json<ClaimTrial>> {
    let users = &call.core().users;
    Ok(Json(
        users.try_rules(&call.caller, &provider, &token).await?,
    ))
}
