//! Authorization.

pub mod escalation;
pub mod rbac;

use super::authentication::User;
use super::resources::GroupResource;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    pub verb: String,
    pub group: String,
    /// Plural name of the resource; empty for a path that is no resource.
    pub resource: String,
    pub subresource: String,
    pub namespace: String,
    pub name: String,
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

    /// The API's reason for a refusal.
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
