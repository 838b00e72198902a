//! `/api/v1/tenants/{tenant}/members` and `/api/v1/tenants/{tenant}/invitations`.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::{
    super::{Answer, extract::ApiJson},
    tenant_id,
};
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument},
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    access::TenantRole,
    ids::{InvitationId, UserId},
    problem::Problem,
    tenancy::{Invitation, InvitationInput, TenantDetail},
};
use http::StatusCode;
use serde::Deserialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// A role in a tenant for somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberInput {
    /// The role.
    role: TenantRole,
}

/// Give a member a role
///
/// Or another one. A role that a rule of the configuration gives can be raised, not lowered. Platform admins may name
/// anybody, admins of the tenant its members: they invite others by address. For admins of the tenant.
#[utoipa::path(put, path = "/tenants/{tenant}/members/{user}", operation_id = "set_member", tag = "tenants", request_body = MemberInput, params(("tenant" = String, Path, description = "The tenant's slug"), ("user" = UserId, Path, description = "The person's id")), responses(
    (status = 200, description = "The tenant as it is now", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are no admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such tenant or person, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The tenant is archived", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A claim gives a higher role", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn set(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((tenant, user)): Path<(String, String)>,
    ApiJson(input): ApiJson<MemberInput>,
) -> Answer<Json<TenantDetail>> {
    let id = tenant_id(&portal, &caller, &tenant).await?;
    let user: UserId = user.parse().map_err(|_| Problem::not_found("person"))?;
    let changed = portal
        .core
        .tenants
        .set_member(&caller, id, user, input.role);
    Ok(Json(changed.await?))
}

/// Take a member's role away
///
/// The one that a person gave; one from a claim stays. For admins of the tenant.
#[utoipa::path(delete, path = "/tenants/{tenant}/members/{user}", operation_id = "remove_member", tag = "tenants", params(("tenant" = String, Path, description = "The tenant's slug"), ("user" = UserId, Path, description = "The person's id")), responses(
    (status = 200, description = "The tenant as it is now", body = TenantDetail),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are no admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such tenant or member, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The tenant is archived", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Only a claim gives the role", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn remove(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((tenant, user)): Path<(String, String)>,
) -> Answer<Json<TenantDetail>> {
    let id = tenant_id(&portal, &caller, &tenant).await?;
    let user: UserId = user.parse().map_err(|_| Problem::not_found("member"))?;
    let changed = portal.core.tenants.remove_member(&caller, id, user);
    Ok(Json(changed.await?))
}

/// Invite somebody
///
/// By e-mail address: whoever first signs in with it, verified, within 14 days is a member from then on. Somebody who
/// has signed in with it already is a member at once. For admins of the tenant.
#[utoipa::path(post, path = "/tenants/{tenant}/invitations", operation_id = "invite_to_tenant", tag = "tenants", request_body = InvitationInput, params(("tenant" = String, Path, description = "The tenant's slug")), responses(
    (status = 201, description = "Invited", body = Invitation),
    (status = 204, description = "They are known, and a member now"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are no admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "They are invited or a member already, or the tenant is archived", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "This is no address", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn invite(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(tenant): Path<String>,
    ApiJson(input): ApiJson<InvitationInput>,
) -> Answer<Response> {
    let id = tenant_id(&portal, &caller, &tenant).await?;
    Ok(
        match portal.core.tenants.invite(&caller, id, input).await? {
            Some(invitation) => (StatusCode::CREATED, Json(invitation)).into_response(),
            None => StatusCode::NO_CONTENT.into_response(),
        },
    )
}

/// Withdraw an invitation
///
/// One that nobody has accepted. For admins of the tenant.
#[utoipa::path(delete, path = "/tenants/{tenant}/invitations/{id}", operation_id = "cancel_invitation", tag = "tenants", params(("tenant" = String, Path, description = "The tenant's slug"), ("id" = InvitationId, Path, description = "The invitation's id")), responses(
    (status = 204, description = "Withdrawn"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You are no admin of the tenant", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none that is open, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn cancel(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((tenant, id)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let tenant = tenant_id(&portal, &caller, &tenant).await?;
    let id: InvitationId = id.parse().map_err(|_| Problem::not_found("invitation"))?;
    portal
        .core
        .tenants
        .cancel_invitation(&caller, tenant, id)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
