//! What every part of the server works with: its memory, its requests, its pace and what it is told to do wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, watch};
use tokio_util::sync::CancellationToken;

use super::catalog::Offer;
use super::clouds::Cloud;
use super::clusters::Resources;
use super::requests::Requests;
use super::store::Store;
use super::tokens::TokenSigner;
use crate::aws::SecurityTokens;
use crate::controllers::Pace;
use crate::faults::{Faults, NoCapacity};

/// Loops must not turn without a pause, however quick the sandbox is.
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
/// At the default pace a unit is half a second.
const SECONDS_PER_UNIT: f64 = 0.5;

pub struct Server {
    pub store: Store,
    pub requests: Requests,
    pub faults: Faults,
    pub signer: TokenSigner,
    pub aws: SecurityTokens,
    pub stop: CancellationToken,
    pace: Pace,
    locks: Mutex<HashMap<String, Arc<AsyncMutex<()>>>>,
    visitors: Mutex<HashMap<String, usize>>,
    cuts: watch::Sender<u64>,
    lives: watch::Sender<u64>,
    ssh_port: u16,
}

impl Server {
    pub fn new(
        store: Store,
        signer: TokenSigner,
        faults: Faults,
        pace: Pace,
        ssh_port: u16,
        aws: SecurityTokens,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            requests: Requests::default(),
            faults,
            signer,
            aws,
            stop: CancellationToken::new(),
            pace,
            locks: Mutex::default(),
            visitors: Mutex::default(),
            cuts: watch::Sender::default(),
            lives: watch::Sender::default(),
            ssh_port,
        })
    }

    pub async fn pause(&self, units: u32) {
        tokio::time::sleep(self.pace.units(units)).await;
    }

    /// Waits for so many units, and never not at all.
    pub async fn pause_at_least(&self, units: u32) {
        tokio::time::sleep(self.pace.units(units).max(SHORTEST_PAUSE)).await;
    }

    /// So many units, in seconds.
    pub fn seconds(&self, units: f64) -> f64 {
        self.pace.units(1).as_secs_f64() * units
    }

    /// What takes so many seconds in real life, in seconds of the sandbox.
    pub fn real_seconds(&self, seconds: f64) -> f64 {
        self.seconds(seconds / SECONDS_PER_UNIT)
    }

    pub fn lock(&self, cluster: &str) -> Arc<AsyncMutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        locks.entry(cluster.to_owned()).or_default().clone()
    }

    pub fn has_capacity(&self, offer: &Offer, spot: bool) -> bool {
        let accelerator = offer.accelerator.map(|(name, _)| name);
        self.has_left(offer.cloud, offer.region, accelerator, spot)
    }

    pub fn has_capacity_for(&self, resources: &Resources) -> bool {
        let accelerator = resources
            .accelerator
            .as_ref()
            .map(|(name, _)| name.as_str());
        self.has_left(
            resources.cloud,
            &resources.region,
            accelerator,
            resources.spot,
        )
    }

    fn has_left(&self, cloud: Cloud, region: &str, accelerator: Option<&str>, spot: bool) -> bool {
        match &self.faults.current().skypilot.no_capacity {
            NoCapacity::All(nothing) => !nothing,
            NoCapacity::Places(places) => !places.iter().any(|place| {
                place
                    .cloud
                    .as_ref()
                    .is_none_or(|wanted| wanted.eq_ignore_ascii_case(cloud.id()))
                    && place.region.as_ref().is_none_or(|wanted| wanted == region)
                    && place
                        .accelerator
                        .as_deref()
                        .is_none_or(|wanted| Some(wanted) == accelerator)
                    && place.spot.is_none_or(|wanted| wanted == spot)
            }),
        }
    }

    /// Stays here for as long as launches of this cluster are told to hang.
    pub async fn hang_if_told(&self, cluster: &str) {
        let mut settings = self.faults.subscribe();
        loop {
            if !settings
                .borrow_and_update()
                .skypilot
                .launch_hangs
                .covers(cluster)
            {
                return;
            }
            if settings.changed().await.is_err() {
                return;
            }
        }
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

    /// Cuts every connection and forgets all requests, as a start of the real server does.
    pub fn restart(&self) {
        self.requests.forget();
        self.lives.send_modify(|lives| *lives += 1);
    }

    pub fn stream_cuts(&self) -> watch::Receiver<u64> {
        self.cuts.subscribe()
    }

    pub fn lives(&self) -> watch::Receiver<u64> {
        self.lives.subscribe()
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
