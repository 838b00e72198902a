//! Names of machines and workspaces on the SkyPilot API server.

use super::name::NodeName;
use crate::ids::{EnvironmentId, TenantId};
use std::collections::HashSet;
use uuid::Uuid;

/// The prefix of all names that Hangar uses on a SkyPilot API server.
pub const PREFIX: &str = "hgr-";

/// The name of a node's machine: `hgr-<8 hex digits of the tenant's id>-<node name>`. Names are unique across a
/// SkyPilot API server, so they contain the tenant. At most 43 characters.
pub fn machine_name(tenant: TenantId, node: &NodeName) -> String {
    format!("{PREFIX}{}-{node}", digits(tenant))
}

/// The name of an environment's workspace and service account: `hgr-<tenant>-<environment>-<8 hex digits of the
/// environment's id>`. Slugs alone could collide: `a-b` + `c` and `a` + `b-c`.
pub fn workspace_name(
    tenant_slug: &str,
    environment_slug: &str,
    environment: EnvironmentId,
) -> String {
    format!(
        "{PREFIX}{tenant_slug}-{environment_slug}-{}",
        digits(environment)
    )
}

/// The end of a UUIDv7 is random; its start is a timestamp, which is the same for many tenants.
fn digits(id: impl Into<Uuid>) -> String {
    id.into().simple().to_string().split_off(24)
}

/// The tenants and environments of one portal. Several portals can share a SkyPilot API server.
#[derive(Clone, Debug, Default)]
pub struct OwnNames {
    tenants: HashSet<String>,
    environments: HashSet<String>,
}

impl OwnNames {
    pub fn new(
        tenants: impl IntoIterator<Item = TenantId>,
        environments: impl IntoIterator<Item = EnvironmentId>,
    ) -> Self {
        Self {
            tenants: tenants.into_iter().map(digits).collect(),
            environments: environments.into_iter().map(digits).collect(),
        }
    }

    /// Whether a machine has the name of a tenant's node, or is in the workspace of an environment.
    pub fn include(&self, machine: &str, workspace: &str) -> bool {
        let tenant = machine
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once('-'));
        let environment = workspace
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.rsplit_once('-'));
        tenant.is_some_and(|(digits, _)| self.tenants.contains(digits))
            || environment.is_some_and(|(_, digits)| self.environments.contains(digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_tenants_may_use_the_same_name() {
        let tenant = |text: &str| TenantId::from(Uuid::parse_str(text).unwrap());
        let node: NodeName = "trainer".parse().unwrap();
        assert_eq!(
            machine_name(tenant("0197a000-0000-7000-8000-0123456789ab"), &node),
            "hgr-456789ab-trainer"
        );
        assert_ne!(
            machine_name(tenant("0197a000-0000-7000-8000-0123456789ab"), &node),
            machine_name(tenant("0197a000-0000-7000-8000-0123456789ac"), &node)
        );
    }

    #[test]
    fn machines_of_another_portal_are_told_apart() {
        let id = |text: &str| Uuid::parse_str(text).unwrap();
        let tenant = TenantId::from(id("0197a000-0000-7000-8000-0123456789ab"));
        let environment = EnvironmentId::from(id("0197a000-0000-7000-8000-0123456789cd"));
        let own = OwnNames::new([tenant], [environment]);
        let node: NodeName = "trainer".parse().unwrap();
        let workspace = workspace_name("a-b", "dev", environment);
        for (machine, workspace, is_own) in [
            (
                machine_name(tenant, &node).as_str(),
                workspace.as_str(),
                true,
            ),
            (machine_name(tenant, &node).as_str(), "default", true),
            ("by-hand", workspace.as_str(), true),
            ("hgr-456789ac-trainer", "hgr-a-b-dev-456789ce", false),
            // The digits of another kind of id, or in another place.
            ("hgr-456789cd-trainer", "default", false),
            ("trainer", "hgr-a-b-dev-456789ab", false),
            ("hgr-456789ab", "hgr-456789cd", false),
            ("hgr-trainer-456789ab", "hgr-456789cd-dev", false),
            ("456789ab-trainer", "a-456789cd", false),
            ("", "", false),
        ] {
            assert_eq!(
                own.include(machine, workspace),
                is_own,
                "{machine} {workspace}"
            );
        }
        assert!(!OwnNames::default().include(&machine_name(tenant, &node), &workspace));
    }
}
