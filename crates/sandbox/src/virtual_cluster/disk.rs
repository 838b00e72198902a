//! What a vCluster keeps on its volume: its objects and its certificate authority. It outlives the pod, as the data of a
//! real one does, so a paused vCluster comes back as it was.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::Result;
use serde_json::Value;

use crate::kubernetes::resources::PERSISTENT_VOLUME_CLAIMS;
use crate::kubernetes::{Key, Store, object};
use crate::pki::CertificateAuthority;

pub struct Disk {
    pub store: Store,
    pub authority: CertificateAuthority,
}

impl Disk {
    fn empty() -> Result<Self> {
        Ok(Self {
            store: Store::default(),
            authority: CertificateAuthority::new("kubernetes")?,
        })
    }
}

#[derive(Default)]
pub struct Disks {
    inner: Mutex<HashMap<String, Arc<Disk>>>,
}

impl Disks {
    /// The volume that a pod mounts as its data, empty when it is new. A pod without one gets one of its own.
    pub fn of_pod(&self, host: &Store, pod: &Value) -> Result<Arc<Disk>> {
        let id = claim_uid(host, pod).unwrap_or_else(|| object::uid(pod).to_owned());
        let mut inner = self.lock();
        if let Some(disk) = inner.get(&id) {
            return Ok(disk.clone());
        }
        let disk = Arc::new(Disk::empty()?);
        inner.insert(id, disk.clone());
        Ok(disk)
    }

    pub fn all(&self) -> Vec<(String, Arc<Disk>)> {
        self.lock()
            .iter()
            .map(|(id, disk)| (id.clone(), disk.clone()))
            .collect()
    }

    pub fn insert(&self, id: String, disk: Disk) {
        self.lock().insert(id, Arc::new(disk));
    }

    pub fn retain(&self, exists: impl Fn(&str) -> bool) {
        self.lock().retain(|id, _| exists(id));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Disk>>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn claim_uid(host: &Store, pod: &Value) -> Option<String> {
    let claim = object::items(pod.pointer("/spec/volumes"))
        .iter()
        .find(|volume| volume["name"] == "data")?
        .pointer("/persistentVolumeClaim/claimName")?
        .as_str()?;
    let key = Key::new(PERSISTENT_VOLUME_CLAIMS, object::namespace(pod), claim);
    host.get(&key).map(|claim| object::uid(&claim).to_owned())
}
