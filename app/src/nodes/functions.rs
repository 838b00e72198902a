//! The changes that the node pages make.

use domain::ids::NodeId;
use domain::node::job::JobInput;
use domain::node::order::AutostopInput;
use domain::problem::Problem;
use leptos::server;
use serde::{Deserialize, Serialize};

use super::form::Draft;
use crate::form_error::FormError;
use crate::routes;
use crate::site::{core, redirect};

/// Creates a node and leads to its page.
#[server(prefix = "/rpc", endpoint = "create-node")]
pub async fn create_node(draft: Draft, idempotency_key: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let input = draft
        .to_input()
        .map_err(|error| Problem::invalid(vec![error]))?;
    let created = core
        .nodes
        .create(&caller, input, Some(&idempotency_key))
        .await?;
    redirect(&routes::node(created.node.id));
    Ok(())
}

/// Stops a node and leads to its page, which shows the progress.
#[server(prefix = "/rpc", endpoint = "stop-node")]
pub async fn stop_node(id: NodeId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.nodes.stop(&caller, id).await?;
    redirect(&routes::node(id));
    Ok(())
}

/// Starts a stopped node or retries a failed launch, and leads to the node's page, which shows the progress.
#[server(prefix = "/rpc", endpoint = "start-node")]
pub async fn start_node(id: NodeId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.nodes.start(&caller, id).await?;
    redirect(&routes::node(id));
    Ok(())
}

/// Changes what happens to an idle node. No minutes: nothing.
#[server(prefix = "/rpc", endpoint = "set-node-autostop")]
pub async fn set_autostop(
    id: NodeId,
    #[server(default)] idle_minutes: String,
    #[server(default)] idle_action: String,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let input = AutostopInput {
        idle_minutes: match idle_minutes.trim() {
            "" => None,
            // The core rejects 0 with the message about the range, which fits text that is no number too.
            minutes => Some(minutes.parse().unwrap_or(0)),
        },
        idle_action,
    };
    core.nodes.set_autostop(&caller, id, input).await?;
    Ok(())
}

/// Deletes a node and leads to its page, which shows the progress.
#[server(prefix = "/rpc", endpoint = "delete-node")]
pub async fn delete_node(id: NodeId, confirmation: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.nodes.delete(&caller, id, confirmation.trim()).await?;
    redirect(&routes::node(id));
    Ok(())
}

/// Adds a job to a node's queue.
#[server(prefix = "/rpc", endpoint = "submit-node-job")]
pub async fn submit_job(id: NodeId, input: JobInput) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.nodes.submit_job(&caller, id, input).await?;
    Ok(())
}

/// Cancels a job.
#[server(prefix = "/rpc", endpoint = "cancel-node-job")]
pub async fn cancel_job(id: NodeId, job: u64) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.nodes.cancel_job(&caller, id, job).await?;
    Ok(())
}

/// How a user's SSH client reaches a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshConfig {
    /// The block for `~/.ssh/config`.
    pub block: String,
    /// The user on the node.
    pub user: String,
}

/// Reads a node's SSH configuration to show it on the page. Audited like the download.
#[server(prefix = "/rpc", endpoint = "show-node-ssh-config")]
pub async fn show_ssh_config(id: NodeId) -> Result<SshConfig, FormError> {
    let (core, caller) = core()?;
    let access = core.nodes.ssh(&caller, id).await?;
    Ok(SshConfig {
        block: access.config_block(),
        user: access.user,
    })
}
