//! The broker's listener. It accepts only connections with a client certificate of the broker's authority.

use super::authority::{Authority, Fingerprint};
use anyhow::{Context as _, Result};
use axum::{Router, body::Body};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Time for the handshake, and for the headers of each request.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Time for open requests after the portal was told to stop.
const LAST_REQUESTS: Duration = Duration::from_secs(5);
/// Without free file descriptors, waiting is the only option.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);
/// API servers are few; each starts a process per credential.
const CONNECTIONS: usize = 512;

/// The other end of a connection.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Of its certificate.
    pub fingerprint: Fingerprint,
    pub address: SocketAddr,
}

/// TLS that requires a client certificate of `authority` and presents one for `names`.
pub fn configuration(authority: &Authority, names: &[String]) -> Result<Arc<ServerConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate()?)?;
    let clients = WebPkiClientVerifier::builder(Arc::new(roots)).build()?;
    let (certificate, key) = authority
        .issue_server(names)
        .context("cannot issue a certificate for the names under [broker]")?;
    let mut config = ServerConfig::builder()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Serves `router` until `stop`. Each request has its [`Peer`] as an extension.
pub async fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    router: Router,
    stop: CancellationToken,
) {
    let acceptor = TlsAcceptor::from(tls);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = open.join_next() => continue,
            accepted = async {
                let place = places.clone().acquire_owned().await;
                (place, listener.accept().await)
            } => accepted,
        };
        match accepted {
            (Ok(place), Ok((stream, address))) => {
                let answer = connection(
                    stream,
                    address,
                    acceptor.clone(),
                    router.clone(),
                    stop.clone(),
                );
                open.spawn(async move {
                    if let Err(error) = answer.await {
                        tracing::debug!(%address, error = format!("{error:#}"), "a connection to the broker failed");
                    }
                    drop(place);
                });
            }
            (_, Err(error)) => {
                tracing::warn!(%error, "cannot accept a connection to the broker");
                sleep(AFTER_REFUSAL).await;
            }
            (Err(_), _) => break,
        }
    }
    drop(listener);
    let all_ended = async { while open.join_next().await.is_some() {} };
    if timeout(LAST_REQUESTS, all_ended).await.is_err() {
        tracing::warn!("closed {} open connections to the broker", open.len());
    }
}

async fn connection(
    stream: TcpStream,
    address: SocketAddr,
    acceptor: TlsAcceptor,
    router: Router,
    stop: CancellationToken,
) -> Result<()> {
    stream.set_nodelay(true)?;
    let stream = timeout(HANDSHAKE, acceptor.accept(stream))
        .await
        .context("the TLS handshake timed out")?
        .context("the TLS handshake failed")?;
    let certificate = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(<[_]>::first);
    let peer = Peer {
        fingerprint: Fingerprint::of(certificate.context("no client certificate")?),
        address,
    };
    let service = router.map_request(move |request: http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(peer.clone());
        request
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HANDSHAKE);
    let mut connection =
        pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
    tokio::select! {
        ended = connection.as_mut() => ended?,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await?;
        }
    }
    Ok(())
}
