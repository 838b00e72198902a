//! What the parts of the server share: state, requests, pace and faults.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio_util::sync::CancellationToken;

use super::clusters::Resources;
use super::requests::Requests;
use super::store::Store;
use crate::aws::SecurityTokens;
use crate::controllers::Pace;
use crate::faults::{Faults, NoCapacity};

const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
/// At the default pace a unit is half a second.
const SECONDS_PER_UNIT: f64 = 0.5;

pub struct Server {
    pub store: Store,
    pub requests: Requests,
    pub faults: Faults,
    pub aws: SecurityTokens,
    pub stop: CancellationToken,
    pace: Pace,
    locks: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
    visitors: Mutex<HashMap<String, usize>>,
    cuts: watch::Sender<u64>,
    restarts: watch::Sender<u64>,
    ssh_port: u16,
}

impl Server {
    pub fn new(
        store: Store,
        faults: Faults,
        pace: Pace,
        ssh_port: u16,
        aws: SecurityTokens,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            requests: Requests::default(),
            faults,
            aws,
            stop: CancellationToken::new(),
            pace,
            locks: Mutex::default(),
            visitors: Mutex::default(),
            cuts: watch::Sender::default(),
            restarts: watch::Sender::default(),
            ssh_port,
        })
    }

    pub async fn pause(&self, units: u32) {
        tokio::time::sleep(self.pace.units(units)).await;
    }

    /// For loops, which must pause however short a unit is.
    pub async fn pause_at_least(&self, units: u32) {
        tokio::time::sleep(self.pace.units(units).max(SHORTEST_PAUSE)).await;
    }

    /// The sandbox's duration, in seconds, of what takes so many seconds in a real cloud.
    pub fn real_seconds(&self, seconds: f64) -> f64 {
        self.pace.units(1).as_secs_f64() * seconds / SECONDS_PER_UNIT
    }

    pub fn lock(&self, cluster: &str) -> Arc<AsyncMutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        locks.entry(cluster.to_owned()).or_default().clone()
    }

    pub fn has_capacity(&self, resources: &Resources) -> bool {
        let accelerator = resources.accelerator.as_ref().map(|(name, _)| name);
        match &self.faults.current().skypilot.no_capacity {
            NoCapacity::All(nothing) => !nothing,
            NoCapacity::Places(places) => !places.iter().any(|place| {
                (place.cloud.as_ref())
                    .is_none_or(|cloud| cloud.eq_ignore_ascii_case(resources.cloud.id()))
                    && (place.region.as_ref()).is_none_or(|region| *region == resources.region)
                    && (place.accelerator.as_ref()).is_none_or(|name| Some(name) == accelerator)
                    && place.spot.is_none_or(|spot| spot == resources.spot)
            }),
        }
    }

    /// Returns as soon as the fault that makes launches of this cluster hang is off.
    pub async fn hang_while_faulty(&self, cluster: &str) {
        let mut faults = self.faults.subscribe();
        // An error means that the faults are gone.
        let _ = faults
            .wait_for(|faults| !faults.skypilot.launch_hangs.covers(cluster))
            .await;
    }

    pub fn has_visitors(&self, cluster: &str) -> bool {
        let visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        visitors.get(cluster).is_some_and(|count| *count > 0)
    }

    pub fn visit(self: &Arc<Self>, cluster: &str) -> Visit {
        let mut visitors = self.visitors.lock().unwrap_or_else(PoisonError::into_inner);
        *visitors.entry(cluster.to_owned()).or_default() += 1;
        Visit {
            server: self.clone(),
            cluster: cluster.to_owned(),
        }
    }

    pub fn cut_streams(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Cuts every connection and forgets all requests.
    pub fn restart(&self) {
        self.requests.forget();
        self.restarts.send_modify(|restarts| *restarts += 1);
    }

    pub fn stream_cuts(&self) -> watch::Receiver<u64> {
        self.cuts.subscribe()
    }

    pub fn restarts(&self) -> watch::Receiver<u64> {
        self.restarts.subscribe()
    }

    pub fn ssh_port(&self) -> u16 {
        self.ssh_port
    }
}

pub struct Visit {
    server: Arc<Server>,
    cluster: String,
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut visitors = self
            .server
            .visitors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = visitors.get_mut(&self.cluster) {
            *count = count.saturating_sub(1);
        }
    }
}
