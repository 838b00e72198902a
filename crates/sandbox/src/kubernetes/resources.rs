//! The resources that the API serves, as discovery describes them.

mod table;

use std::fmt;

use table::{ALL_VERBS, RESOURCES};

/// A resource by API group and plural name, for example `apps` and `statefulsets`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupResource {
    pub group: &'static str,
    pub plural: &'static str,
}

impl GroupResource {
    pub const fn new(group: &'static str, plural: &'static str) -> Self {
        Self { group, plural }
    }
}

impl fmt::Display for GroupResource {
    /// `statefulsets.apps`, or `pods` for the core group: as error messages name resources.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.plural)?;
        if !self.group.is_empty() {
            write!(f, ".{}", self.group)?;
        }
        Ok(())
    }
}

impl fmt::Debug for GroupResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subresource {
    pub name: &'static str,
    pub kind: &'static str,
    /// Group of that kind where it is not the resource's own.
    pub group: Option<&'static str>,
    pub verbs: &'static [&'static str],
}

const fn sub(
    name: &'static str,
    kind: &'static str,
    verbs: &'static [&'static str],
) -> Subresource {
    Subresource {
        name,
        kind,
        group: None,
        verbs,
    }
}

const fn foreign(
    name: &'static str,
    group: &'static str,
    kind: &'static str,
    verbs: &'static [&'static str],
) -> Subresource {
    Subresource {
        name,
        kind,
        group: Some(group),
        verbs,
    }
}

#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    pub group: &'static str,
    pub version: &'static str,
    pub plural: &'static str,
    pub singular: &'static str,
    pub kind: &'static str,
    pub short_names: &'static [&'static str],
    pub categories: &'static [&'static str],
    pub namespaced: bool,
    pub verbs: &'static [&'static str],
    pub subresources: &'static [Subresource],
    /// Whether `metadata.generation` counts changes of the desired state.
    pub has_generation: bool,
}

impl Resource {
    const fn new(
        group: &'static str,
        plural: &'static str,
        singular: &'static str,
        kind: &'static str,
    ) -> Self {
        Self {
            group,
            version: "v1",
            plural,
            singular,
            kind,
            short_names: &[],
            categories: &[],
            namespaced: true,
            verbs: ALL_VERBS,
            subresources: &[],
            has_generation: false,
        }
    }

    const fn short(mut self, names: &'static [&'static str]) -> Self {
        self.short_names = names;
        self
    }

    const fn in_all(mut self) -> Self {
        self.categories = &["all"];
        self
    }

    const fn cluster(mut self) -> Self {
        self.namespaced = false;
        self
    }

    const fn verbs(mut self, verbs: &'static [&'static str]) -> Self {
        self.verbs = verbs;
        self
    }

    const fn subresources(mut self, subresources: &'static [Subresource]) -> Self {
        self.subresources = subresources;
        self
    }

    const fn generation(mut self) -> Self {
        self.has_generation = true;
        self
    }

    pub const fn id(&self) -> GroupResource {
        GroupResource::new(self.group, self.plural)
    }

    pub fn api_version(&self) -> String {
        group_version(self.group, self.version)
    }

    pub fn subresource(&self, name: &str) -> Option<&'static Subresource> {
        self.subresources.iter().find(|s| s.name == name)
    }

    pub fn is_stored(&self) -> bool {
        self.verbs.contains(&"get")
    }
}

pub fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() {
        version.to_owned()
    } else {
        format!("{group}/{version}")
    }
}

/// The resources that the API serves.
pub fn all() -> impl Iterator<Item = &'static Resource> {
    RESOURCES.iter()
}

/// The resources whose objects are stored.
pub fn stored() -> Vec<GroupResource> {
    let stored = all().filter(|resource| resource.is_stored());
    stored.map(Resource::id).collect()
}

pub fn namespaced() -> Vec<GroupResource> {
    let namespaced = all().filter(|r| r.namespaced && r.is_stored());
    namespaced.map(Resource::id).collect()
}

pub fn find(group: &str, version: &str, plural: &str) -> Option<&'static Resource> {
    all().find(|r| r.group == group && r.version == version && r.plural == plural)
}

/// The resource by group and plural name, in whatever version it is served.
pub fn get(id: GroupResource) -> Option<&'static Resource> {
    all().find(|r| r.id() == id)
}

pub fn of_kind(api_version: &str, kind: &str) -> Option<&'static Resource> {
    all().find(|r| r.kind == kind && r.api_version() == api_version)
}

/// API groups with their versions, in the order of the table, without the core group.
pub fn groups() -> Vec<(&'static str, &'static str)> {
    let mut groups: Vec<(&str, &str)> = Vec::new();
    for resource in all().filter(|r| !r.group.is_empty()) {
        if !groups.contains(&(resource.group, resource.version)) {
            groups.push((resource.group, resource.version));
        }
    }
    groups
}

pub fn serves(group: &str, version: &str) -> bool {
    all().any(|r| r.group == group && r.version == version)
}

pub const NAMESPACES: GroupResource = GroupResource::new("", "namespaces");
pub const NODES: GroupResource = GroupResource::new("", "nodes");
pub const PODS: GroupResource = GroupResource::new("", "pods");
pub const SERVICES: GroupResource = GroupResource::new("", "services");
pub const CONFIG_MAPS: GroupResource = GroupResource::new("", "configmaps");
pub const SECRETS: GroupResource = GroupResource::new("", "secrets");
pub const SERVICE_ACCOUNTS: GroupResource = GroupResource::new("", "serviceaccounts");
pub const EVENTS: GroupResource = GroupResource::new("", "events");
pub const PERSISTENT_VOLUMES: GroupResource = GroupResource::new("", "persistentvolumes");
pub const PERSISTENT_VOLUME_CLAIMS: GroupResource =
    GroupResource::new("", "persistentvolumeclaims");
pub const LIMIT_RANGES: GroupResource = GroupResource::new("", "limitranges");
pub const RESOURCE_QUOTAS: GroupResource = GroupResource::new("", "resourcequotas");
pub const DEPLOYMENTS: GroupResource = GroupResource::new("apps", "deployments");
pub const STATEFUL_SETS: GroupResource = GroupResource::new("apps", "statefulsets");
pub const ROLES: GroupResource = GroupResource::new("rbac.authorization.k8s.io", "roles");
pub const ROLE_BINDINGS: GroupResource =
    GroupResource::new("rbac.authorization.k8s.io", "rolebindings");
pub const CLUSTER_ROLES: GroupResource =
    GroupResource::new("rbac.authorization.k8s.io", "clusterroles");
pub const CLUSTER_ROLE_BINDINGS: GroupResource =
    GroupResource::new("rbac.authorization.k8s.io", "clusterrolebindings");
