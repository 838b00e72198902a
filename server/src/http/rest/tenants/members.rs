//! `/api/v1/tenants/{tenant}/members` and `/api/v1/tenants/{tenant}/invitations`.

use super::{
    super::{
        Answer,
        extract::ApiJson,
        operation::{Operation, delete, post, put, tagged},
        path::{PathId, TenantSlug},
        reply::{Created, CreatedOrFound, Empty},
    },
    tenant_id,
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::{Action::ManageMembers, TenantRole},
    ids::{InvitationId, UserId},
    problem::{FieldError, Problem, ProblemKind},
    tenancy::{Invitation, InvitationInput, InviteOutcome, InvitedUser, TenantDetail},
};
use serde::Deserialize;
use utoipa::ToSchema;

pub fn operations() -> Vec<Operation> {
    tagged(
        "tenants",
        [
            put("/tenants/{tenant}/members/{id}", "set_member", set)
                .requires(ManageMembers)
                .about(
                    "Grants a role. A role from a claim rule can be raised, not lowered. \
                     Platform admins can add any user; tenant admins can change members and \
                     invite others by email address.",
                )
                .fails([409]),
            delete("/tenants/{tenant}/members/{id}", "remove_member", remove)
                .requires(ManageMembers)
                .about("Revokes the role that was granted here. A role from a claim rule stays.")
                .fails([409, 422]),
            post("/tenants/{tenant}/invitations", "invite_member", invite)
                .requires(ManageMembers)
                .about(
                    "Invites a user by email address. The role is granted when a user first \
                     signs in with that verified address within 14 days (201), or immediately if \
                     such a user has signed in before (200 with the user). If several users have \
                     the address, the problem `several_users` lists them: send the ID of one as \
                     `user_id`.",
                )
                .fails([409]),
            delete(
                "/tenants/{tenant}/invitations/{id}",
                "cancel_invitation",
                cancel,
            )
            .requires(ManageMembers)
            .about("Cancels an invitation that has not been accepted."),
        ],
    )
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MemberInput {
    role: TenantRole,
}

async fn set(
    call: Call,
    PathId((TenantSlug(tenant), user)): PathId<(TenantSlug, UserId)>,
    ApiJson(MemberInput { role }): ApiJson<MemberInput>,
) -> Answer<Json<TenantDetail>> {
    let id = tenant_id(&call, &tenant).await?;
    let tenants = &call.core().tenants;
    Ok(Json(
        tenants.set_member(&call.caller, id, user, role).await?,
    ))
}

async fn remove(
    call: Call,
    PathId((TenantSlug(tenant), user)): PathId<(TenantSlug, UserId)>,
) -> Answer<Json<TenantDetail>> {
    let id = tenant_id(&call, &tenant).await?;
    let tenants = &call.core().tenants;
    Ok(Json(tenants.remove_member(&call.caller, id, user).await?))
}

async fn invite(
    call: Call,
    PathId(TenantSlug(tenant)): PathId<TenantSlug>,
    ApiJson(input): ApiJson<InvitationInput>,
) -> Answer<CreatedOrFound<Invitation, InvitedUser>> {
    let id = tenant_id(&call, &tenant).await?;
    let email = input.email.clone();
    let tenants = &call.core().tenants;
    match tenants.invite(&call.caller, id, input).await? {
        InviteOutcome::Invitation(invitation) => Ok(CreatedOrFound::Created(Created {
            path: format!("/tenants/{tenant}/invitations/{}", invitation.id),
            body: invitation,
        })),
        InviteOutcome::Added(user) => Ok(CreatedOrFound::Found(user)),
        InviteOutcome::Ambiguous(users) => Err(several_users(&email, &users).into()),
    }
}

fn several_users(email: &str, users: &[InvitedUser]) -> Problem {
    let detail = format!("{} users have the verified address {email}.", users.len());
    let mut problem = Problem::new(ProblemKind::Conflict, detail)
        .code("several_users")
        .next("Send the ID of one of them as user_id.");
    let message = |user: &InvitedUser| format!("{}: {}, {}", user.user_id, user.name, user.issuer);
    let users = users.iter().map(message);
    problem.fields = users
        .map(|message| FieldError::new("user_id", message))
        .collect();
    problem
}

async fn cancel(
    call: Call,
    PathId((TenantSlug(tenant), id)): PathId<(TenantSlug, InvitationId)>,
) -> Answer<Empty<204>> {
    let tenant = tenant_id(&call, &tenant).await?;
    let tenants = &call.core().tenants;
    tenants.cancel_invitation(&call.caller, tenant, id).await?;
    Ok(Empty)
}
