//! What a node is called on the SkyPilot API server, and the workspace it is in.

use super::name::NodeName;
use crate::ids::{EnvironmentId, TenantId};
use uuid::Uuid;

/// What every name begins with that Hangar gives on a SkyPilot API server.
pub const PREFIX: &str = "hgr-";

/// The name of a node's machine: `hgr-<8 hex digits of the tenant's id>-<node name>`. On a SkyPilot
/// API server a name is one key for everybody, so it carries whose it is. At most 43 characters.
pub fn machine_name(tenant: TenantId, node: &NodeName) -> String {
    // The end of a version 7 id is random; its beginning is the time and alike for many tenants.
    let tenant = Uuid::from(tenant).simple().to_string();
    format!("{PREFIX}{}-{node}", &tenant[24..])
}

/// The name of the workspace (and of the service account in it) of a tenant's environment:
/// `hgr-<tenant>-<environment>-<8 hex digits of the environment's id>`. Slugs alone could meet:
/// `a-b` + `c` and `a` + `b-c`.
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
