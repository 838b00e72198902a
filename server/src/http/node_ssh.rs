//! Downloads for SSH access to a node. The SkyPilot API server is asked each time; nothing here keeps a copy.

use super::{attachment::attachment, call::Call, problem::ApiProblem, rest::PathId};
use axum::response::Response;
use domain::ids::NodeId;
use secrecy::ExposeSecret as _;

/// `POST /nodes/{id}/ssh/key`: the private key as a file.
pub async fn key(call: Call, PathId(id): PathId<NodeId>) -> Result<Response, ApiProblem> {
    let access = call.core().nodes.ssh(&call.caller, id).await?;
    let key = access.private_key.expose_secret().to_owned();
    Ok(attachment(
        key,
        "application/x-pem-file",
        &access.key_file_name(),
    ))
}

/// `POST /nodes/{id}/ssh/config`: the block for `~/.ssh/config` as a file.
pub async fn config(call: Call, PathId(id): PathId<NodeId>) -> Result<Response, ApiProblem> {
    let access = call.core().nodes.ssh(&call.caller, id).await?;
    Ok(attachment(
        access.config_block(),
        "text/plain; charset=utf-8",
        &format!("{}.ssh-config", access.host_alias),
    ))
}
