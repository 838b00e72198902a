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
    /// The resources whose changes matter to it.
    fn watches(&self) -> Vec<GroupResource>;

    /// What has to be looked at after this object changed, came or went.
    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key>;

    /// Looks at an object and takes the next step; must do nothing when nothing is to be done. With a duration, it is
    /// called again after that time even if nothing changes.
    fn reconcile(&self, key: &Key) -> Option<Duration>;
}

type Changes = SelectAll<BoxStream<'static, (GroupResource, Result<Change, Forgotten>)>>;

/// Running controllers; they stop when this is dropped.
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

    /// Runs something else for as long as the controllers.
    pub fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }
}

/// A controller with what waits for it.
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use serde_json::json;
    use tokio::sync::Notify;

    use super::*;
    use crate::faults::Faults;
    use crate::kubernetes::resources::CONFIG_MAPS;

    /// Breaks on one object, and counts the others.
    #[derive(Default)]
    struct Fragile {
        seen: AtomicUsize,
        wake: Notify,
    }

    impl Controller for Fragile {
        fn watches(&self) -> Vec<GroupResource> {
            vec![CONFIG_MAPS]
        }

        fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
            vec![Key::of(resource, object)]
        }

        fn reconcile(&self, key: &Key) -> Option<Duration> {
            assert_ne!(key.name, "broken");
            self.seen.fetch_add(1, Ordering::SeqCst);
            self.wake.notify_one();
            None
        }
    }

    fn config_map(store: &Store, name: &str) {
        let object = json!({"kind": "ConfigMap", "metadata": {"name": name, "namespace": "a"}});
        store.create(CONFIG_MAPS, object).unwrap();
    }

    #[tokio::test]
    async fn an_object_that_breaks_a_controller_does_not_end_it() {
        let store = Store::default();
        let fragile = Arc::new(Fragile::default());
        config_map(&store, "broken");
        let faults = Faults::default();
        let _running = ControlLoop::start(&store, vec![fragile.clone()], faults.subscribe());
        config_map(&store, "sound");
        fragile.wake.notified().await;
        assert_eq!(fragile.seen.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn everything_is_looked_at_again_when_a_fault_is_switched() {
        let store = Store::default();
        let fragile = Arc::new(Fragile::default());
        config_map(&store, "sound");
        let faults = Faults::default();
        let _running = ControlLoop::start(&store, vec![fragile.clone()], faults.subscribe());
        fragile.wake.notified().await;
        faults.change(|f| f.kubernetes.latency_ms = 1);
        fragile.wake.notified().await;
        assert_eq!(fragile.seen.load(Ordering::SeqCst), 2);
    }
}
