//! How to get onto a node, for programs.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::node_id;
use crate::{
    http::{identity::SignedIn, problem::ProblemDocument, rest::Answer},
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{ids::NodeId, node::connection::SshAccess};
use http::header;
use secrecy::ExposeSecret as _;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// What it takes to get onto a node. No `Debug`: it holds the key.
#[derive(Serialize, ToSchema)]
pub struct Ssh {
    /// The machine's host name or address.
    host: String,
    /// The port.
    port: u16,
    /// The user there.
    user: String,
    /// The private key, in PEM.
    private_key: String,
    /// What to call the key's file in `~/.ssh`.
    key_file_name: String,
    /// A block for `~/.ssh/config` that names that file.
    config: String,
}

impl From<SshAccess> for Ssh {
    fn from(access: SshAccess) -> Self {
        Self {
            key_file_name: access.key_file_name(),
            config: access.config_block(),
            private_key: access.private_key.expose_secret().to_owned(),
            host: access.host,
            port: access.port,
            user: access.user,
        }
    }
}

/// Get the key to a node
///
/// Read from the SkyPilot API server at this moment and audited. It gives full control over the machine: keep it safe.
#[utoipa::path(get, path = "/nodes/{id}/ssh", operation_id = "get_node_key", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 200, description = "Address, user and key", body = Ssh),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not connect to it", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The node is not up, or has no address", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn get(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Response> {
    let access = portal.core.nodes.ssh(&caller, node_id(&id)?).await?;
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((headers, Json(Ssh::from(access))).into_response())
}
