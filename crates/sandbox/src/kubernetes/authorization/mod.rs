//! Who may do what.

pub mod escalation;
pub mod rbac;

use super::authentication::User;
use super::resources::GroupResource;

/// What somebody wants to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// `get`, `list`, `create` ...
    pub verb: String,
    /// API group of the resource.
    pub group: String,
    /// Plural name of the resource; empty for a path that is no resource.
    pub resource: String,
    /// Subresource, empty for the object itself.
    pub subresource: String,
    /// Namespace, empty for the whole cluster.
    pub namespace: String,
    /// Name of the object, empty for all.
    pub name: String,
    /// Path, where it is no resource.
    pub path: String,
}

impl Attributes {
    /// `pods/log`, or `pods` without a subresource.
    pub fn full_resource(&self) -> String {
        if self.subresource.is_empty() {
            self.resource.clone()
        } else {
            format!("{}/{}", self.resource, self.subresource)
        }
    }

    /// Why a refused user may not do it, as the API says it.
    pub fn refusal(&self, user: &User) -> String {
        if self.resource.is_empty() {
            return format!(
                "User {:?} cannot {} path {:?}",
                user.name, self.verb, self.path
            );
        }
        let place = if self.namespace.is_empty() {
            "at the cluster scope".to_owned()
        } else {
            format!("in the namespace {:?}", self.namespace)
        };
        format!(
            "User {:?} cannot {} resource {:?} in API group {:?} {place}",
            user.name,
            self.verb,
            self.full_resource(),
            self.group
        )
    }

    /// Attributes of a verb on a resource.
    pub fn on(verb: &str, resource: GroupResource, namespace: &str, name: &str) -> Self {
        Self {
            verb: verb.to_owned(),
            group: resource.group.to_owned(),
            resource: resource.plural.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ..Self::default()
        }
    }
}

/// Decides.
pub trait Authorizer: Send + Sync {
    /// Whether the user may.
    fn allows(&self, user: &User, wish: &Attributes) -> bool;

    /// The rules that hold for the user in a namespace, as RBAC writes rules.
    fn rules(&self, user: &User, namespace: &str) -> Vec<serde_json::Value>;
}
