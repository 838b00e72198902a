//! Handing out what it takes to get onto a node: always read anew, never kept by anybody on the way.

use crate::{
    http::{
        identity::SignedIn,
        problem::{self, ApiProblem},
    },
    portal::Portal,
};
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use domain::{node::connection::SshAccess, problem::Problem};
use http::{HeaderMap, HeaderValue, header};
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// `POST /nodes/{id}/ssh/key`: the private key as a file.
pub async fn key(
    State(portal): State<Arc<Portal>>,
    known: Result<SignedIn, ApiProblem>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match access(&portal, known, &id).await {
        Ok(access) => attachment(
            access.private_key.expose_secret().to_owned(),
            "application/x-pem-file",
            &access.key_file_name(),
        ),
        Err(problem) => problem::answer(problem, &headers),
    }
}

/// `POST /nodes/{id}/ssh/config`: the block for `~/.ssh/config` as a file.
pub async fn config(
    State(portal): State<Arc<Portal>>,
    known: Result<SignedIn, ApiProblem>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match access(&portal, known, &id).await {
        Ok(access) => attachment(
            access.config_block(),
            "text/plain; charset=utf-8",
            &format!("{}.ssh-config", access.host_alias),
        ),
        Err(problem) => problem::answer(problem, &headers),
    }
}

async fn access(
    portal: &Portal,
    known: Result<SignedIn, ApiProblem>,
    id: &str,
) -> Result<SshAccess, Problem> {
    let SignedIn(caller, _) = known.map_err(|refused| refused.0)?;
    let id = id.parse().map_err(|_| Problem::not_found("node"))?;
    portal.core.nodes.ssh(&caller, id).await
}

fn attachment(content: String, media_type: &'static str, file_name: &str) -> Response {
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Node names are DNS labels, so the file name needs no quoting rules.
    let disposition = format!("attachment; filename=\"{file_name}\"");
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
