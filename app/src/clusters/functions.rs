//! The changes that the cluster pages make.

use domain::ids::ClusterId;
use leptos::server;

use super::form::Draft;
use crate::form_error::FormError;
use crate::routes;
use crate::site::{core, redirect};

/// Creates a cluster and leads to its page.
#[server(prefix = "/rpc", endpoint = "create-cluster")]
pub async fn create_cluster(draft: Draft, idempotency_key: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    let input = draft.to_input();
    let created = core
        .clusters
        .create(&caller, input, Some(&idempotency_key))
        .await?;
    redirect(&routes::cluster(created.cluster.id));
    Ok(())
}

/// Restores a cluster and leads to its page, which shows the progress.
#[server(prefix = "/rpc", endpoint = "restore-cluster")]
pub async fn restore_cluster(id: ClusterId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.clusters.restore(&caller, id).await?;
    redirect(&routes::cluster(id));
    Ok(())
}

/// Deletes a cluster and leads to its page, which shows the progress.
#[server(prefix = "/rpc", endpoint = "delete-cluster")]
pub async fn delete_cluster(id: ClusterId, confirmation: String) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.clusters
        .delete(&caller, id, confirmation.trim())
        .await?;
    redirect(&routes::cluster(id));
    Ok(())
}
