//! SSH access to a node as JSON.

use super::super::{Answer, path::PathId};
use crate::http::call::Call;
use axum::{
    Json,
    response::{IntoResponse as _, Response},
};
use domain::ids::NodeId;
use http::header;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use utoipa::ToSchema;

/// SSH access to a node.
// No `Debug`: it holds the key.
#[derive(Serialize, ToSchema)]
pub struct Ssh {
    /// Host name or IP address.
    host: String,
    port: u16,
    user: String,
    /// The private key in PEM.
    private_key: String,
    /// The file in `~/.ssh` that `config` expects the key in.
    key_file_name: String,
    /// A block for `~/.ssh/config`.
    config: String,
}

pub async fn access(call: Call, PathId(id): PathId<NodeId>) -> Answer<Response> {
    let access = call.core().nodes.ssh(&call.caller, id).await?;
    let ssh = Ssh {
        key_file_name: access.key_file_name(),
        config: access.config_block(),
        private_key: access.private_key.expose_secret().to_owned(),
        host: access.host,
        port: access.port,
        user: access.user,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(ssh)).into_response())
}
