//! The change that the page of orphans makes.

use leptos::server;

use crate::form_error::FormError;
use crate::page::hide_forbidden;
use crate::routes;
use crate::site::{core, redirect};

/// Deletes a machine and leads back to the list.
#[server(prefix = "/rpc", endpoint = "delete-orphan")]
pub async fn delete_orphan(machine: String, confirmation: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let deletion = core
        .nodes
        .delete_orphan(&caller, &machine, confirmation.trim())
        .await;
    deletion.map_err(hide_forbidden)?;
    redirect(routes::ORPHANS);
    Ok(())
}
