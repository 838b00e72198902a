//! Limits on simultaneous connections.

use super::fault::Faults;
use serde::Deserialize;

/// `[limits]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Event streams; one user can have half of them.
    pub event_streams: usize,
    pub connections: usize,
    /// Open connections from one address, unless it is a trusted proxy.
    pub connections_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            event_streams: 5_000,
            connections: 20_000,
            connections_per_address: 2_000,
        }
    }
}

impl Limits {
    pub(super) fn check(&self, faults: &mut Faults) {
        for (key, value) in [
            ("limits.event_streams", self.event_streams),
            ("limits.connections", self.connections),
            (
                "limits.connections_per_address",
                self.connections_per_address,
            ),
        ] {
            if !(2..=1_000_000).contains(&value) {
                faults.add(key, "must be between 2 and 1000000");
            }
        }
    }
}
