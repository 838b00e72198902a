//! Keeps the clusters over a restart: all objects of the host and of the vClusters, in one file that is replaced as a
//! whole, within a second or so of a change and at the end. A sandbox that is killed has lost that second.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::data_directory::DataDirectory;
use crate::kubernetes::{Store, StoreSnapshot};
use crate::pki::CertificateAuthority;
use crate::virtual_cluster::{Disk, Disks, VirtualClusters};

const FILE: &str = "clusters.json";
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Serialize, Deserialize)]
struct Snapshot {
    host: StoreSnapshot,
    vclusters: BTreeMap<String, DiskSnapshot>,
}

#[derive(Serialize, Deserialize)]
struct DiskSnapshot {
    ca_certificate: String,
    ca_key: String,
    objects: StoreSnapshot,
}

pub struct Kept(Option<Snapshot>);

pub fn load(data: &DataDirectory) -> Result<Kept> {
    let Some(text) = data.read(FILE)? else {
        return Ok(Kept(None));
    };
    serde_json::from_slice(&text)
        .map(|snapshot| Kept(Some(snapshot)))
        .with_context(|| {
            format!("{FILE} in the sandbox's data directory cannot be read; remove it to begin with empty clusters")
        })
}

impl Kept {
    /// The host's objects, or none yet.
    pub fn host(&mut self) -> Store {
        let host = self.0.as_mut().map(|kept| std::mem::take(&mut kept.host));
        Store::restore(host.unwrap_or_default())
    }

    pub fn restore_disks(self, disks: &Disks) -> Result<()> {
        for (id, kept) in self.0.into_iter().flat_map(|kept| kept.vclusters) {
            let disk = Disk {
                store: Store::restore(kept.objects),
                authority: CertificateAuthority::from_pem(&kept.ca_certificate, &kept.ca_key)?,
            };
            disks.insert(id, disk);
        }
        Ok(())
    }
}

pub struct Keeper {
    data: DataDirectory,
    host: Store,
    vclusters: Arc<VirtualClusters>,
}

impl Keeper {
    pub fn new(data: &DataDirectory, host: &Store, vclusters: Arc<VirtualClusters>) -> Self {
        Self {
            data: data.clone(),
            host: host.clone(),
            vclusters,
        }
    }

    fn save(&self) -> Result<()> {
        if self.data.path().is_none() {
            return Ok(());
        }
        let vclusters = self
            .vclusters
            .disks()
            .all()
            .into_iter()
            .map(|(id, disk)| {
                let kept = DiskSnapshot {
                    ca_certificate: disk.authority.certificate_pem().to_owned(),
                    ca_key: disk.authority.key_pem().to_owned(),
                    objects: disk.store.snapshot(),
                };
                (id, kept)
            })
            .collect();
        let snapshot = Snapshot {
            host: self.host.snapshot(),
            vclusters,
        };
        self.data.write(FILE, &serde_json::to_vec(&snapshot)?)
    }

    /// Writes without holding up others; a failure is told in the log. Whether it worked.
    pub async fn save_in_background(self: &Arc<Self>) -> bool {
        let keeper = self.clone();
        let saved = tokio::task::spawn_blocking(move || keeper.save()).await;
        let error = match saved {
            Ok(Ok(())) => return true,
            Ok(Err(error)) => format!("{error:#}"),
            Err(error) => error.to_string(),
        };
        tracing::warn!(error, "the sandbox cannot keep its clusters");
        false
    }

    pub async fn keep(self: Arc<Self>) {
        if self.data.path().is_none() {
            return;
        }
        let mut written = None;
        loop {
            let now = self.revisions();
            if written.as_ref() != Some(&now) && self.save_in_background().await {
                written = Some(now);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn revisions(&self) -> BTreeMap<String, u64> {
        let mut revisions: BTreeMap<_, _> = self
            .vclusters
            .disks()
            .all()
            .into_iter()
            .map(|(id, disk)| (id, disk.store.revision()))
            .collect();
        revisions.insert(String::new(), self.host.revision());
        revisions
    }
}
