//! The changes that the pages of tenants make.

use domain::access::TenantRole;
use domain::ids::{EnvironmentId, InvitationId, TenantId, UserId};
use domain::problem::Problem;
use domain::tenancy::{EnvironmentInput, InvitationInput, InviteOutcome, TenantInput};
use leptos::server;
use serde::{Deserialize, Serialize};

use super::limits::LimitsDraft;
use crate::form_error::FormError;
use crate::page::hide_forbidden;
use crate::routes;
use crate::site::{core, redirect};

/// Creates a tenant and leads to its environments.
#[server(prefix = "/rpc", endpoint = "create-tenant")]
pub async fn create_tenant(name: String, slug: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let input = TenantInput { name, slug };
    let created = core
        .tenants
        .create(&caller, input)
        .await
        .map_err(hide_forbidden)?;
    redirect(&routes::tenant_tab(&created.tenant.slug, "environments"));
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "rename-tenant")]
pub async fn rename_tenant(id: TenantId, name: String, version: i64) -> Result<bool, FormError> {
    let (core, caller) = core()?;
    core.tenants
        .rename(&caller, id, name.trim(), version)
        .await?;
    Ok(true)
}

/// Archives an empty tenant and leads to the list of all tenants.
#[server(prefix = "/rpc", endpoint = "archive-tenant")]
pub async fn archive_tenant(id: TenantId, confirmation: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.tenants
        .archive(&caller, id, confirmation.trim())
        .await?;
    redirect(routes::ALL_TENANTS);
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "create-environment")]
pub async fn create_environment(
    tenant: TenantId,
    name: String,
    slug: String,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let input = EnvironmentInput { name, slug };
    core.tenants
        .create_environment(&caller, tenant, input)
        .await?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "rename-environment")]
pub async fn rename_environment(
    tenant: TenantId,
    id: EnvironmentId,
    name: String,
    version: i64,
) -> Result<bool, FormError> {
    let (core, caller) = core()?;
    core.tenants
        .rename_environment(&caller, tenant, id, name.trim(), version)
        .await?;
    Ok(true)
}

#[server(prefix = "/rpc", endpoint = "set-environment-limits")]
pub async fn set_environment_limits(
    tenant: TenantId,
    id: EnvironmentId,
    #[server(default)] limits: LimitsDraft,
    version: i64,
) -> Result<bool, FormError> {
    let (core, caller) = core()?;
    let limits = limits.to_limits().map_err(Problem::invalid)?;
    core.tenants
        .set_limits(&caller, tenant, id, limits, version)
        .await?;
    Ok(true)
}

/// Archives an empty environment.
#[server(prefix = "/rpc", endpoint = "archive-environment")]
pub async fn archive_environment(
    tenant: TenantId,
    id: EnvironmentId,
    confirmation: String,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.tenants
        .archive_environment(&caller, tenant, id, confirmation.trim())
        .await?;
    Ok(())
}

/// Gives a member another role.
#[server(prefix = "/rpc", endpoint = "set-member")]
pub async fn set_member(tenant: TenantId, user: UserId, role: TenantRole) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.tenants.set_member(&caller, tenant, user, role).await?;
    Ok(())
}

/// Revokes a granted role.
#[server(prefix = "/rpc", endpoint = "remove-member")]
pub async fn remove_member(tenant: TenantId, user: UserId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.tenants.remove_member(&caller, tenant, user).await?;
    Ok(())
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Invited {
    /// The name of the tenant.
    pub tenant: String,
    pub outcome: InviteOutcome,
}

/// Adds a user with this address to the tenant with this slug, or invites the address. `user_id` is the one that was
/// chosen of several users with the address, or empty.
#[server(prefix = "/rpc", endpoint = "invite-member")]
pub async fn invite_member(
    tenant: String,
    email: String,
    role: TenantRole,
    #[server(default)] user_id: String,
) -> Result<Invited, FormError> {
    let (core, caller) = core()?;
    let tenant = core.tenants.get(&caller, &tenant).await?.tenant;
    let user_id = match user_id.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| FormError::unreadable())?),
    };
    let input = InvitationInput {
        email,
        role,
        user_id,
    };
    let outcome = core.tenants.invite(&caller, tenant.id, input).await?;
    Ok(Invited {
        tenant: tenant.name,
        outcome,
    })
}

#[server(prefix = "/rpc", endpoint = "cancel-invitation")]
pub async fn cancel_invitation(tenant: TenantId, id: InvitationId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.tenants.cancel_invitation(&caller, tenant, id).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use domain::problem::ProblemKind;
    use leptos::server_fn::ServerFn;

    use super::*;
    use crate::form::submit::problem_without_session;

    #[tokio::test]
    async fn forms_are_read_as_the_pages_send_them() {
        let id = "id=00000000-0000-0000-0000-00000000000a";
        let tenant = "tenant=00000000-0000-0000-0000-00000000000b";
        let user = "user=00000000-0000-0000-0000-00000000000c";
        let limits =
            "limits%5Bmax_clusters%5D=1&limits%5Bmax_nodes%5D=&limits%5Bmax_price_per_hour%5D=2.5";
        for (function, body) in [
            (
                CreateTenant::url(),
                "name=Vision&slug=&proposed_slug=vision".to_owned(),
            ),
            (
                CreateEnvironment::url(),
                format!("{tenant}&name=Dev&proposed_slug=dev&slug=dev"),
            ),
            (
                SetEnvironmentLimits::url(),
                format!("{tenant}&{id}&version=1&{limits}"),
            ),
            (
                ArchiveEnvironment::url(),
                format!("{tenant}&{id}&version=1&confirmation=dev"),
            ),
            (SetMember::url(), format!("{tenant}&{user}&role=viewer")),
            (
                InviteMember::url(),
                "tenant=vision&email=&role=developer".to_owned(),
            ),
        ] {
            let problem = problem_without_session(function, &body).await;
            assert_eq!(
                problem.kind,
                ProblemKind::Unauthenticated,
                "{function} {body}"
            );
        }
    }
}
