//! Plans: named sizes of clusters.

use crate::{money::MicroDollars, usage::UsageState};
use serde::{Deserialize, Serialize};

/// A named size with limits and a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// The name in requests: `small`.
    pub name: String,
    /// The display name: `Small`.
    pub title: String,
    /// CPU for workloads, in thousandths of a core.
    pub cpu_millis: u32,
    /// Memory for workloads, in MiB.
    pub memory_mib: u32,
    /// Total size of volumes, in GiB.
    pub storage_gib: u32,
    /// The number of pods.
    pub pods: u32,
    pub price_per_hour: MicroDollars,
    /// The price while the cluster is paused.
    pub paused_price_per_hour: MicroDollars,
    /// The longest lifetime of a cluster, in hours; absent: unlimited.
    pub max_lifetime_hours: Option<u32>,
}

impl Plan {
    /// The plans of a portal that configures none.
    pub fn defaults() -> Vec<Self> {
        let plan =
            |name: &str, title: &str, cpu: u32, memory: u32, storage_gib, pods, price, paused| {
                Self {
                    name: name.into(),
                    title: title.into(),
                    cpu_millis: cpu * 1000,
                    memory_mib: memory * 1024,
                    storage_gib,
                    pods,
                    price_per_hour: MicroDollars(price),
                    paused_price_per_hour: MicroDollars(paused),
                    max_lifetime_hours: None,
                }
            };
        vec![
            plan("small", "Small", 2, 4, 10, 20, 80_000, 10_000),
            plan("medium", "Medium", 4, 8, 20, 40, 210_000, 20_000),
            plan("large", "Large", 8, 16, 50, 80, 460_000, 40_000),
        ]
    }

    /// What an hour costs in this state.
    pub fn price(&self, state: UsageState) -> MicroDollars {
        match state {
            UsageState::Running => self.price_per_hour,
            UsageState::Paused => self.paused_price_per_hour,
        }
    }

    /// `2 CPU · 4 GiB · 10 GiB`.
    pub fn limits(&self) -> String {
        let cpu = if self.cpu_millis.is_multiple_of(1000) {
            format!("{}", self.cpu_millis / 1000)
        } else {
            format!("{:.1}", f64::from(self.cpu_millis) / 1000.0)
        };
        let memory = if self.memory_mib.is_multiple_of(1024) {
            format!("{} GiB", self.memory_mib / 1024)
        } else {
            format!("{} MiB", self.memory_mib)
        };
        format!("{cpu} CPU · {memory} · {} GiB", self.storage_gib)
    }
}
