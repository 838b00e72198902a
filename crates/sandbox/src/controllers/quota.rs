//! Keeps the status of quotas right when objects go or change; new objects are counted by the API as it admits them.

use std::time::Duration;

use serde_json::Value;

use super::{Cluster, Controller};
use crate::kubernetes::admission::quotas;
use crate::kubernetes::resources::RESOURCE_QUOTAS;
use crate::kubernetes::{GroupResource, Key, object};

pub struct QuotaStatus {
    cluster: Cluster,
}

impl QuotaStatus {
    pub fn new(cluster: &Cluster) -> Self {
        Self {
            cluster: cluster.clone(),
        }
    }
}

impl Controller for QuotaStatus {
    fn watches(&self) -> Vec<GroupResource> {
        self.cluster
            .store
            .registry()
            .all()
            .filter(|resource| resource.namespaced && resource.is_stored())
            .map(|resource| resource.id())
            .collect()
    }

    fn affected(&self, _: GroupResource, object: &Value) -> Vec<Key> {
        let (quotas, _) = self
            .cluster
            .store
            .list(RESOURCE_QUOTAS, Some(object::namespace(object)));
        quotas
            .iter()
            .map(|quota| Key::of(RESOURCE_QUOTAS, quota))
            .collect()
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        quotas::refresh(&self.cluster.store, &key.namespace);
        None
    }
}
