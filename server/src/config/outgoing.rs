//! Where the portal may be sent by what tenants type in.

use super::fault::Faults;
use provisioning::outgoing::{Network, OutgoingRules};
use serde::Deserialize;

/// `[outgoing]` as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutgoingSection {
    /// Networks that may be reached besides public addresses.
    allow: Vec<String>,
}

impl OutgoingSection {
    /// Checks everything.
    pub fn read(&self, faults: &mut Faults) -> OutgoingRules {
        let networks = self.allow.iter().filter_map(|text| {
            text.parse::<Network>()
                .map_err(|message| faults.add("outgoing.allow", message))
                .ok()
        });
        OutgoingRules::new(networks.collect())
    }
}
