//! Updates the status of quotas when objects change; the API counts new objects as it admits them.

use std::time::Duration;

use serde_json::Value;

use super::{Cluster, Controller};
use crate::kubernetes::admission::quotas;
use crate::kubernetes::resources::{self, RESOURCE_QUOTAS};
use crate::kubernetes::{GroupResource, Key, object};

pub struct QuotaStatus(pub Cluster);

impl Controller for QuotaStatus {
    fn watches(&self) -> Vec<GroupResource> {
        resources::namespaced()
    }

    fn affected(&self, _: GroupResource, object: &Value) -> Vec<Key> {
        let namespace = Some(object::namespace(object));
        let (quotas, _) = self.0.store.list(RESOURCE_QUOTAS, namespace);
        let keys = quotas.iter().map(|quota| Key::of(RESOURCE_QUOTAS, quota));
        keys.collect()
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        quotas::refresh(&self.0.store, &key.namespace);
        None
    }
}
