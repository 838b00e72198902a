//! The addresses of the pages, so that no link is spelled twice.

use std::borrow::Cow;

use domain::ids::{ClusterId, CredentialId, NodeId, UserId};

pub const OVERVIEW: &str = "/";
/// Every cluster one may see.
pub const CLUSTERS: &str = "/clusters";
/// The order form.
pub const NEW_CLUSTER: &str = "/clusters/new";
pub const NODES: &str = "/nodes";
/// The GPUs that can be launched, with locations and prices.
pub const CATALOGUE: &str = "/nodes/catalogue";
/// The order form for nodes.
pub const NEW_NODE: &str = "/nodes/new";
/// Machines that belong to no node; for platform admins.
pub const ORPHANS: &str = "/admin/orphans";
/// What virtual clusters are put on; for platform admins.
pub const HOST_CLUSTERS: &str = "/admin/host-clusters";
/// The sizes of clusters; for platform admins.
pub const PLANS: &str = "/admin/plans";
/// For platform admins.
pub const USERS: &str = "/admin/users";
/// The roles that a token would grant; for platform admins.
pub const CLAIM_RULES: &str = "/admin/users/claim-rules";
/// Invites a user to a tenant; for platform admins.
pub const INVITE: &str = "/admin/users/invite";
/// The users of the identity provider; for platform admins.
pub const POOLS: &str = "/admin/identity-provider";
/// Every tenant; for platform admins.
pub const ALL_TENANTS: &str = "/admin/tenants";
/// One's own tenants.
pub const TENANTS: &str = "/tenants";
/// Who did what; for platform admins.
pub const AUDIT: &str = "/admin/audit";
/// The audit log as a file, of what one may read.
pub const AUDIT_EXPORT: &str = "/api/v1/audit/export";
/// Who may do what; for platform admins.
pub const PERMISSIONS: &str = "/admin/permissions";
/// Who one is, and API tokens.
pub const ACCOUNT: &str = "/account";
/// The REST API, to read.
pub const API: &str = "/api";
/// The REST API, for programs.
pub const API_DOCUMENT: &str = "/api/openapi.json";
/// Where one signs in.
pub const SIGN_IN: &str = "/sign-in";
/// Where a sign-out form goes.
pub const SIGN_OUT: &str = "/sign-out";
/// Tells that some cluster changed.
pub const CLUSTERS_EVENTS: &str = "/events/clusters";
/// Tells that some node changed.
pub const NODES_EVENTS: &str = "/events/nodes";

/// A cluster's page.
pub fn cluster(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}")
}

/// A part of a cluster's page.
pub fn cluster_tab(id: ClusterId, tab: &str) -> String {
    format!("{CLUSTERS}/{id}/{tab}")
}

/// Where a form asks for a cluster's kubeconfig.
pub fn kubeconfig(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/kubeconfig")
}

/// Tells that this cluster changed.
pub fn cluster_events(id: ClusterId) -> String {
    format!("{CLUSTERS_EVENTS}/{id}")
}

/// A node's page.
pub fn node(id: NodeId) -> String {
    format!("{NODES}/{id}")
}

/// A part of a node's page.
pub fn node_tab(id: NodeId, tab: &str) -> String {
    format!("{NODES}/{id}/{tab}")
}

/// Tells that this node changed.
pub fn node_events(id: NodeId) -> String {
    format!("{NODES_EVENTS}/{id}")
}

/// Where a form asks for the private key to a node.
pub fn ssh_key(id: NodeId) -> String {
    format!("{NODES}/{id}/ssh/key")
}

/// Where a form asks for a node's block of `~/.ssh/config`.
pub fn ssh_config(id: NodeId) -> String {
    format!("{NODES}/{id}/ssh/config")
}

/// A node's log as a file: of a job, or of how it came up.
pub fn node_log(id: NodeId, job: Option<u64>) -> String {
    match job {
        Some(job) => format!("{NODES}/{id}/logs/jobs/{job}"),
        None => format!("{NODES}/{id}/logs/provisioning"),
    }
}

/// The same log as a stream of events.
pub fn node_log_stream(id: NodeId, job: Option<u64>) -> String {
    format!("{}/stream", node_log(id, job))
}

