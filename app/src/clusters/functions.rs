//! The changes that the cluster pages make.

use domain::ids::ClusterId;
use domain::schedule::ScheduleInput;
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

/// Pauses a cluster and leads to its page, which shows the progress.
#[server(prefix = "/rpc", endpoint = "pause-cluster")]
pub async fn pause_cluster(id: ClusterId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.clusters.pause(&caller, id).await?;
    redirect(&routes::cluster(id));
    Ok(())
}

/// Resumes a cluster and leads to its page, which shows the progress.
#[server(prefix = "/rpc", endpoint = "resume-cluster")]
pub async fn resume_cluster(id: ClusterId) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.clusters.resume(&caller, id).await?;
    redirect(&routes::cluster(id));
    Ok(())
}

/// Sets when a cluster is paused and resumed by itself.
#[server(prefix = "/rpc", endpoint = "set-cluster-schedule")]
pub async fn set_cluster_schedule(
    id: ClusterId,
    #[server(default)] input: ScheduleInput,
) -> Result<(), FormError> {
    let (core, caller) = core()?;
    core.clusters.set_schedule(&caller, id, &input).await?;
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
