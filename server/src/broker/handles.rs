//! Handles: a URL and a token in each request to an API server, instead of keys. The server's AWS library fetches
//! credentials with them as in a container.

use super::answers;
use crate::{
    config::TrustedProxies,
    http::{
        layers::{access_log, panics},
        problem::ApiProblem,
    },
};
use axum::{
    Router,
    extract::{ConnectInfo, Path, State},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use domain::problem::{Problem, ProblemKind};
use http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use provisioning::{
    broker::{ApiServer, ApiServerChannel, BrokerService, WorkspaceScope},
    ports::cloud_credentials::{CredentialHandle, CredentialHandles},
};
use secrets::HandleTokens;
use std::{net::SocketAddr, sync::Arc};
use tower::ServiceBuilder;
use url::Url;

/// Longer than a launch takes. The API server keeps the token in its database for more than a day.
const LIFE: SignedDuration = SignedDuration::from_hours(4);

/// Issues handles and verifies their tokens.
pub struct Handles {
    /// The portal's URL as API servers see it, ending in `/`.
    base: Url,
    tokens: HandleTokens,
}

impl Handles {
    /// `base` is the portal's URL and ends in `/`.
    pub fn new(base: Url, tokens: HandleTokens) -> Self {
        Self { base, tokens }
    }
}

impl CredentialHandles for Handles {
    fn handle(&self, workspace: &str) -> Option<CredentialHandle> {
        let uri = self.base.join(&format!("broker/aws/{workspace}")).ok()?;
        let (token, expires_at) = self.tokens.make(workspace, Timestamp::now(), LIFE);
        Some(CredentialHandle {
            uri: uri.into(),
            token,
            expires_at,
        })
    }
}

struct BrokerState {
    service: Arc<BrokerService>,
    handles: Arc<Handles>,
    proxies: TrustedProxies,
}

/// The route for handles on the portal's own listener. It uses no session: the token is the only credential.
pub fn routes(
    service: Arc<BrokerService>,
    handles: Arc<Handles>,
    proxies: TrustedProxies,
) -> Router {
    Router::new()
        .route("/broker/aws/{workspace}", get(aws))
        .with_state(Arc::new(BrokerState {
            service,
            handles,
            proxies,
        }))
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(access_log::log))
                .layer(panics::layer()),
        )
}

async fn aws(
    State(state): State<Arc<BrokerState>>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !state
        .handles
        .tokens
        .allows(token, &workspace, Timestamp::now())
    {
        return Err(no_token().into());
    }
    let server = ApiServer {
        name: "An API server with a handle".to_owned(),
        channel: ApiServerChannel::Handle,
        source: Some(
            state
                .proxies
                .client_address(peer.ip(), &headers)
                .to_string(),
        ),
        // The token is valid for this workspace only.
        scope: WorkspaceScope::Everything,
    };
    let session = state.service.aws(&server, &workspace).await?;
    Ok(answers::for_container(&session))
}

fn no_token() -> Problem {
    Problem::new(
        ProblemKind::Unauthenticated,
        "The handle to these credentials is not valid or has expired.",
    )
    .next("Retry in the portal: each request to the API server carries a new handle.")
}
