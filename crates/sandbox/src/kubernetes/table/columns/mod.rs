//! Which columns a resource's table has.

mod apps;
mod core;
mod groups;

use serde_json::Value;

use super::cells::{age, name};
use crate::kubernetes::resources::Resource;

/// A column: how it is called, and what of an object stands in it.
pub(super) struct Column {
    pub name: &'static str,
    pub kind: &'static str,
    pub description: &'static str,
    /// Whether it is only shown when asked for.
    pub wide: bool,
    pub cell: fn(&Value) -> Value,
}

const fn column(
    name: &'static str,
    description: &'static str,
    cell: fn(&Value) -> Value,
) -> Column {
    Column {
        name,
        kind: "string",
        description,
        wide: false,
        cell,
    }
}

impl Column {
    const fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    const fn integer(mut self) -> Self {
        self.kind = "integer";
        self
    }

    const fn date(mut self) -> Self {
        self.kind = "date";
        self
    }
}

const NAME: Column = column("Name", "Name of the object.", name);
const AGE: Column = column("Age", "Time since the object was made.", age);

/// The columns of a resource.
pub(super) fn columns_of(resource: &Resource) -> &'static [Column] {
    match (resource.group, resource.plural) {
        ("", "pods") => core::PODS,
        ("", "namespaces") => core::NAMESPACES,
        ("", "nodes") => core::NODES,
        ("", "services") => core::SERVICES,
        ("", "endpoints") => core::ENDPOINTS,
        ("", "configmaps") => core::CONFIG_MAPS,
        ("", "secrets") => core::SECRETS,
        ("", "serviceaccounts") => core::SERVICE_ACCOUNTS,
        ("", "persistentvolumeclaims") => core::CLAIMS,
        ("", "persistentvolumes") => core::VOLUMES,
        ("", "resourcequotas") => core::QUOTAS,
        (_, "events") => core::EVENTS,
        ("apps", "statefulsets") => apps::STATEFUL_SETS,
        ("apps", "deployments") => apps::DEPLOYMENTS,
        ("apps", "replicasets") => apps::REPLICA_SETS,
        ("apps", "daemonsets") => apps::DAEMON_SETS,
        ("networking.k8s.io", "ingresses") => groups::INGRESSES,
        ("networking.k8s.io", "networkpolicies") => groups::NETWORK_POLICIES,
        ("rbac.authorization.k8s.io", "roles" | "clusterroles") => groups::ROLES,
        ("rbac.authorization.k8s.io", _) => groups::BINDINGS,
        ("storage.k8s.io", "storageclasses") => groups::STORAGE_CLASSES,
        ("coordination.k8s.io", "leases") => groups::LEASES,
        ("scheduling.k8s.io", "priorityclasses") => groups::PRIORITY_CLASSES,
        ("discovery.k8s.io", "endpointslices") => groups::ENDPOINT_SLICES,
        ("", "limitranges") => core::LIMIT_RANGES,
        _ => DEFAULT,
    }
}

static DEFAULT: &[Column] = &[NAME, AGE];
