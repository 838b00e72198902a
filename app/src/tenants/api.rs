//! What the pages of tenants ask the server.

use domain::access::TenantRole;
use domain::ids::{EnvironmentId, InvitationId, TenantId, UserId};
use domain::problem::Problem;
use domain::tenancy::{
    EnvironmentInput, Invitation, InvitationInput, Obstacle, TenantDetail, TenantInput,
    TenantSummary,
};
use leptos::server;
use serde::{Deserialize, Serialize};

use super::limits::LimitsDraft;
use super::rights::TenantRights;
use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The tenants that somebody may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantList {
    /// By name.
    pub tenants: Vec<TenantSummary>,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
}

/// A tenant at a moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TenantView {
    /// The tenant, with the server's time.
    pub detail: TenantDetail,
    /// What the person may do in it.
    pub rights: TenantRights,
    /// What was wrong with the plain form that led here.
    pub problem: Option<Problem>,
}

/// What came of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The tenant as it is now.
    pub detail: TenantDetail,
    /// The invitation; `None`: the person is known and has the role already.
    pub invitation: Option<Invitation>,
}

/// The tenants one may see.
#[server(prefix = "/rpc", endpoint = "list-tenants", client = Fetch, output = Json)]
pub async fn list_tenants(archived: bool) -> Result<TenantList, Refusal> {
    use crate::server_context::{core, form_problem, refuse};
    let (core, caller) = core()?;
    Ok(TenantList {
        tenants: core.tenants.list(&caller, archived).await.map_err(refuse)?,
        problem: form_problem(),
    })
}

/// Creates a tenant and leads to it.
#[server(prefix = "/rpc", endpoint = "create-tenant", client = Fetch, output = Json)]
pub async fn create_tenant(input: TenantInput) -> Result<(), Refusal> {
    use crate::plain_form::answer;
    use crate::problem_page::as_if_not_there;
    use crate::routes;
    use crate::server_context::{core, redirect, refuse};
    let typed = input.clone();
    let create = async {
        let (core, caller) = core()?;
        let created = core.tenants.create(&caller, input).await;
        created.map_err(as_if_not_there).map_err(refuse)
    };
    match create.await {
        Ok(created) => {
            redirect(&routes::tenant_tab(&created.tenant.slug, "environments"));
            Ok(())
        }
        Err(refusal) => {
            let typed = [("name", typed.name.as_str()), ("slug", &typed.slug)];
            answer(Err(refusal), routes::ALL_TENANTS, "create", &typed)
        }
    }
}

/// One tenant.
#[server(prefix = "/rpc", endpoint = "load-tenant", client = Fetch, output = Json)]
pub async fn load_tenant(slug: String) -> Result<TenantView, Refusal> {
    use crate::server_context::{core, form_problem, refuse};
    let (core, caller) = core()?;
    let detail = core.tenants.get(&caller, &slug).await.map_err(refuse)?;
    Ok(TenantView {
        rights: TenantRights::of(&caller, detail.tenant.id, detail.archived_at.is_some()),
        detail,
        problem: form_problem(),
    })
}

/// Renames a tenant.
#[server(prefix = "/rpc", endpoint = "rename-tenant", client = Fetch, output = Json)]
pub async fn rename_tenant(
    id: TenantId,
    slug: String,
    name: String,
    version: i64,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let change = async {
        let (core, caller) = core()?;
        let renamed = core.tenants.rename(&caller, id, name.trim(), version).await;
        renamed.map_err(refuse)
    };
    back_to_tab(
        &slug,
        "settings",
        "rename",
        &[("name", &name)],
        change.await,
    )
}

/// What has to go before a tenant, or one of its environments, can be archived.
#[server(prefix = "/rpc", endpoint = "tenant-obstacles", client = Fetch, output = Json)]
pub async fn load_obstacles(
    id: TenantId,
    #[server(default)] environment: Option<EnvironmentId>,
) -> Result<Vec<Obstacle>, Refusal> {
    use crate::server_context::{core, refuse};
    let (core, caller) = core()?;
    core.tenants
        .obstacles(&caller, id, environment)
        .await
        .map_err(refuse)
}

/// Archives a tenant in which nothing is left.
#[server(prefix = "/rpc", endpoint = "archive-tenant", client = Fetch, output = Json)]
pub async fn archive_tenant(
    id: TenantId,
    slug: String,
    confirmation: String,
) -> Result<(), Refusal> {
    use crate::routes;
    use crate::server_context::{core, redirect, refuse};
    let archive = async {
        let (core, caller) = core()?;
        let archived = core.tenants.archive(&caller, id, confirmation.trim()).await;
        archived.map_err(refuse)
    };
    match archive.await {
        Ok(()) => {
            redirect(routes::ALL_TENANTS);
            Ok(())
        }
        refused => back_to_tab(&slug, "settings", "archive", &[], refused),
    }
}

/// Creates an environment.
#[server(prefix = "/rpc", endpoint = "create-environment", client = Fetch, output = Json)]
pub async fn create_environment(
    tenant: TenantId,
    slug: String,
    input: EnvironmentInput,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let typed = input.clone();
    let create = async {
        let (core, caller) = core()?;
        let created = core
            .tenants
            .create_environment(&caller, tenant, input)
            .await;
        created.map_err(refuse)
    };
    let typed = [("name", typed.name.as_str()), ("slug", &typed.slug)];
    back_to_tab(&slug, "environments", "create", &typed, create.await)
}

/// Renames an environment.
#[server(prefix = "/rpc", endpoint = "rename-environment", client = Fetch, output = Json)]
pub async fn rename_environment(
    tenant: TenantId,
    slug: String,
    id: EnvironmentId,
    environment: String,
    name: String,
    version: i64,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let change = async {
        let (core, caller) = core()?;
        core.tenants
            .rename_environment(&caller, tenant, id, name.trim(), version)
            .await
            .map_err(refuse)
    };
    let typed = [("name", name.as_str())];
    back_to_environment(&slug, &environment, "rename", &typed, change.await)
}

