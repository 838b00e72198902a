//! Makes desired state so: clusters on their hosts, nodes and their workspaces on the SkyPilot API
//! server. Each kind of thing has its pass; the loop around them is one.

mod backoff;
mod clusters;
mod failures;
mod nodes;
mod steps;
mod worker;

use crate::{nodes::SkyPilotBackend, ports::host_clusters::HostClusters};
use clusters::ClusterWork;
use nodes::{NodeWork, WorkspaceWork};
use persistence::Database;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use worker::Pace;

/// How long a claim holds; renewed while its pass goes on, so that a killed replica's work is taken
/// over soon.
const LEASE: Duration = Duration::from_secs(10);
const PASS_LIMIT: Duration = Duration::from_secs(120);
const CONCURRENCY: usize = 16;
/// A SkyPilot API server has a handful of workers; more questions at once only queue there.
const MACHINE_CONCURRENCY: usize = 6;

/// The worker that reconciles.
pub struct Reconciler {
    db: Database,
    hosts: Arc<dyn HostClusters>,
    skypilot: Option<SkyPilotBackend>,
    lease: Duration,
}

impl Reconciler {
    /// A worker over these ports, for clusters only.
    pub fn new(db: Database, hosts: Arc<dyn HostClusters>) -> Self {
        Self {
            db,
            hosts,
            skypilot: None,
            lease: LEASE,
        }
    }

    /// Works on nodes and workspaces too.
    #[must_use]
    pub fn with_skypilot(mut self, skypilot: SkyPilotBackend) -> Self {
        self.skypilot = Some(skypilot);
        self
    }

    /// Holds claims this long instead of 10 seconds: the time until the work of a killed replica is
    /// taken over.
    #[must_use]
    pub fn with_lease(mut self, lease: Duration) -> Self {
        self.lease = lease;
        self
    }

    /// Works until `stop`, then finishes the passes under way.
    pub async fn run(&self, stop: CancellationToken) {
        tokio::join!(self.clusters(&stop), self.machines(&stop));
    }

    async fn clusters(&self, stop: &CancellationToken) {
        let work = Arc::new(ClusterWork {
            db: self.db.clone(),
            hosts: Arc::clone(&self.hosts),
        });
        tokio::join!(
            work.wake_on_host_changes(stop),
            worker::run(Arc::clone(&work), self.pace(CONCURRENCY), stop),
        );
    }

    async fn machines(&self, stop: &CancellationToken) {
        let Some(skypilot) = &self.skypilot else {
            return;
        };
        let nodes = Arc::new(NodeWork {
            db: self.db.clone(),
            skypilot: skypilot.clone(),
        });
        let workspaces = Arc::new(WorkspaceWork {
            db: self.db.clone(),
            skypilot: skypilot.clone(),
        });
        let pace = self.pace(MACHINE_CONCURRENCY);
        tokio::join!(
            worker::run(nodes, pace, stop),
            worker::run(workspaces, pace, stop),
            nodes::keep_catalogue(&self.db, skypilot, stop),
            nodes::keep_orphans(&self.db, skypilot, stop),
        );
    }

    fn pace(&self, concurrency: usize) -> Pace {
        Pace {
            lease: self.lease,
            pass_limit: PASS_LIMIT,
            concurrency,
        }
    }
}
