//! Accepts connections: not more than allowed, none that dawdles over its headers, and each to its end when the server
//! stops.

use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use std::{net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Headers must be there this soon.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Requests under way may take this long once the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// When the system has no more file descriptors, waiting is all there is to do.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// Serves `router` until `stop`, then lets what is under way finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: usize,
    stop: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(connections));
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
            (Ok(place), Ok((stream, from))) => {
                let answer = connection(stream, from, router.clone(), stop.clone());
                open.spawn(async move {
                    answer.await;
                    drop(place);
                });
            }
            (_, Err(error)) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(AFTER_REFUSAL).await;
            }
            (Err(_), _) => break,
        }
    }
    drop(listener);
    let all_ended = async { while open.join_next().await.is_some() {} };
    if timeout(LAST_REQUESTS, all_ended).await.is_err() {
        tracing::warn!("{} connections were cut off", open.len());
    }
}

async fn connection(stream: TcpStream, from: SocketAddr, router: Router, stop: CancellationToken) {
    // Small answers go out at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = router.map_request(move |request: http::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        request
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
        .max_header_list_size(64 * 1024);
    let mut connection =
        pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service),));
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended");
    }
}
