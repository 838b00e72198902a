//! Role-based access control over the roles and bindings in the store.

use serde_json::Value;

use super::Attributes;
use crate::kubernetes::authentication::User;
use crate::kubernetes::object;
use crate::kubernetes::resources::{
    CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GroupResource, ROLE_BINDINGS, ROLES,
};
use crate::kubernetes::store::{Key, Store};

pub const MASTERS: &str = "system:masters";

#[derive(Clone)]
pub struct Rbac {
    store: Store,
}

impl Rbac {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Whether one of the rules of a user, in the cluster and in a namespace, satisfies.
    fn any_rule(&self, user: &User, namespace: &str, satisfies: impl Fn(&Value) -> bool) -> bool {
        let (bindings, _) = self.store.list(CLUSTER_ROLE_BINDINGS, None);
        let in_cluster = bindings
            .iter()
            .filter(|b| binds(b, user))
            .any(|b| self.role_rules(b, "").iter().any(&satisfies));
        if in_cluster || namespace.is_empty() {
            return in_cluster;
        }
        let (bindings, _) = self.store.list(ROLE_BINDINGS, Some(namespace));
        bindings
            .iter()
            .filter(|b| binds(b, user))
            .any(|b| self.role_rules(b, namespace).iter().any(&satisfies))
    }

    fn role_rules(&self, binding: &Value, namespace: &str) -> Vec<Value> {
        let text = |field: &str| {
            binding
                .pointer(&format!("/roleRef/{field}"))
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let key = match text("kind") {
            "Role" => Key::new(ROLES, namespace, text("name")),
            _ => Key::new(CLUSTER_ROLES, "", text("name")),
        };
        rules_of(&self.store, &key)
    }
}

pub(super) fn rules_of(store: &Store, key: &Key) -> Vec<Value> {
    store
        .get(key)
        .map(|role| object::items(role.get("rules")).to_vec())
        .unwrap_or_default()
}

fn binds(binding: &Value, user: &User) -> bool {
    object::items(binding.get("subjects"))
        .iter()
        .any(|subject| {
            let text = |field: &str| {
                subject
                    .get(field)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
            };
            match text("kind") {
                "User" => text("name") == user.name,
                "Group" => user.is_in(text("name")),
                "ServiceAccount" => {
                    user.name
                        == format!(
                            "system:serviceaccount:{}:{}",
                            text("namespace"),
                            text("name")
                        )
                }
                _ => false,
            }
        })
}

fn names(rule: &Value, field: &str, wanted: &str) -> bool {
    object::strings(rule.get(field))
        .iter()
        .any(|found| *found == "*" || *found == wanted)
}

pub(super) fn rule_allows(rule: &Value, wish: &Attributes) -> bool {
    if !names(rule, "verbs", &wish.verb) {
        return false;
    }
    if wish.resource.is_empty() {
        return object::strings(rule.get("nonResourceURLs"))
            .iter()
            .any(|url| match url.strip_suffix('*') {
                Some(prefix) => wish.path.starts_with(prefix),
                None => *url == wish.path,
            });
    }
    let full = wish.full_resource();
    let any_with_subresource = format!("*/{}", wish.subresource);
    let resource = names(rule, "resources", &full)
        || !wish.subresource.is_empty()
            && object::strings(rule.get("resources")).contains(&any_with_subresource.as_str());
    let limited = object::strings(rule.get("resourceNames"));
    names(rule, "apiGroups", &wish.group)
        && resource
        && (limited.is_empty() || limited.contains(&wish.name.as_str()))
}

impl Rbac {
    pub fn allows(&self, user: &User, wish: &Attributes) -> bool {
        user.is_in(MASTERS) || self.any_rule(user, &wish.namespace, |rule| rule_allows(rule, wish))
    }
}

pub(super) fn role_resource(binding: &Value) -> GroupResource {
    match binding.pointer("/roleRef/kind").and_then(Value::as_str) {
        Some("Role") => ROLES,
        _ => CLUSTER_ROLES,
    }
}
