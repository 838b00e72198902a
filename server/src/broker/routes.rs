//! Requests of API servers with a client certificate.

use super::{answers, identities::Identities, tls::Peer};
use crate::http::{
    layers::{access_log, panics},
    problem::ApiProblem,
};
use axum::{
    Extension, Json, Router,
    extract::{FromRequestParts, Path, State},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use domain::problem::{Problem, ProblemKind};
use http::request::Parts;
use provisioning::broker::{ApiServer, ApiServerChannel, BrokerService};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower::ServiceBuilder;

/// The workspaces that an API server can fetch credentials for.
#[derive(Debug, Serialize, Deserialize)]
pub struct Workspaces {
    pub workspaces: Vec<String>,
}

struct BrokerState {
    service: Arc<BrokerService>,
    identities: Identities,
}

pub fn routes(service: Arc<BrokerService>, identities: Identities) -> Router {
    Router::new()
        .route("/v1/aws/{workspace}", get(aws))
        .route("/v1/workspaces", get(workspaces))
        .fallback(async || ApiProblem(Problem::not_found("address here")))
        .with_state(Arc::new(BrokerState {
            service,
            identities,
        }))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(access_log::log))
                .layer(panics::layer()),
        )
}

async fn aws(
    State(state): State<Arc<BrokerState>>,
    RegisteredServer(server): RegisteredServer,
    Path(workspace): Path<String>,
) -> Result<Response, ApiProblem> {
    let session = state.service.aws(&server, &workspace).await?;
    Ok(answers::for_process(&session))
}

async fn workspaces(
    State(state): State<Arc<BrokerState>>,
    RegisteredServer(server): RegisteredServer,
) -> Result<Json<Workspaces>, ApiProblem> {
    let workspaces = state.service.workspaces(&server).await?;
    Ok(Json(Workspaces { workspaces }))
}

/// The API server, looked up in the list on each request: revoking a name also ends open connections.
struct RegisteredServer(ApiServer);

impl FromRequestParts<Arc<BrokerState>> for RegisteredServer {
    type Rejection = ApiProblem;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &Arc<BrokerState>,
    ) -> Result<Self, ApiProblem> {
        let Extension(peer) = Extension::<Peer>::from_request_parts(parts, state)
            .await
            .map_err(|_| stranger())?;
        let holder = state
            .identities
            .holder(&peer.fingerprint)
            .map_err(|error| {
                tracing::error!(
                    error = format!("{error:#}"),
                    "cannot read which API servers are admitted"
                );
                Problem::new(
                    ProblemKind::Unavailable,
                    "The portal cannot read the list of admitted API servers.",
                )
                .next("The portal's log contains the cause.")
            })?;
        let (name, identity) = holder.ok_or_else(stranger)?;
        Ok(Self(ApiServer {
            name: format!("API server {name}"),
            channel: ApiServerChannel::Certificate,
            source: Some(peer.address.ip().to_canonical().to_string()),
            scope: identity.scope(),
        }))
    }
}

fn stranger() -> Problem {
    Problem::new(
        ProblemKind::Forbidden,
        "The portal does not admit this API server, or its access was revoked.",
    )
    .next("Issue an identity on the portal's machine: hangar broker identity NAME")
}
