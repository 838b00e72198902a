//! The loop behind every reconciler: claims what is due, one pass each under a lease that is renewed
//! meanwhile, for ever. Killed at any point, what was claimed becomes due again when its lease runs out.

use async_trait::async_trait;
use domain::error::causes;
use jiff::{SignedDuration, Timestamp};
use persistence::{Database, Leased, change::Change, error::StoreError, records::Claim};
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
use tracing::{Instrument as _, Span};

/// How long to sleep at most: the database is asked again even if no change was heard.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// How long to wait after the database failed.
const AFTER_STORE_ERROR: Duration = Duration::from_secs(1);

/// A kind of thing that is kept as wanted.
#[async_trait]
pub(super) trait Work: Send + Sync + 'static {
    /// The thing as stored.
    type Record: Leased;

    fn db(&self) -> &Database;

    /// Looks at one, does the next thing and writes the outcome, which ends the claim.
    async fn pass(&self, claim: &Claim<Self::Record>) -> Result<(), StoreError>;

    /// The span of a pass, `pass`: with `kind`, `resource_id`, `operation_id` and `attempt`.
    fn span(&self, record: &Self::Record) -> Span;
}

/// How hard to work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// How long a claim holds; a killed replica's work is taken over after that.
    pub lease: Duration,
    /// A pass that hangs longer is given up; it is due again when the lease runs out.
    pub pass_limit: Duration,
    /// How many are worked on at the same time.
    pub concurrency: usize,
}

/// Works until `stop`, then finishes the passes under way.
pub(super) async fn run<W: Work>(work: Arc<W>, pace: Pace, stop: &CancellationToken) {
    let table = work.db().table::<W::Record>();
    let permits = Arc::new(Semaphore::new(pace.concurrency));
    let mut passes = JoinSet::new();
    // A pass may plan the next look without anything to announce.
    let finished = Arc::new(Notify::new());
    let mut changes = work.db().subscribe();
    while !stop.is_cancelled() {
        while passes.try_join_next().is_some() {}
        // Wait for a free slot before claiming: a claim that waits is a lease that runs out.
        let free = tokio::select! {
            () = stop.cancelled() => break,
            permit = Arc::clone(&permits).acquire_owned() => permit.is_ok(),
        };
        if !free {
            break;
        }
        let free = u32::try_from(permits.available_permits())
            .unwrap_or(u32::MAX)
            .max(1);
        match table
            .claim(Timestamp::now(), signed(pace.lease), free)
            .await
        {
            Ok(claims) if claims.is_empty() => {
                sleep(&*work, &mut changes, &finished, stop).await;
            }
            Ok(claims) => {
                for claim in claims {
                    let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                        break;
                    };
                    let (work, finished) = (Arc::clone(&work), Arc::clone(&finished));
                    passes.spawn(async move {
                        reconcile(&*work, &claim, pace).await;
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
async fn sleep<W: Work>(
    work: &W,
    changes: &mut broadcast::Receiver<Change>,
    finished: &Notify,
    stop: &CancellationToken,
) {
    let until_due = match work.db().table::<W::Record>().next_due().await {
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

/// One pass under a lease that is renewed meanwhile. A pass whose lease is lost is dropped: what it
/// would write is refused by its fence, and what it did outside can be repeated.
async fn reconcile<W: Work>(work: &W, claim: &Claim<W::Record>, pace: Pace) {
    let pass = async {
        tokio::select! {
            outcome = time::timeout(pace.pass_limit, work.pass(claim)) => match outcome {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(error = %causes(&error), "outcome not written"),
                Err(_) => tracing::error!("gave up after {} s", pace.pass_limit.as_secs()),
            },
            () = renew(work, claim, pace.lease) => tracing::info!("lease lost"),
        }
    };
    pass.instrument(work.span(&claim.record)).await;
}

/// Renews the lease; returns when it is lost.
async fn renew<W: Work>(work: &W, claim: &Claim<W::Record>, lease: Duration) {
    loop {
        time::sleep(lease / 3).await;
        let until = Timestamp::now() + signed(lease);
        match work.db().table().extend(claim, until).await {
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
