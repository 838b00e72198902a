//! Downloads of kubeconfigs. The host cluster is asked each time; nothing here keeps a copy.

use super::{attachment::attachment, call::Call, problem::ApiProblem, rest::PathId};
use axum::response::Response;
use domain::ids::ClusterId;
use secrecy::ExposeSecret as _;

/// `POST /clusters/{id}/kubeconfig` of the cluster's page, and the same operation of the API.
pub async fn download(call: Call, PathId(id): PathId<ClusterId>) -> Result<Response, ApiProblem> {
    let kubeconfig = call.core().clusters.kubeconfig(&call.caller, id).await?;
    let content = kubeconfig.content.expose_secret().to_owned();
    Ok(attachment(
        content,
        "application/yaml",
        &kubeconfig.file_name,
    ))
}
