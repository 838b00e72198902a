//! `/api/v1/me`: whose token this is.

use crate::{
    http::{
        identity::SignedIn,
        problem::{ApiProblem, ProblemDocument},
    },
    portal::Portal,
};
use axum::{Json, extract::State};
use domain::{
    access::{PlatformRole, TenantRole},
    account::{ApiToken, Profile},
    ids::UserId,
    tenancy::{EnvironmentRef, TenantRef},
};
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// Who you are and what you may.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// Your id.
    id: UserId,
    /// Your name.
    name: String,
    /// Your e-mail address.
    email: String,
    /// The issuer you sign in with.
    issuer: String,
    /// Your role on the platform; `user` if your token does not reach there.
    platform_role: PlatformRole,
    /// The tenants you have access to; those only that your token reaches.
    tenants: Vec<MyTenant>,
    /// The token that you sent: it may at most what its scopes say. Absent in a browser.
    token: Option<ApiToken>,
}

/// A tenant and your role in it.
#[derive(Serialize, ToSchema)]
pub struct MyTenant {
    /// The tenant.
    tenant: TenantRef,
    /// Its environments.
    environments: Vec<EnvironmentRef>,
    /// Your role in it; platform admins may have none.
    role: Option<TenantRole>,
}

impl From<Profile> for Me {
    fn from(profile: Profile) -> Self {
        Self {
            id: profile.user_id,
            name: profile.name,
            email: profile.email,
            issuer: profile.issuer,
            platform_role: profile.platform_role,
            token: profile.token,
            tenants: profile
                .tenants
                .into_iter()
                .map(|membership| MyTenant {
                    tenant: membership.tenant,
                    environments: membership.environments,
                    role: membership.role,
                })
                .collect(),
        }
    }
}

/// Who you are
#[utoipa::path(get, path = "/me", tag = "account", responses(
    (status = 200, description = "You", body = Me),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn me(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
) -> Result<Json<Me>, ApiProblem> {
    Ok(Json(portal.core.account.profile(&caller).await?.into()))
}
