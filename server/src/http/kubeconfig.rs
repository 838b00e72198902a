//! Handing out a kubeconfig: always read anew, never kept by anybody on the way.

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
use domain::{caller::Caller, ids::ClusterId, problem::Problem};
use http::{HeaderMap, HeaderValue, header};
use secrecy::ExposeSecret;
use std::sync::Arc;

/// `POST /clusters/{id}/kubeconfig`: what the download button of the cluster's page asks for.
pub async fn download(
    State(portal): State<Arc<Portal>>,
    known: Result<SignedIn, ApiProblem>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let answer = match known {
        Ok(SignedIn(caller, _)) => attachment(&portal, &caller, &id).await,
        Err(refused) => Err(refused.0),
    };
    answer.unwrap_or_else(|problem| problem::answer(problem, &headers))
}

/// The kubeconfig as a file.
pub async fn attachment(portal: &Portal, caller: &Caller, id: &str) -> Result<Response, Problem> {
    let id: ClusterId = id.parse().map_err(|_| Problem::not_found("cluster"))?;
    let kubeconfig = portal.core.clusters.kubeconfig(caller, id).await?;
    let mut response = kubeconfig
        .content
        .expose_secret()
        .to_owned()
        .into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/yaml"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Cluster names are DNS labels, so the file name needs no quoting rules.
    let disposition = format!("attachment; filename=\"{}\"", kubeconfig.file_name);
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}
