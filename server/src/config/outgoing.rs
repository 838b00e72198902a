//! The addresses that tenants can make the portal connect to.

use super::fault::Faults;
use provisioning::outgoing::{Network, OutgoingRules};
use serde::Deserialize;

/// `[outgoing]` in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OutgoingSection {
    /// Networks that are allowed in addition to public addresses.
    allow: Vec<String>,
}

impl OutgoingSection {
    pub fn read(&self, faults: &mut Faults) -> OutgoingRules {
        let networks = self.allow.iter().filter_map(|text| {
            text.parse::<Network>()
                .map_err(|message| faults.add("outgoing.allow", message))
                .ok()
        });
        OutgoingRules::new(networks.collect())
    }
}
