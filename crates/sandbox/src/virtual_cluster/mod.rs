//! What the syncer's container runs in the sandbox: a vCluster with an API of its own, made from the objects on the host
//! exactly as strictly as the real one reads them.

mod config;
mod disk;
mod exposure;
mod names;
mod proxy;
mod rights;
mod running;
mod secrets;
mod sync;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

pub use disk::{Disk, Disks};
pub use exposure::Exposure;
pub use proxy::ToSyncers;

use crate::controllers::{Cluster, Controller, Workload};
use crate::kubernetes::resources::{PERSISTENT_VOLUME_CLAIMS, PODS, SECRETS};
use crate::kubernetes::{GroupResource, Key, object};
use config::SyncerConfig;
use running::VirtualCluster;

pub struct VirtualClusters {
    host: Cluster,
    disks: Disks,
    running: Mutex<HashMap<String, Arc<VirtualCluster>>>,
}

pub fn syncer_of(pod: &Value) -> Option<&Value> {
    object::items(pod.pointer("/spec/containers"))
        .iter()
        .find(|container| container["name"] == "syncer")
}

impl VirtualClusters {
    /// None runs yet.
    pub fn new(host: &Cluster) -> Self {
        Self {
            host: host.clone(),
            disks: Disks::default(),
            running: Mutex::default(),
        }
    }

    pub fn in_namespace(&self, namespace: &str) -> Option<Arc<VirtualCluster>> {
        self.lock()
            .values()
            .find(|vcluster| vcluster.namespace == namespace)
            .cloned()
    }

    pub fn disks(&self) -> &Disks {
        &self.disks
    }

    fn of_pod(&self, pod: &Value) -> Option<Arc<VirtualCluster>> {
        self.lock().get(object::uid(pod)).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<VirtualCluster>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_syncer(&self, pod: &Value, container: &Value) -> Result<VirtualCluster, String> {
        let name = object::items(container.get("env"))
            .iter()
            .find(|variable| variable["name"] == "VCLUSTER_NAME")
            .and_then(|variable| variable["value"].as_str())
            .filter(|name| !name.is_empty())
            .ok_or("environment variable VCLUSTER_NAME is not defined")?;
        let namespace = object::namespace(pod);
        if let Some(other) = self.in_namespace(namespace)
            && object::uid(&other.pod) != object::uid(pod)
        {
            return Err(format!(
                "there is already a virtual cluster in namespace {namespace}; consider choosing a different namespace"
            ));
        }
        let config = SyncerConfig::parse(&self.config_file(pod)?)?;
        if let Some(missing) = rights::first_missing(self.host.api.authorizer(), pod) {
            return Err(missing);
        }
        let disk = self
            .disks
            .of_pod(&self.host.store, pod)
            .map_err(|error| format!("open /data: {error:#}"))?;
        VirtualCluster::start(name, pod, config, disk, &self.host)
            .map_err(|error| format!("start virtual cluster: {error:#}"))
    }

    fn config_file(&self, pod: &Value) -> Result<String, String> {
        let missing = "read config: open /var/lib/vcluster/config.yaml: no such file or directory";
        let secret = object::items(pod.pointer("/spec/volumes"))
            .iter()
            .find(|volume| volume["name"] == "vcluster-config")
            .and_then(|volume| volume.pointer("/secret/secretName")?.as_str())
            .ok_or(missing)?;
        let key = Key::new(SECRETS, object::namespace(pod), secret);
        let encoded = self
            .host
            .store
            .get(&key)
            .and_then(|secret| Some(secret["data"].get(config::FILE)?.as_str()?.to_owned()))
            .ok_or(missing)?;
        BASE64
            .decode(encoded)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .ok_or_else(|| "read config: the file is not text".to_owned())
    }
}

impl Workload for VirtualClusters {
    fn start(&self, pod: &Value, container: &Value) -> Result<(), String> {
        if container["name"] != "syncer" {
            return Ok(());
        }
        let vcluster = self.start_syncer(pod, container)?;
        self.lock()
            .insert(object::uid(pod).to_owned(), Arc::new(vcluster));
        Ok(())
    }

    fn is_ready(&self, pod: &Value) -> bool {
        syncer_of(pod).is_none() || self.of_pod(pod).is_some()
    }

    fn stop(&self, pod: &Value) {
        // Dropped outside the lock.
        let stopped = self.lock().remove(object::uid(pod));
        drop(stopped);
    }
}

/// The host's half of all syncers: writes their Secrets, follows their pods, clears away what was theirs.
pub struct HostSide {
    vclusters: Arc<VirtualClusters>,
}

impl HostSide {
    pub fn new(vclusters: Arc<VirtualClusters>) -> Self {
        Self { vclusters }
    }

    /// The Secret comes a little after the pod is up.
    fn reconcile_syncer(&self, key: &Key) -> Option<Duration> {
        let host = &self.vclusters.host;
        let pod = host.store.get(key)?;
        let vcluster = self.vclusters.of_pod(&pod)?;
        let left = host.pace.units(4).saturating_sub(vcluster.uptime());
        if !left.is_zero() {
            return Some(left);
        }
        if let Err(error) = secrets::write(host, &vcluster) {
            tracing::warn!(%error, vcluster = vcluster.name, "the sandbox's syncer cannot write its kubeconfig");
            return Some(host.pace.units(4));
        }
        None
    }
}

impl Controller for HostSide {
    fn watches(&self) -> Vec<GroupResource> {
        vec![PODS, SECRETS, PERSISTENT_VOLUME_CLAIMS]
    }

    fn affected(&self, resource: GroupResource, object: &Value) -> Vec<Key> {
        match resource {
            PODS => vec![Key::of(PODS, object)],
            SECRETS => self
                .vclusters
                .in_namespace(object::namespace(object))
                .filter(|vcluster| secrets::kubeconfig_key(vcluster).name == object::name(object))
                .map(|vcluster| Key::of(PODS, &vcluster.pod))
                .into_iter()
                .collect(),
            _ => vec![Key::of(resource, object)],
        }
    }

    fn reconcile(&self, key: &Key) -> Option<Duration> {
        let store = &self.vclusters.host.store;
        if key.resource == PERSISTENT_VOLUME_CLAIMS {
            if store.get(key).is_none() {
                let (claims, _) = store.list(PERSISTENT_VOLUME_CLAIMS, None);
                let (pods, _) = store.list(PODS, None);
                self.vclusters
                    .disks
                    .retain(|uid| claims.iter().chain(&pods).any(|o| object::uid(o) == uid));
            }
            return None;
        }
        match store.get(key) {
            Some(pod) if syncer_of(&pod).is_some() => return self.reconcile_syncer(key),
            Some(pod) => {
                if let Some(vcluster) = object::label(&pod, names::MANAGED_BY)
                    .and_then(|_| self.vclusters.in_namespace(&key.namespace))
                    && let Some(inside) = vcluster.sync.inside_key(&pod)
                {
                    vcluster.sync.pod(&inside);
                }
            }
            // Whose it was cannot be read any more: all of that vCluster are looked at.
            None => {
                if let Some(vcluster) = self.vclusters.in_namespace(&key.namespace) {
                    for pod in vcluster.disk.store.list(PODS, None).0 {
                        vcluster.sync.pod(&Key::of(PODS, &pod));
                    }
                }
            }
        }
        None
    }
}
