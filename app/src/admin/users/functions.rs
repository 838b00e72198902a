//! The changes that the pages of users make.

use domain::access::{PlatformAction, PlatformRole};
use domain::caller::Caller;
use domain::credential::SecretText;
use domain::ids::{TokenId, UserId};
use domain::problem::Problem;
use domain::users::ClaimTrial;
use leptos::server;

use crate::form_error::FormError;
use crate::page::hide_forbidden;
use crate::site::core;

/// Grants a platform role; `user` revokes the granted one. `confirmation` is the user's email address.
#[server(prefix = "/rpc", endpoint = "set-platform-role")]
pub async fn set_platform_role(
    id: UserId,
    role: PlatformRole,
    version: i64,
    confirmation: String,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let changed = core
        .users
        .set_platform_role(&caller, id, role, version, &confirmation)
        .await;
    changed.map_err(|problem| hide_from_others(&caller, problem))?;
    Ok(())
}

/// Revokes all access immediately. `confirmation` is the user's email address.
#[server(prefix = "/rpc", endpoint = "suspend-user")]
pub async fn suspend_user(id: UserId, confirmation: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let suspended = core.users.suspend(&caller, id, &confirmation).await;
    suspended.map_err(|problem| hide_from_others(&caller, problem))?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "restore-user")]
pub async fn restore_user(id: UserId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let restored = core.users.restore(&caller, id).await;
    restored.map_err(|problem| hide_from_others(&caller, problem))?;
    Ok(())
}

/// Ends every session of a user. A form without the checkbox, or with it unchecked, leaves tokens valid.
#[server(prefix = "/rpc", endpoint = "sign-out-user")]
pub async fn sign_out_user(id: UserId, #[server(default)] tokens: bool) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let signed_out = core.users.sign_out_everywhere(&caller, id, tokens).await;
    Ok(signed_out.map_err(|problem| hide_from_others(&caller, problem))?)
}

/// Revokes an API token of a user.
#[server(prefix = "/rpc", endpoint = "revoke-user-token")]
pub async fn revoke_user_token(user: UserId, id: TokenId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let revoked = core.users.revoke_token(&caller, user, id).await;
    Ok(revoked.map_err(|problem| hide_from_others(&caller, problem))?)
}

/// Shows what a token, or its claims as JSON, would grant. The token is not stored.
#[server(prefix = "/rpc", endpoint = "try-claim-rules")]
pub async fn try_claim_rules(provider: String, token: SecretText) -> Result<ClaimTrial, FormError> {
    let (core, caller) = core()?;
    let token = token.expose().trim();
    let trial = core.users.try_rules(&caller, &provider, token).await;
    Ok(trial.map_err(hide_forbidden)?)
}

/// Admins learn why something is forbidden; for others these pages do not exist.
fn hide_from_others(caller: &Caller, problem: Problem) -> Problem {
    if caller.may_on_platform(PlatformAction::ManageUsers) {
        problem
    } else {
        hide_forbidden(problem)
    }
}
