//! Makes desired state so: claims clusters whose work is due, one pass each, for ever. Killed at any
//! point, what was claimed becomes due again when its lease runs out.

mod assessment;
mod backoff;
mod failures;
mod pass;
mod steps;

use crate::{
    error::causes,
    ports::{
        changes::{Change, Changes},
        host_clusters::HostClusters,
        stores::Store,
    },
    records::{Claim, ClusterRecord},
};
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::{
        Notify, Semaphore,
        broadcast::{self, error::RecvError},
    },
    task::JoinSet,
    time,
};
use tokio_util::sync::CancellationToken;

/// How long a claim holds; renewed while its pass goes on, so that a killed replica's work is taken
/// over soon.
const LEASE: Duration = Duration::from_secs(10);
/// A pass that hangs longer is given up; the cluster is due again when the lease runs out.
const PASS_LIMIT: Duration = Duration::from_secs(120);
/// How many clusters are worked on at the same time.
const CONCURRENCY: usize = 16;
/// How long to sleep at most: the database is asked again even if no change was heard.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// How long to wait after the database failed.
const AFTER_STORE_ERROR: Duration = Duration::from_secs(1);

/// The worker that reconciles clusters.
pub struct Reconciler {
    store: Arc<dyn Store>,
    hosts: Arc<dyn HostClusters>,
    changes: Arc<dyn Changes>,
    lease: Duration,
}

impl Reconciler {
    /// A worker over these ports.
    pub fn new(
        store: Arc<dyn Store>,
        hosts: Arc<dyn HostClusters>,
        changes: Arc<dyn Changes>,
    ) -> Self {
        Self {
            store,
            hosts,
            changes,
            lease: LEASE,
        }
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
        tokio::join!(self.wake_on_host_changes(&stop), self.work(&stop));
    }

    /// Makes clusters due whose objects changed on their host.
    async fn wake_on_host_changes(&self, stop: &CancellationToken) {
        let mut changes = self.hosts.changes().ready_chunks(256);
        loop {
            let mut batch = tokio::select! {
                () = stop.cancelled() => return,
                batch = changes.next() => match batch {
                    Some(batch) => batch,
                    None => return,
                },
            };
            batch.sort_unstable();
            batch.dedup();
            for id in batch {
                if let Err(error) = self.store.wake(id).await {
                    tracing::error!(error = %causes(&error), "cluster not woken; its next regular look finds the change");
                }
            }
        }
    }

    async fn work(&self, stop: &CancellationToken) {
        let permits = Arc::new(Semaphore::new(CONCURRENCY));
        let mut passes = JoinSet::new();
        // A pass may plan the next look at its cluster without anything to announce.
        let finished = Arc::new(Notify::new());
        let mut changes = self.changes.subscribe();
        while !stop.is_cancelled() {
            while passes.try_join_next().is_some() {}
            // Wait for room before claiming: a claim that waits is a lease that runs out.
            let room = tokio::select! {
                () = stop.cancelled() => break,
                permit = Arc::clone(&permits).acquire_owned() => permit.is_ok(),
            };
            if !room {
                break;
            }
            let free = u32::try_from(permits.available_permits())
                .unwrap_or(u32::MAX)
                .max(1);
            let lease = signed(self.lease);
            match self.store.claim(Timestamp::now(), lease, free).await {
                Ok(claims) if claims.is_empty() => {
                    self.sleep(&mut changes, &finished, stop).await;
                }
                Ok(claims) => {
                    for claim in claims {
                        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                            break;
                        };
                        let (store, hosts) = (Arc::clone(&self.store), Arc::clone(&self.hosts));
                        let (lease, finished) = (self.lease, Arc::clone(&finished));
                        passes.spawn(async move {
                            reconcile(&*store, &*hosts, &claim, lease).await;
                            drop(permit);
                            finished.notify_one();
                        });
                    }
                }
                Err(error) => {
                    tracing::error!(error = %causes(&error), "no work could be claimed");
                    tokio::select! {
                        () = stop.cancelled() => break,
                        () = time::sleep(AFTER_STORE_ERROR) => {}
                    }
                }
            }
        }
        while passes.join_next().await.is_some() {}
    }

    /// Sleeps until work is due, a pass has finished or a change is heard.
    async fn sleep(
        &self,
        changes: &mut broadcast::Receiver<Change>,
        finished: &Notify,
        stop: &CancellationToken,
    ) {
        let until_due = match self.store.next_due().await {
            Ok(Some(due)) => Duration::try_from(due.duration_since(Timestamp::now()))
                .unwrap_or_default()
                .clamp(Duration::from_millis(5), LONGEST_SLEEP),
            Ok(None) => LONGEST_SLEEP,
            Err(error) => {
                tracing::error!(error = %causes(&error), "the next work is not known");
                AFTER_STORE_ERROR
            }
        };
        let heard = async {
            loop {
                match changes.recv().await {
                    Ok(Change::Access { .. }) => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return,
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = time::sleep(until_due) => {}
            () = heard => {}
            () = finished.notified() => {}
        }
    }
}

/// One pass under a lease that is renewed meanwhile. A pass whose lease is lost is dropped: what it
/// would write is refused by its fence, and what it did on the host can be repeated.
async fn reconcile(
    store: &dyn Store,
    hosts: &dyn HostClusters,
    claim: &Claim<ClusterRecord>,
    lease: Duration,
) {
    let id = claim.record.id;
    tokio::select! {
        outcome = time::timeout(PASS_LIMIT, pass::run(store, hosts, claim)) => match outcome {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(cluster = %id, error = %causes(&error), "outcome not written"),
            Err(_) => tracing::error!(cluster = %id, "gave up after {} s", PASS_LIMIT.as_secs()),
        },
        () = renew(store, claim, lease) => tracing::info!(cluster = %id, "lease lost"),
    }
}

/// Renews the lease; returns when it is lost.
async fn renew(store: &dyn Store, claim: &Claim<ClusterRecord>, lease: Duration) {
    loop {
        time::sleep(lease / 3).await;
        match store.extend(claim, Timestamp::now() + signed(lease)).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::error!(error = %causes(&error), "lease not renewed");
            }
        }
    }
}

fn signed(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}
