//! The server's state, which survives a restart: users, tokens, workspaces, clusters and the machines in the clouds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::clouds::Cloud;
use super::clusters::{Cluster, Machine};
use super::users::{Token, User};

pub const DEFAULT_WORKSPACE: &str = "default";

#[derive(Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub users: Vec<User>,
    pub tokens: Vec<Token>,
    /// Configuration by name; the default workspace exists without one.
    pub workspaces: BTreeMap<String, Map<String, Value>>,
    pub enabled_clouds: BTreeMap<String, BTreeSet<Cloud>>,
    /// By name, which is unique on the whole server.
    pub clusters: BTreeMap<String, Cluster>,
    /// The last provisioning log of terminated clusters, by name.
    pub provision_logs: BTreeMap<String, String>,
    /// The machines in the clouds, by id, whether SkyPilot has a record of them or not.
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

    /// The closure returns whether it changed anything.
    pub fn change_if(&self, change: impl FnOnce(&mut State) -> bool) {
        if change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner)) {
            self.0.revision.send_modify(|revision| *revision += 1);
        }
    }

    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }
}
