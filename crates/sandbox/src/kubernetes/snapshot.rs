//! Keeping the objects of a store somewhere and starting again from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::resources::Registry;
use super::store::Store;

/// All objects of a store at one moment. Not what happened to them: watches begin anew afterwards.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StoreSnapshot {
    pub(super) revision: u64,
    pub(super) objects: BTreeMap<String, Vec<Value>>,
}

impl Store {
    /// A store that goes on from a snapshot. Objects of resources that are no longer served are left out.
    pub fn restore(registry: Registry, history_limit: usize, snapshot: StoreSnapshot) -> Self {
        let store = Self::new(registry, history_limit);
        store.fill(snapshot);
        store
    }
}
