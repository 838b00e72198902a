//! What the API server knows: users, tokens, workspaces, clusters and the machines in the clouds. It survives a restart,
//! as the real server's `state.db` does; the requests, which are elsewhere, do not.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::clouds::Cloud;
use super::clusters::{Cluster, Machine, PastCluster};
use super::users::{Token, User};

pub const DEFAULT_WORKSPACE: &str = "default";

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct State {
    /// In the order of their creation.
    pub users: Vec<User>,
    /// In the order of their creation.
    pub tokens: Vec<Token>,
    /// Their configuration by name. The default one is here only when it has been configured.
    pub workspaces: BTreeMap<String, Map<String, Value>>,
    pub enabled_clouds: BTreeMap<String, BTreeSet<Cloud>>,
    /// By name, which is unique on the whole server.
    pub clusters: BTreeMap<String, Cluster>,
    pub history: Vec<PastCluster>,
    /// What runs in the clouds, by id, whether SkyPilot knows of it or not.
    pub machines: BTreeMap<String, Machine>,
}

/// The shared state. Cloning it is cheap and gives the same one.
#[derive(Clone, Default)]
pub struct Store(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    revision: watch::Sender<u64>,
}

impl Store {
    pub fn restore(state: State) -> Self {
        Self(Arc::new(Inner {
            state: Mutex::new(state),
            revision: watch::Sender::default(),
        }))
    }

    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let result = change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.revision.send_modify(|revision| *revision += 1);
        result
    }

    /// Like [`Self::change`], for what may change nothing: the closure says whether it did.
    pub fn change_if(&self, change: impl FnOnce(&mut State) -> bool) {
        if change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.0.revision.send_modify(|revision| *revision += 1);
        }
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }
}
