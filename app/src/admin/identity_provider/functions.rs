//! The changes that the pages of user pools make.

use domain::user_pool::PoolInvitation;
use leptos::server;

use crate::form_error::FormError;
use crate::page::hide_forbidden;
use crate::routes;
use crate::site::{core, redirect};

/// Invites a user and leads to their page.
#[server(prefix = "/rpc", endpoint = "invite-pool-user")]
pub async fn invite_pool_user(provider: String, input: PoolInvitation) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let invited = core.user_pools.invite(&caller, &provider, input).await;
    let user = invited.map_err(hide_forbidden)?;
    redirect(&routes::pool_user(&provider, &user.username));
    Ok(())
}

/// Allows or blocks further sign-ins.
#[server(prefix = "/rpc", endpoint = "set-pool-user-enabled")]
pub async fn set_pool_user_enabled(
    provider: String,
    username: String,
    enabled: bool,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let pools = &core.user_pools;
    let changed = pools
        .set_enabled(&caller, &provider, &username, enabled)
        .await;
    changed.map_err(hide_forbidden)?;
    Ok(())
}

#[server(prefix = "/rpc", endpoint = "reset-pool-user-password")]
pub async fn reset_pool_user_password(provider: String, username: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let reset = core
        .user_pools
        .reset_password(&caller, &provider, &username)
        .await;
    reset.map_err(hide_forbidden)?;
    Ok(())
}

/// Adds a user to a group or removes them from it.
#[server(prefix = "/rpc", endpoint = "set-pool-user-group")]
pub async fn set_pool_user_group(
    provider: String,
    username: String,
    group: String,
    member: bool,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let pools = &core.user_pools;
    let changed = pools
        .set_group(&caller, &provider, &username, &group, member)
        .await;
    changed.map_err(hide_forbidden)?;
    Ok(())
}