/// Sets the limits of an environment.
#[server(prefix = "/rpc", endpoint = "set-environment-limits", client = Fetch, output = Json)]
pub async fn set_environment_limits(
    tenant: TenantId,
    slug: String,
    id: EnvironmentId,
    environment: String,
    #[server(default)] limits: LimitsDraft,
    version: i64,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let change = async {
        let (core, caller) = core()?;
        let limits = limits
            .read()
            .map_err(|errors| refuse(Problem::invalid(errors)))?;
        core.tenants
            .set_limits(&caller, tenant, id, limits, version)
            .await
            .map_err(refuse)
    };
    let typed = [
        ("max_clusters", limits.max_clusters.as_str()),
        ("max_nodes", &limits.max_nodes),
        ("max_price_per_hour", &limits.max_price_per_hour),
    ];
    back_to_environment(&slug, &environment, "limits", &typed, change.await)
}

/// Archives an environment in which nothing is left.
#[server(prefix = "/rpc", endpoint = "archive-environment", client = Fetch, output = Json)]
pub async fn archive_environment(
    tenant: TenantId,
    slug: String,
    id: EnvironmentId,
    environment: String,
    confirmation: String,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let archive = async {
        let (core, caller) = core()?;
        core.tenants
            .archive_environment(&caller, tenant, id, confirmation.trim())
            .await
            .map_err(refuse)
    };
    back_to_environment(&slug, &environment, "archive", &[], archive.await)
}

/// Gives a member another role.
#[server(prefix = "/rpc", endpoint = "set-member", client = Fetch, output = Json)]
pub async fn set_member(
    tenant: TenantId,
    slug: String,
    user: UserId,
    role: TenantRole,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let change = async {
        let (core, caller) = core()?;
        let changed = core.tenants.set_member(&caller, tenant, user, role).await;
        changed.map_err(refuse)
    };
    back_to_tab(&slug, "", "member", &[], change.await)
}

/// Takes away the role that a person granted.
#[server(prefix = "/rpc", endpoint = "remove-member", client = Fetch, output = Json)]
pub async fn remove_member(
    tenant: TenantId,
    slug: String,
    user: UserId,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let change = async {
        let (core, caller) = core()?;
        let removed = core.tenants.remove_member(&caller, tenant, user).await;
        removed.map_err(refuse)
    };
    back_to_tab(&slug, "", "member", &[], change.await)
}

/// Adds whoever is known by an address, or invites it. `whole` leads a plain form to the page of all tenants' invitations.
#[server(prefix = "/rpc", endpoint = "invite-member", client = Fetch, output = Json)]
pub async fn invite_member(
    /// The slug of the tenant.
    slug: String,
    input: InvitationInput,
    /// Whether the form stands on the page of users, where the tenant is chosen.
    #[server(default)]
    among_users: bool,
) -> Result<Invited, Refusal> {
    use crate::plain_form::answer;
    use crate::routes;
    use crate::server_context::{core, redirect, refuse, wants_html};
    let (email, role) = (input.email.clone(), input.role);
    let invite = async {
        let (core, caller) = core()?;
        let tenant = core.tenants.get(&caller, &slug).await.map_err(refuse)?;
        let id = tenant.tenant.id;
        let invitation = core
            .tenants
            .invite(&caller, id, input)
            .await
            .map_err(refuse)?;
        let detail = core.tenants.get(&caller, &slug).await.map_err(refuse)?;
        Ok(Invited { detail, invitation })
    };
    match invite.await {
        Ok(invited) => {
            let tab = if invited.invitation.is_some() {
                "invitations"
            } else {
                ""
            };
            if wants_html() {
                redirect(&routes::tenant_tab(&slug, tab));
            }
            Ok(invited)
        }
        refused => {
            let page = if among_users {
                routes::INVITE.to_owned()
            } else {
                routes::tenant(&slug)
            };
            let typed = [
                ("email", email.as_str()),
                ("role", role.as_str()),
                ("tenant", &slug),
            ];
            answer(refused, &page, "invite", &typed)
        }
    }
}

/// Withdraws an invitation that nobody has accepted.
#[server(prefix = "/rpc", endpoint = "withdraw-invitation", client = Fetch, output = Json)]
pub async fn withdraw_invitation(
    tenant: TenantId,
    slug: String,
    id: InvitationId,
) -> Result<TenantDetail, Refusal> {
    use crate::server_context::{core, refuse};
    let withdraw = async {
        let (core, caller) = core()?;
        let withdrawn = core.tenants.withdraw_invitation(&caller, tenant, id).await;
        withdrawn.map_err(refuse)?;
        core.tenants.get(&caller, &slug).await.map_err(refuse)
    };
    back_to_tab(&slug, "invitations", "withdraw", &[], withdraw.await)
}

#[cfg(feature = "ssr")]
fn back_to_tab<T>(
    slug: &str,
    tab: &str,
    form: &str,
    typed: &[(&str, &str)],
    done: Result<T, Refusal>,
) -> Result<T, Refusal> {
    let page = crate::routes::tenant_tab(slug, tab);
    crate::plain_form::answer(done, &page, form, typed)
}

#[cfg(feature = "ssr")]
fn back_to_environment<T>(
    slug: &str,
    environment: &str,
    form: &str,
    typed: &[(&str, &str)],
    done: Result<T, Refusal>,
) -> Result<T, Refusal> {
    let page = crate::routes::environment(slug, environment);
    crate::plain_form::answer(done, &page, form, typed)
}
