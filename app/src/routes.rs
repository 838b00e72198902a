//! The addresses of the pages.

use std::borrow::Cow;

use domain::ids::{ClusterId, CredentialId, NodeId, UserId};

pub const OVERVIEW: &str = "/";
pub const CLUSTERS: &str = "/clusters";
pub const NEW_CLUSTER: &str = "/clusters/new";
pub const NODES: &str = "/nodes";
/// The GPUs that can be launched, with locations and prices.
pub const CATALOGUE: &str = "/nodes/catalogue";
pub const NEW_NODE: &str = "/nodes/new";
/// Machines that belong to no node.
pub const ORPHANS: &str = "/admin/orphans";
pub const HOST_CLUSTERS: &str = "/admin/host-clusters";
pub const PLANS: &str = "/admin/plans";
pub const USERS: &str = "/admin/users";
/// The users who are signed in.
pub const SESSIONS: &str = "/admin/users/sessions";
/// Shows the roles that a token would grant.
pub const CLAIM_RULES: &str = "/admin/users/claim-rules";
/// Invites a user to a tenant.
pub const INVITE: &str = "/admin/users/invite";
/// The users of the identity provider.
pub const POOLS: &str = "/admin/identity-provider";
pub const ALL_TENANTS: &str = "/admin/tenants";
/// The caller's tenants.
pub const TENANTS: &str = "/tenants";
pub const AUDIT: &str = "/admin/audit";
/// The audit log as a file, limited to what the caller may read.
pub const AUDIT_EXPORT: &str = "/api/v1/audit/export";
/// What was used and what it cost.
pub const USAGE: &str = "/usage";
/// The same as a file.
pub const USAGE_EXPORT: &str = "/api/v1/usage/export";
pub const PERMISSIONS: &str = "/admin/permissions";
pub const ACCOUNT: &str = "/account";
pub const API: &str = "/api";
/// The OpenAPI document.
pub const API_DOCUMENT: &str = "/api/openapi.json";
pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_OUT: &str = "/sign-out";
/// The event stream of all clusters that the caller may see.
pub const CLUSTERS_EVENTS: &str = "/events/clusters";
/// The event stream of all nodes that the caller may see.
pub const NODES_EVENTS: &str = "/events/nodes";

pub fn cluster(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}")
}

/// Answers a POST, because reading a kubeconfig is audited.
pub fn kubeconfig(id: ClusterId) -> String {
    format!("{CLUSTERS}/{id}/kubeconfig")
}

pub fn node(id: NodeId) -> String {
    format!("{NODES}/{id}")
}

pub fn node_tab(id: NodeId, tab: &str) -> String {
    format!("{NODES}/{id}/{tab}")
}

/// The event stream of one node.
pub fn node_events(id: NodeId) -> String {
    format!("{NODES_EVENTS}/{id}")
}

/// The private key to a node. Answers a POST, because reading it is audited.
pub fn ssh_key(id: NodeId) -> String {
    format!("{NODES}/{id}/ssh/key")
}

/// A node's block of `~/.ssh/config`. Answers a POST.
pub fn ssh_config(id: NodeId) -> String {
    format!("{NODES}/{id}/ssh/config")
}

/// A node's log as a file: of a job, or of the provisioning.
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

pub fn user(id: UserId) -> String {
    format!("{USERS}/{id}")
}

pub fn pool(provider: &str) -> String {
    with_query(POOLS, [("provider", provider)])
}

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

pub fn tenant(slug: &str) -> String {
    format!("{TENANTS}/{slug}")
}

/// `""` is the first tab.
pub fn tenant_tab(slug: &str, tab: &str) -> String {
    if tab.is_empty() {
        tenant(slug)
    } else {
        format!("{TENANTS}/{slug}/{tab}")
    }
}

/// The environments of a tenant, with the form that changes one of them.
pub fn environment(tenant: &str, environment: &str) -> String {
    with_query(
        &tenant_tab(tenant, "environments"),
        [("environment", environment)],
    )
}

/// `provider` may be empty.
pub fn new_credential(tenant: &str, provider: &str) -> String {
    with_query(
        &tenant_tab(tenant, "credentials/new"),
        [("provider", provider)],
    )
}

pub fn credential(tenant: &str, id: CredentialId) -> String {
    format!("{}/{id}", tenant_tab(tenant, "credentials"))
}

pub fn tenant_audit(slug: &str) -> String {
    tenant_tab(slug, "audit")
}

/// The sign-in page, which returns to `return_to`.
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

/// Percent-encodes everything but unreserved characters.
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

/// The parent of a page.
#[derive(Clone, Debug)]
pub struct Crumb {
    pub href: Cow<'static, str>,
    pub name: Cow<'static, str>,
}

pub fn to_tenant(slug: &str, tab: &str, name: impl Into<Cow<'static, str>>) -> Crumb {
    Crumb {
        href: tenant_tab(slug, tab).into(),
        name: name.into(),
    }
}

pub const TO_USERS: Crumb = Crumb {
    href: Cow::Borrowed(USERS),
    name: Cow::Borrowed("Users"),
};

pub const TO_POOLS: Crumb = Crumb {
    href: Cow::Borrowed(POOLS),
    name: Cow::Borrowed("Identity provider"),
};

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