/// The page that shows the log of a job.
pub fn job_log_page(id: NodeId, job: u64) -> String {
    format!("{NODES}/{id}/logs?job={job}")
}

/// The orphans, with the form that deletes one of them.
pub fn orphan(machine: &str) -> String {
    with_query(ORPHANS, [("machine", machine)])
}

/// The page of a user; for platform admins.
pub fn user(id: UserId) -> String {
    format!("{USERS}/{id}")
}

/// The users of a pool.
pub fn pool(provider: &str) -> String {
    with_query(POOLS, [("provider", provider)])
}

/// The page of a pool's user.
pub fn pool_user(provider: &str, username: &str) -> String {
    let mut address = format!("{POOLS}/");
    escape_into(&mut address, provider);
    address.push('/');
    escape_into(&mut address, username);
    address
}

/// The audit log of what a user did.
pub fn audit_of(id: UserId) -> String {
    format!("{AUDIT}?user={id}")
}

/// A tenant's page.
pub fn tenant(slug: &str) -> String {
    format!("{TENANTS}/{slug}")
}

/// A part of a tenant's page; `""` is its first.
pub fn tenant_tab(slug: &str, tab: &str) -> String {
    if tab.is_empty() {
        tenant(slug)
    } else {
        format!("{TENANTS}/{slug}/{tab}")
    }
}

/// The environments of a tenant, with one of them to be changed.
pub fn environment(tenant: &str, environment: &str) -> String {
    with_query(
        &tenant_tab(tenant, "environments"),
        [("environment", environment)],
    )
}

/// The form for a new credential; of the chosen provider, if there is one already.
pub fn new_credential(tenant: &str, provider: &str) -> String {
    with_query(
        &tenant_tab(tenant, "credentials/new"),
        [("provider", provider)],
    )
}

/// A credential's page.
pub fn credential(tenant: &str, id: CredentialId) -> String {
    format!("{}/{id}", tenant_tab(tenant, "credentials"))
}

/// Who did what in a tenant.
pub fn tenant_audit(slug: &str) -> String {
    tenant_tab(slug, "audit")
}

/// The sign-in page, which leads back to `return_to`.
pub fn sign_in(return_to: &str) -> String {
    with_query(SIGN_IN, [("return_to", return_to)])
}

/// An address with parameters; empty ones are left out.
pub fn with_query<'a>(
    path: &str,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut address = path.to_owned();
    for (name, value) in parameters {
        if !value.is_empty() {
            address.push(if address.contains('?') { '&' } else { '?' });
            address.push_str(name);
            address.push('=');
            escape_into(&mut address, value);
        }
    }
    address
}

/// Percent-encodes everything but letters, digits and what never needs it; the same on both sides.
fn escape_into(address: &mut String, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                address.push(char::from(byte));
            }
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// A way back.
#[derive(Clone, Debug)]
pub struct Crumb {
    /// Where to.
    pub href: Cow<'static, str>,
    /// What it is called.
    pub name: Cow<'static, str>,
}

/// Back to a tenant, or to a part of it.
pub fn to_tenant(slug: &str, tab: &str, name: impl Into<Cow<'static, str>>) -> Crumb {
    Crumb {
        href: tenant_tab(slug, tab).into(),
        name: name.into(),
    }
}

/// Back to the list.
pub const TO_CLUSTERS: Crumb = Crumb {
    href: Cow::Borrowed(CLUSTERS),
    name: Cow::Borrowed("Clusters"),
};

pub const TO_USERS: Crumb = Crumb {
    href: Cow::Borrowed(USERS),
    name: Cow::Borrowed("Users"),
};

pub const TO_POOLS: Crumb = Crumb {
    href: Cow::Borrowed(POOLS),
    name: Cow::Borrowed("Identity provider"),
};

/// Back to the list of nodes.
pub const TO_NODES: Crumb = Crumb {
    href: Cow::Borrowed(NODES),
    name: Cow::Borrowed("Nodes"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_escaped_and_empty_ones_left_out() {
        let address = with_query(
            "/clusters",
            [("search", "a&b=c é"), ("state", ""), ("sort", "-name")],
        );
        assert_eq!(address, "/clusters?search=a%26b%3Dc%20%C3%A9&sort=-name");
    }
}
