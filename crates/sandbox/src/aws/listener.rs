//! STS on its port, and what is told to go wrong with it.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::SecurityTokens;
use crate::faults::Faults;

/// When the system has no more file descriptors, trying again at once would only burn a core.
const AFTER_REFUSAL: Duration = Duration::from_millis(50);

/// A running STS. Dropping it ends everything at once.
pub struct SecurityTokenServer {
    address: SocketAddr,
    tokens: SecurityTokens,
    tasks: JoinSet<()>,
}

impl SecurityTokenServer {
    /// Starts on a loopback address, port 0 takes a free one; when this returns, it answers.
    pub async fn start(listen: SocketAddr, faults: Faults) -> Result<Self> {
        if !listen.ip().is_loopback() {
            bail!(
                "the sandbox's AWS accepts any keys and listens on loopback only, not on {listen}"
            );
        }
        let listener = TcpListener::bind(listen)
            .await
            .with_context(|| format!("the sandbox's AWS cannot listen on {listen}"))?;
        let address = listener.local_addr()?;
        let tokens = SecurityTokens::new(faults.clone());
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, router(tokens.clone(), &faults), faults));
        Ok(Self {
            address,
            tokens,
            tasks,
        })
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn tokens(&self) -> &SecurityTokens {
        &self.tokens
    }

    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}

fn router(tokens: SecurityTokens, faults: &Faults) -> Router {
    Router::new()
        .route("/", get(answer).post(answer))
        .with_state((tokens, faults.clone()))
}

async fn answer(
    State((tokens, faults)): State<(SecurityTokens, Faults)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    tokio::time::sleep(Duration::from_millis(faults.current().aws.latency_ms)).await;
    tokens
        .answer(query.as_deref().unwrap_or_default(), &body, &headers)
        .unwrap_or_else(|refusal| refusal.into_response())
}

async fn accept(listener: TcpListener, router: Router, faults: Faults) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = listener.accept().await;
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                if !faults.current().aws.unreachable {
                    connections.spawn(connection(stream, router.clone(), faults.clone()));
                }
            }
            Err(_) => tokio::time::sleep(AFTER_REFUSAL).await,
        }
    }
}

/// Serves one connection, until it is cut.
async fn connection(stream: TcpStream, router: Router, faults: Faults) {
    let mut settings = faults.subscribe();
    let serving = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::select! {
        _ = serving => {}
        Ok(_) = settings.wait_for(|settings| settings.aws.unreachable) => {}
    }
}
