//! Runs controllers: one task hands the changes of a store to them, one task each lets them work.

use std::collections::BTreeSet;
use std::future::Future;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::{BoxStream, SelectAll};
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::work_queue::WorkQueue;
use crate::faults::FaultSettings;
use crate::kubernetes::{Change, Forgotten, GroupResource, Key, Store};

const AFTER_A_BREAK: Duration = Duration::from_secs(5);

/// One controller: it is told which objects to look at, and makes each a step more like it should be.
pub trait Controller: Send + Sync + 'static {
    fn watches(&self) -> Vec<GroupResource>;

    /// What has to be looked at after this object changed, came or went.
    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key>;

    /// Looks at an object and takes the next step; must do nothing when nothing is to be done. With a duration, it is
    /// called again after that time even if nothing changes.
    fn reconcile(&self, key: &Key) -> Option<Duration>;
}

type Changes = SelectAll<BoxStream<'static, (GroupResource, Result<Change, Forgotten>)>>;

pub struct ControlLoop {
    tasks: JoinSet<()>,
}

impl ControlLoop {
    /// Starts the controllers. All they look at is looked at again when a fault is switched.
    pub fn start(
        store: &Store,
        controllers: Vec<Arc<dyn Controller>>,
        faults: watch::Receiver<FaultSettings>,
    ) -> Self {
        let mut tasks = JoinSet::new();
        let queued: Vec<_> = controllers
            .into_iter()
            .map(|controller| {
                let queue = Arc::new(WorkQueue::default());
                tasks.spawn(work(controller.clone(), queue.clone()));
                Queued {
                    watches: controller.watches().into_iter().collect(),
                    controller,
                    queue,
                }
            })
            .collect();
        tasks.spawn(dispatch(store.clone(), queued, faults));
        Self { tasks }
    }

    pub fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }
}

struct Queued {
    controller: Arc<dyn Controller>,
    watches: BTreeSet<GroupResource>,
    queue: Arc<WorkQueue>,
}

async fn work(controller: Arc<dyn Controller>, queue: Arc<WorkQueue>) {
    loop {
        let key = queue.next().await;
        // One object that breaks a controller must not end its work for all others.
        let outcome = panic::catch_unwind(AssertUnwindSafe(|| controller.reconcile(&key)));
        let delay = outcome.unwrap_or_else(|_| {
            tracing::error!(?key, "a controller of the sandbox broke on an object");
            Some(AFTER_A_BREAK)
        });
        if let Some(delay) = delay {
            queue.add(key, Instant::now() + delay);
        }
        // Steps are quick but not instant; others get their turn between two.
        tokio::task::yield_now().await;
    }
}

async fn dispatch(
    store: Store,
    controllers: Vec<Queued>,
    mut faults: watch::Receiver<FaultSettings>,
) {
    let notify = |resource: GroupResource, object: &Value| {
        for queued in controllers.iter().filter(|q| q.watches.contains(&resource)) {
            for key in queued.controller.affected(resource, object) {
                queued.queue.add(key, Instant::now());
            }
        }
    };
    let resources: BTreeSet<_> = controllers
        .iter()
        .flat_map(|queued| queued.watches.iter().copied())
        .collect();
    let list_and_watch = || {
        let mut changes: Changes = SelectAll::new();
        for resource in &resources {
            let resource = *resource;
            let (objects, feed) = store.list_and_watch(resource, None);
            for object in objects {
                notify(resource, &object);
            }
            changes.push(
                feed.into_stream()
                    .map(move |change| (resource, change))
                    .boxed(),
            );
        }
        changes
    };

    let mut changes = list_and_watch();
    let mut faults_can_change = true;
    loop {
        tokio::select! {
            next = changes.next() => match next {
                Some((resource, Ok(change))) => notify(resource, &change.object),
                // Too slow: begin anew. (The streams never end otherwise.)
                Some((_, Err(Forgotten { .. }))) | None => changes = list_and_watch(),
            },
            changed = faults.changed(), if faults_can_change => {
                faults_can_change = changed.is_ok();
                changes = list_and_watch();
            }
        }
    }
}
