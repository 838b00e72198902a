//! The broker's listener: nobody speaks to it without a certificate of its authority.

use super::authority::{Authority, Fingerprint};
use anyhow::{Context as _, Result};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use std::{net::SocketAddr, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Who is at the other end.
#[derive(Clone, Debug)]
pub struct Peer {
    /// What its certificate is known by.
    pub fingerprint: Fingerprint,
    /// Where it is.
    pub address: SocketAddr,
}

/// TLS that asks for certificates of `authority`, and shows one for `names`.
///
/// # Errors
/// If a name cannot be in a certificate.
pub fn configuration(authority: &Authority, names: &[String]) -> Result<Arc<ServerConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate()?)?;
    let clients = WebPkiClientVerifier::builder(Arc::new(roots)).build()?;
    let (certificate, key) = authority
        .issue_server(names)
        .context("no certificate can be made for the names of [broker]")?;
    let mut config = ServerConfig::builder()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![certificate], key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The handshake of the broker's listener. Requests carry their [`Peer`].
///
/// # Errors
/// If it fails, or the client shows no certificate.
pub async fn handshake(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    address: SocketAddr,
) -> Result<(TlsStream<TcpStream>, http::Extensions)> {
    let stream = acceptor.accept(stream).await?;
    let certificate = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(<[_]>::first);
    let peer = Peer {
        fingerprint: Fingerprint::of(certificate.context("no certificate")?),
        address,
    };
    let mut extensions = http::Extensions::new();
    extensions.insert(peer);
    Ok((stream, extensions))
}
