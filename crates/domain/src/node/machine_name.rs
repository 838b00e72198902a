//! Names of machines and workspaces on the SkyPilot API server.

use super::name::NodeName;
use crate::ids::{EnvironmentId, TenantId};
use uuid::Uuid;

/// The prefix of all names that Hangar uses on a SkyPilot API server.
pub const PREFIX: &str = "hgr-";

/// The name of a node's machine: `hgr-<8 hex digits of the tenant's id>-<node name>`. Names are unique across a
/// SkyPilot API server, so they contain the tenant. At most 43 characters.
pub fn machine_name(tenant: TenantId, node: &NodeName) -> String {
    // The end of a UUIDv7 is random; its start is a timestamp, which is the same for many tenants.
    let tenant = Uuid::from(tenant).simple().to_string();
    format!("{PREFIX}{}-{node}", &tenant[24..])
}

/// The name of an environment's workspace and service account: `hgr-<tenant>-<environment>-<8 hex digits of the
/// environment's id>`. Slugs alone could collide: `a-b` + `c` and `a` + `b-c`.
pub fn workspace_name(
    tenant_slug: &str,
    environment_slug: &str,
    environment: EnvironmentId,
) -> String {
    let id = Uuid::from(environment).simple().to_string();
    format!("{PREFIX}{tenant_slug}-{environment_slug}-{}", &id[24..])
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
}
