//! What is on a host, as its watches tell it: one copy that all looks at clusters share.
//!
//! Watches run from the first look on. As long as one of them is interrupted nothing is known for certain, so a look
//! fails then instead of telling what once was.

mod contents;
mod kind;
mod recovery;
mod watching;

pub(crate) use contents::{Found, Snapshot, digest};
pub(crate) use kind::Kind;

use crate::{config::Timeouts, errors};
use contents::Contents;
use domain::ids::ClusterId;
use futures::{Stream, StreamExt, stream};
use kube::{Client, core::DynamicObject};
use provisioning::ports::host_clusters::{HostError, HostErrorKind, Hosted};
use recovery::Recovery;
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, Once, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{Instant, timeout},
};

/// How long a look waits for a watch that has just been interrupted.
const RESUMED_WITHIN: Duration = Duration::from_secs(1);

/// The cache of one host. Dropping it ends the watches.
pub(crate) struct Cache {
    shared: Arc<Shared>,
    started: Once,
    tasks: Mutex<JoinSet<()>>,
}

/// What the watches write and looks read.
pub(crate) struct Shared {
    host: String,
    client: Client,
    timeouts: Timeouts,
    contents: Mutex<Contents>,
    /// How each watch is; none that has not begun.
    watches: watch::Sender<HashMap<Kind, Watch>>,
    /// Who is told of changed clusters.
    told: Mutex<Vec<mpsc::UnboundedSender<ClusterId>>>,
    recovery: Recovery,
}

/// How a watch is.
enum Watch {
    Current,
    Interrupted(HostErrorKind, String),
}

impl Cache {
    /// Sends no request.
    pub fn new(host: &str, client: Client, timeouts: Timeouts) -> Self {
        Self {
            shared: Arc::new(Shared {
                host: host.to_owned(),
                client,
                timeouts,
                contents: Mutex::default(),
                watches: watch::Sender::default(),
                told: Mutex::default(),
                recovery: Recovery::default(),
            }),
            started: Once::new(),
            tasks: Mutex::default(),
        }
    }

    fn start(&self) {
        self.started.call_once(|| {
            let mut tasks = locked(&self.tasks);
            tasks.spawn(recovery::run(Arc::clone(&self.shared)));
            for kind in Kind::ALL {
                tasks.spawn(watching::watch(Arc::clone(&self.shared), kind));
            }
        });
    }

    /// What is in a namespace.
    ///
    /// # Errors
    /// A watch is interrupted, or not all have been answered yet.
    pub async fn look(&self, namespace: &str) -> Hosted<Snapshot> {
        self.start();
        self.shared.current().await?;
        Ok(locked(&self.shared.contents).snapshot(namespace))
    }

    /// Notes the host's answer to a change, so that the next look finds it even if its event is still on the way.
    pub fn note(&self, kind: Kind, object: DynamicObject) {
        locked(&self.shared.contents).put(kind, object);
    }

    /// An object as it was last told or noted.
    pub fn noted(&self, namespace: &str, kind: Kind, name: &str) -> Option<Value> {
        let contents = locked(&self.shared.contents);
        contents.snapshot(namespace).get(kind, name)
    }

    /// Drops the content of an object that was found to be as `wanted`, a digest, until it changes.
    pub fn settle(&self, namespace: &str, kind: Kind, name: &str, wanted: u64) {
        locked(&self.shared.contents).settle(namespace, kind, name, wanted);
    }

    /// The clusters whose objects changed, and those that waited for the host to respond; for ever.
    pub fn changes(&self) -> impl Stream<Item = ClusterId> + Send + use<> {
        let (sender, receiver) = mpsc::unbounded_channel();
        // Before the watches begin, so that nothing is missed.
        let known = {
            let contents = locked(&self.shared.contents);
            locked(&self.shared.told).push(sender);
            contents.clusters()
        };
        self.start();
        let changes = stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|id| (id, receiver))
        });
        stream::iter(known).chain(changes)
    }

    /// Notes that a cluster waits for the host, which did not respond.
    pub fn waits(&self, cluster: ClusterId) {
        self.start();
        self.shared.recovery.waits(cluster);
    }
}

impl Shared {
    /// Waits until every watch is current, for a moment if one is interrupted.
    async fn current(&self) -> Hosted<()> {
        let mut watches = self.watches.subscribe();
        let began = Instant::now();
        loop {
            let state = self.state();
            let limit = match state {
                Ok(()) => return Ok(()),
                Err(_) if self.is_any_interrupted() => RESUMED_WITHIN,
                Err(_) => self.timeouts.answer,
            };
            let left = limit.saturating_sub(began.elapsed());
            if timeout(left, watches.changed()).await.is_err() {
                return state;
            }
        }
    }

    /// Waits until every watch is current, however long it takes.
    async fn all_current(&self) {
        let mut watches = self.watches.subscribe();
        // The sender is part of this.
        let _ = watches.wait_for(are_current).await;
    }

    fn is_any_interrupted(&self) -> bool {
        let watches = self.watches.borrow();
        let mut watches = watches.values();
        watches.any(|watch| matches!(watch, Watch::Interrupted(..)))
    }

    /// An error unless every watch is current.
    fn state(&self) -> Hosted<()> {
        let watches = self.watches.borrow();
        let broken = watches.values().find_map(|watch| match watch {
            Watch::Current => None,
            Watch::Interrupted(kind, message) => Some((*kind, message.clone())),
        });
        match broken {
            Some((kind, message)) => Err(errors::host_error(kind, message)),
            None if watches.len() < Kind::ALL.len() => Err(errors::silent(
                &self.host,
                "list the objects of vClusters",
                self.timeouts.answer,
            )),
            None => Ok(()),
        }
    }

    fn is_current(&self, kind: Kind) {
        self.watches
            .send_modify(|watches| drop(watches.insert(kind, Watch::Current)));
    }

    fn is_interrupted(&self, kind: Kind, error: &HostError) {
        let message = error.message.clone();
        let interrupted = Watch::Interrupted(error.kind, message);
        self.watches
            .send_modify(|watches| drop(watches.insert(kind, interrupted)));
    }

    fn tell(&self, clusters: impl IntoIterator<Item = ClusterId>) {
        let mut told = locked(&self.told);
        for id in clusters {
            told.retain(|sender| sender.send(id).is_ok());
        }
    }
}

/// Whether every watch is there and none is interrupted.
fn are_current(watches: &HashMap<Kind, Watch>) -> bool {
    watches.len() == Kind::ALL.len()
        && watches
            .values()
            .all(|watch| matches!(watch, Watch::Current))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
