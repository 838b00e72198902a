//! TLS listeners for the sandbox's Kubernetes APIs. One listener may lead to several endpoints, chosen by the server name
//! in the TLS greeting, as an ingress that passes TLS through does.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{Acceptor, WebPkiClientVerifier};
use rustls::{RootCertStore, ServerConfig};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::LazyConfigAcceptor;
use tokio_util::sync::CancellationToken;
use tower::Service;
use x509_parser::prelude::{FromDer, X509Certificate};

use crate::http_listener::ACCEPT_PAUSE;
use crate::kubernetes::ClientIdentity;
use crate::pki::KeyedCertificate;

const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Watches never end by themselves: a shutdown waits this long for requests to finish.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

/// A service behind TLS, independent of the listeners that lead to it.
pub struct Endpoint {
    tls: RwLock<Arc<ServerConfig>>,
    router: Router,
    open: watch::Sender<bool>,
}

impl Endpoint {
    /// Serves `router` under a certificate; client certificates are optional and verified against `client_ca_pem`.
    pub fn new(
        certificate: &KeyedCertificate,
        client_ca_pem: &str,
        router: Router,
    ) -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            tls: RwLock::new(server_config(certificate, client_ca_pem)?),
            router,
            open: watch::Sender::new(true),
        }))
    }

    pub fn replace_certificate(
        &self,
        certificate: &KeyedCertificate,
        client_ca_pem: &str,
    ) -> Result<()> {
        let config = server_config(certificate, client_ca_pem)?;
        *self.tls.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    /// A closed endpoint cuts the connections it has and every new one, as a machine that went away does.
    pub fn set_open(&self, open: bool) {
        self.open.send_replace(open);
    }

    /// The service itself, for requests that come another way than through TLS.
    pub fn router(&self) -> &Router {
        &self.router
    }

    fn tls(&self) -> Arc<ServerConfig> {
        self.tls
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn server_config(certificate: &KeyedCertificate, client_ca_pem: &str) -> Result<Arc<ServerConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(client_ca_pem.as_bytes())?)?;
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .allow_unauthenticated()
        .build()?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_client_cert_verifier(clients)
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(
                certificate.certificate_pem.as_bytes(),
            )?],
            PrivateKeyDer::from_pem_slice(certificate.key_pem.as_bytes())?,
        )
        .context("the server certificate and its key do not fit")?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Chooses where a connection leads by the server name it asks for; `None` cuts it.
pub type Route = Arc<dyn Fn(Option<&str>) -> Option<Arc<Endpoint>> + Send + Sync>;

/// A bound port. Dropping it frees the port and cuts its connections.
pub struct TlsListener {
    address: SocketAddr,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl TlsListener {
    pub fn bind(address: SocketAddr, endpoint: Arc<Endpoint>) -> io::Result<Self> {
        Self::bind_routed(address, Arc::new(move |_| Some(endpoint.clone())))
    }

    pub fn bind_routed(address: SocketAddr, route: Route) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = listener.local_addr()?;
        let stop = CancellationToken::new();
        let task = tokio::spawn(accept(listener, route, stop.clone()));
        Ok(Self {
            address,
            stop,
            task,
        })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts nothing more, lets running requests finish for a moment, then cuts what is left.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, route: Route, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let (route, stop) = (route.clone(), stop.clone());
                    connections.spawn(async move {
                        if let Err(error) = serve(stream, route, stop).await {
                            tracing::debug!(%error, "sandbox TLS connection ended");
                        }
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "sandbox cannot accept a connection");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(_) = connections.join_next() => {}
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve(stream: TcpStream, route: Route, stop: CancellationToken) -> Result<()> {
    // Small JSON answers and watch events must not wait for more to send.
    stream.set_nodelay(true)?;
    let handshake = tokio::time::timeout(
        HANDSHAKE_TIMEOUT,
        LazyConfigAcceptor::new(Acceptor::default(), stream),
    )
    .await??;
    let server_name = handshake.client_hello().server_name().map(str::to_owned);
    let Some(endpoint) = route(server_name.as_deref()) else {
        return Ok(());
    };
    let mut open = endpoint.open.subscribe();
    if !*open.borrow_and_update() {
        return Ok(());
    }
    let tls =
        tokio::time::timeout(HANDSHAKE_TIMEOUT, handshake.into_stream(endpoint.tls())).await??;
    let peer = tls
        .get_ref()
        .1
        .peer_certificates()
        .and_then(|chain| chain.first())
        .map(client_identity)
        .transpose()?;

    let router = endpoint.router.clone();
    let service = hyper::service::service_fn(move |mut request: Request<Incoming>| {
        if let Some(peer) = &peer {
            request.extensions_mut().insert(peer.clone());
        }
        router.clone().call(request.map(Body::new))
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(tls), service);
    tokio::pin!(connection);
    tokio::select! {
        result = connection.as_mut() => return result.map_err(anyhow::Error::from_boxed),
        () = closed(&mut open) => return Ok(()),
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    connection.await.map_err(anyhow::Error::from_boxed)
}

async fn closed(open: &mut watch::Receiver<bool>) {
    // An error means that the endpoint is gone altogether.
    let _ = open.wait_for(|open| !open).await;
}

fn client_identity(certificate: &CertificateDer<'_>) -> Result<ClientIdentity> {
    let (_, parsed) =
        X509Certificate::from_der(certificate).context("the client certificate cannot be read")?;
    let subject = parsed.subject();
    let user = subject
        .iter_common_name()
        .next()
        .and_then(|name| name.as_str().ok())
        .context("the client certificate has no common name")?;
    Ok(ClientIdentity {
        user: user.to_owned(),
        groups: subject
            .iter_organization()
            .filter_map(|name| name.as_str().ok())
            .map(str::to_owned)
            .collect(),
    })
}
