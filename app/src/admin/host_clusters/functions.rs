//! The check that the page of host clusters makes.

use domain::platform::HostCheck;
use leptos::server;

use crate::form_error::FormError;
use crate::page::hide_forbidden;
use crate::site::core;

/// Checks the portal's permissions on a host cluster.
#[server(prefix = "/rpc", endpoint = "check-host-cluster")]
pub async fn check_host_cluster(host: String) -> Result<HostCheck, FormError> {
    let (core, caller) = core()?;
    let checked = core.platform.check_host(&caller, &host).await;
    Ok(checked.map_err(hide_forbidden)?)
}
