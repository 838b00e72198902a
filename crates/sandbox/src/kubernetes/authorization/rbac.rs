//! Role-based access control over the roles and bindings in the store.

use serde_json::{Value, json};

use super::{Attributes, Authorizer};
use crate::kubernetes::authentication::User;
use crate::kubernetes::object;
use crate::kubernetes::resources::{
    CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, GroupResource, ROLE_BINDINGS, ROLES,
};
use crate::kubernetes::store::{Key, Store};

/// Members may do everything, whatever roles there are.
pub const MASTERS: &str = "system:masters";

/// Evaluates roles and bindings.
#[derive(Debug, Clone)]
pub struct Rbac {
    store: Store,
}

impl Rbac {
    /// Over the roles and bindings of a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// Visits the rules that hold for a user, in the cluster and in a namespace, until one satisfies.
    fn any_rule(
        &self,
        user: &User,
        namespace: &str,
        mut satisfies: impl FnMut(&Value) -> bool,
    ) -> bool {
        let (bindings, _) = self.store.list(CLUSTER_ROLE_BINDINGS, None);
        let in_cluster = bindings
            .iter()
            .filter(|b| binds(b, user))
            .any(|b| self.role_rules(b, "").iter().any(&mut satisfies));
        if in_cluster || namespace.is_empty() {
            return in_cluster;
        }
        let (bindings, _) = self.store.list(ROLE_BINDINGS, Some(namespace));
        bindings
            .iter()
            .filter(|b| binds(b, user))
            .any(|b| self.role_rules(b, namespace).iter().any(&mut satisfies))
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

/// The rules of a role.
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

/// Whether one rule allows a wish.
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

impl Authorizer for Rbac {
    fn allows(&self, user: &User, wish: &Attributes) -> bool {
        user.is_in(MASTERS) || self.any_rule(user, &wish.namespace, |rule| rule_allows(rule, wish))
    }

    fn rules(&self, user: &User, namespace: &str) -> Vec<Value> {
        let mut rules = Vec::new();
        if user.is_in(MASTERS) {
            rules.push(json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
            rules.push(json!({"verbs": ["*"], "nonResourceURLs": ["*"]}));
        }
        self.any_rule(user, namespace, |rule| {
            rules.push(rule.clone());
            false
        });
        rules
    }
}

/// The resource that holds the role which a binding names.
pub(super) fn role_resource(binding: &Value) -> GroupResource {
    match binding.pointer("/roleRef/kind").and_then(Value::as_str) {
        Some("Role") => ROLES,
        _ => CLUSTER_ROLES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::resources::{PODS, SECRETS};

    fn store() -> Store {
        let store = Store::default();
        let role = json!({"kind": "Role", "metadata": {"name": "r", "namespace": "a"}, "rules": [
            {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]},
            {"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["one"], "verbs": ["get"]},
        ]});
        store.create(ROLES, role).unwrap();
        let binding = json!({"metadata": {"name": "b", "namespace": "a"},
            "roleRef": {"kind": "Role", "name": "r"},
            "subjects": [{"kind": "User", "name": "u"}, {"kind": "ServiceAccount", "name": "s", "namespace": "x"}]});
        store.create(ROLE_BINDINGS, binding).unwrap();
        store
    }

    #[test]
    fn a_role_holds_in_its_namespace_for_those_who_are_bound_to_it() {
        let rbac = Rbac::new(store());
        let user = User::known("u", &[]);
        let account = User::known("system:serviceaccount:x:s", &[]);
        for who in [&user, &account] {
            assert!(rbac.allows(who, &Attributes::on("get", PODS, "a", "p")));
        }
        assert!(!rbac.allows(&user, &Attributes::on("get", PODS, "b", "p")));
        assert!(!rbac.allows(&user, &Attributes::on("delete", PODS, "a", "p")));
        assert!(!rbac.allows(
            &User::known("v", &[]),
            &Attributes::on("get", PODS, "a", "p")
        ));
    }

    #[test]
    fn a_rule_with_names_holds_for_these_objects_only() {
        let rbac = Rbac::new(store());
        let user = User::known("u", &[]);
        assert!(rbac.allows(&user, &Attributes::on("get", SECRETS, "a", "one")));
        assert!(!rbac.allows(&user, &Attributes::on("get", SECRETS, "a", "two")));
        assert!(!rbac.allows(&user, &Attributes::on("list", SECRETS, "a", "")));
    }

    #[test]
    fn masters_may_do_everything() {
        let rbac = Rbac::new(Store::default());
        let master = User::known("m", &[MASTERS]);
        assert!(rbac.allows(&master, &Attributes::on("delete", PODS, "a", "p")));
    }
}
