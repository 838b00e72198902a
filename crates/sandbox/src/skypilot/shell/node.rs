//! The machine that a shell believes to be on.

use crate::skypilot::clusters::Cluster;

/// Its accelerators.
#[derive(Clone, Debug, PartialEq)]
pub struct Gpu {
    pub name: String,
    pub count: usize,
    /// Of each, in GiB.
    pub memory: f64,
}

/// What commands can tell about a machine.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The name that SkyPilot knows it by.
    pub cluster: String,
    pub hostname: String,
    pub user: String,
    /// Where it is, in words.
    pub place: String,
    pub instance_type: String,
    pub gpu: Option<Gpu>,
    pub vcpus: f64,
    /// In GiB.
    pub memory: f64,
    /// In GB.
    pub disk: i64,
}

impl Node {
    /// The machine of a cluster.
    pub fn of(cluster: &Cluster) -> Self {
        let resources = &cluster.resources;
        let gpu = resources.accelerator.as_ref().map(|(name, count)| Gpu {
            name: name.clone(),
            // Counts are small; a share of one shows as one.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            count: count.ceil() as usize,
            memory: resources.device_memory.unwrap_or(16.0),
        });
        Self {
            cluster: cluster.name.clone(),
            hostname: cluster.node_name(),
            user: resources.cloud.ssh_user().to_owned(),
            place: format!("{} {}", resources.cloud.name(), resources.region),
            instance_type: resources.instance_type.clone(),
            gpu,
            vcpus: resources.vcpus,
            memory: resources.memory,
            disk: resources.disk_size,
        }
    }
}
