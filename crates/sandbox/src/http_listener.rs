//! Plain HTTP on loopback, with connections that faults can cut.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::Service as _;

use crate::faults::{FaultSettings, Faults};

/// Without file descriptors, for example, `accept` fails again immediately.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A response with this extension is not sent: its connection is cut instead.
#[derive(Clone)]
pub struct LostResponse;

/// When connections are cut.
#[derive(Clone)]
pub struct Cuts {
    pub faults: Faults,
    /// Whether the faults make the server unreachable.
    pub unreachable: fn(&FaultSettings) -> bool,
    /// Every change cuts all connections.
    pub restarts: watch::Receiver<u64>,
}

pub fn require_loopback(address: SocketAddr) -> Result<()> {
    if !address.ip().is_loopback() {
        bail!("the sandbox listens on loopback only, not on {address}");
    }
    Ok(())
}

/// Port 0 takes a free one.
pub async fn bind(what: &str, address: SocketAddr) -> Result<TcpListener> {
    require_loopback(address)?;
    TcpListener::bind(address)
        .await
        .with_context(|| format!("the sandbox's {what} cannot listen on {address}"))
}

/// Serves on this listener until the task ends.
pub async fn serve(listener: TcpListener, router: Router, cuts: Cuts) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = listener.accept().await;
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, router.clone(), cuts.clone()));
            }
            Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
        }
    }
}

async fn connection(stream: TcpStream, router: Router, mut cuts: Cuts) {
    let mut faults = cuts.faults.subscribe();
    cuts.restarts.mark_unchanged();
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let mut router = router.clone();
        async move {
            let response = router.call(request.map(Body::new)).await;
            let response = response.map_err(io::Error::other)?;
            match response.extensions().get::<LostResponse>() {
                Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
                None => Ok(response),
            }
        }
    });
    let builder = auto::Builder::new(TokioExecutor::new());
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        biased;
        Ok(_) = faults.wait_for(|faults| (cuts.unreachable)(faults)) => {}
        Ok(()) = cuts.restarts.changed() => {}
        _ = serving => {}
    }
}
