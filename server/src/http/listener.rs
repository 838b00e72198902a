//! Accepts connections: no more than allowed, altogether and from one address, and none that stops making progress.
//! When the server stops, each is served to its end.

use super::connection;
use crate::config::TrustedProxies;
use axum::{Router, extract::ConnectInfo};
use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

/// Requests under way may take this long once the server stops.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
/// When the system has no more file descriptors, waiting is all there is to do.
const AFTER_REFUSAL: Duration = Duration::from_millis(100);

/// How many connections a listener holds at once.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// Altogether.
    pub total: usize,
    /// From one address.
    pub per_address: usize,
    /// Addresses that speak for many browsers and have no limit of their own.
    pub proxies: TrustedProxies,
}

/// Serves `router` until `stop`, then lets what is under way finish. `handshake` makes of an accepted connection the
/// stream that HTTP is spoken on, and what each request on it carries as extensions.
pub async fn serve<H, F, S>(
    listener: TcpListener,
    handshake: H,
    router: Router,
    limits: ConnectionLimits,
    stop: CancellationToken,
) where
    H: Fn(TcpStream, SocketAddr) -> F,
    F: Future<Output = anyhow::Result<(S, http::Extensions)>> + Send + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(limits.total));
    let addresses = Addresses::default();
    let mut open = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = open.join_next() => continue,
            accepted = async {
                let permit = permits.clone().acquire_owned().await;
                (permit, listener.accept().await)
            } => accepted,
        };
        let (permit, stream, from) = match accepted {
            (Ok(permit), Ok((stream, from))) => (permit, stream, from),
            (_, Err(error)) => {
                tracing::warn!(%error, "cannot accept a connection");
                sleep(AFTER_REFUSAL).await;
                continue;
            }
            (Err(_), _) => break,
        };
        let Some(address) = addresses.admit(from.ip(), &limits) else {
            continue;
        };
        // Small answers go out at once.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let (shaken, router, stop) = (handshake(stream, from), router.clone(), stop.clone());
        open.spawn(async move {
            let _held = (permit, address);
            match timeout(connection::FIRST_REQUEST, shaken).await {
                Ok(Ok((stream, extensions))) => {
                    connection::serve(stream, extensions, router, stop).await;
                }
                Ok(Err(error)) => {
                    tracing::debug!(%from, error = format!("{error:#}"), "handshake failed");
                }
                Err(_) => tracing::debug!(%from, "handshake timed out"),
            }
        });
    }
    drop(listener);
    let all_ended = async { while open.join_next().await.is_some() {} };
    if timeout(LAST_REQUESTS, all_ended).await.is_err() {
        tracing::warn!("{} connections were cut off", open.len());
    }
}

/// The handshake of plain HTTP: none. Requests carry the address they came from.
pub async fn plain(
    stream: TcpStream,
    from: SocketAddr,
) -> anyhow::Result<(TcpStream, http::Extensions)> {
    let mut extensions = http::Extensions::new();
    extensions.insert(ConnectInfo(from));
    Ok((stream, extensions))
}

/// What each address has open.
#[derive(Clone, Default)]
struct Addresses(Arc<Mutex<HashMap<IpAddr, Open>>>);

#[derive(Default)]
struct Open {
    count: usize,
    /// Whether a refusal was logged since the first of these connections.
    logged: bool,
}

/// One connection of an address; dropping it takes it off the count.
struct Admission {
    addresses: Addresses,
    ip: IpAddr,
}

impl Addresses {
    fn admit(&self, ip: IpAddr, limits: &ConnectionLimits) -> Option<Admission> {
        let ip = ip.to_canonical();
        let mut open = self.lock();
        let found = open.entry(ip).or_default();
        if found.count >= limits.per_address && !limits.proxies.trusts(ip) {
            if !found.logged {
                found.logged = true;
                tracing::warn!(
                    %ip,
                    "connections refused: limits.connections_per_address reached; if this is a proxy, add its address \
                     to trusted_proxies"
                );
            }
            return None;
        }
        found.count += 1;
        Some(Admission {
            addresses: self.clone(),
            ip,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        let mut open = self.addresses.lock();
        if let Some(found) = open.get_mut(&self.ip) {
            found.count -= 1;
            if found.count == 0 {
                open.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Faults;

    #[test]
    fn an_address_has_its_limit_and_a_trusted_proxy_has_none() {
        let mut faults = Faults::default();
        let limits = ConnectionLimits {
            total: 10,
            per_address: 2,
            proxies: TrustedProxies::read(&["10.0.0.0/8".to_owned()], &mut faults),
        };
        let addresses = Addresses::default();
        let admit = |ip: &str| addresses.admit(ip.parse().unwrap(), &limits);
        let (first, second) = (admit("203.0.113.7"), admit("::ffff:203.0.113.7"));
        assert!(first.is_some() && second.is_some());
        assert!(admit("203.0.113.7").is_none());
        assert!(admit("203.0.113.8").is_some());
        drop(first);
        assert!(admit("203.0.113.7").is_some());
        let proxied: Vec<_> = (0..9).map(|_| admit("10.1.2.3")).collect();
        assert!(proxied.iter().all(Option::is_some));
        drop((second, proxied));
        assert!(addresses.lock().is_empty());
    }
}
