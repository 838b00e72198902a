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
use crate::faults::Faults;

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
        let accelerator = resources.accelerator.as_ref();
        let name = accelerator.map_or("", |(name, _)| name);
        !self.faults.current().skypilot.no_capacity.covers(name)
    }

    /// Returns as soon as the fault that makes launches of this cluster hang is off.
    pub async fn hang_while_faulty(&self, cluster: &str) {
        let mut faults = self.faults.subscribe();
        // An error means that the faults are gone.
        let _ = faults
            .wait_for(|faults| !faults.skypilot.launch_hangs.covers(cluster))
            .await;
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
