//! Users cannot grant rights that they do not have.

use serde_json::Value;

use super::Attributes;
use super::rbac::{Rbac, role_resource, rules_of};
use crate::kubernetes::authentication::User;
use crate::kubernetes::object;
use crate::kubernetes::resources::Resource;
use crate::kubernetes::status::Refusal;
use crate::kubernetes::store::{Key, Store};

const GROUP: &str = "rbac.authorization.k8s.io";

/// Refuses a role or binding with more rights than its author has.
pub fn check(
    store: &Store,
    authorizer: &Rbac,
    user: &User,
    resource: &Resource,
    object: &Value,
) -> Result<(), Refusal> {
    if resource.group != GROUP {
        return Ok(());
    }
    let namespace = object::namespace(object);
    let (rules, exempting) = if resource.kind.ends_with("Binding") {
        let role = role_resource(object);
        let name = object
            .pointer("/roleRef/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let in_namespace = if role.plural == "roles" {
            namespace
        } else {
            ""
        };
        (
            rules_of(store, &Key::new(role, in_namespace, name)),
            Attributes::on("bind", role, namespace, name),
        )
    } else {
        (
            object::items(object.get("rules")).to_vec(),
            Attributes::on("escalate", resource.id(), namespace, object::name(object)),
        )
    };
    if authorizer.allows(user, &exempting) {
        return Ok(());
    }
    let missing: Vec<String> = rules
        .iter()
        .flat_map(|rule| granted(rule, namespace))
        .filter(|wish| !authorizer.allows(user, wish))
        .map(|wish| described(&wish))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let groups: Vec<String> = user.groups.iter().map(|g| format!("{g:?}")).collect();
    Err(Refusal::forbidden(
        resource.id(),
        object::name(object),
        &format!(
            "user {:?} (groups=[{}]) is attempting to grant RBAC permissions not currently held:\n{}",
            user.name,
            groups.join(" "),
            missing.join("\n")
        ),
    ))
}

/// What a role's rule grants in a namespace.
pub fn granted(rule: &Value, namespace: &str) -> Vec<Attributes> {
    let list = |field: &str| object::strings(rule.get(field));
    let mut names = list("resourceNames");
    if names.is_empty() {
        names.push("");
    }
    let mut granted = Vec::new();
    for verb in list("verbs") {
        for path in list("nonResourceURLs") {
            granted.push(Attributes {
                verb: verb.to_owned(),
                path: path.to_owned(),
                ..Attributes::default()
            });
        }
        for group in list("apiGroups") {
            for resource in list("resources") {
                let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
                for name in &names {
                    granted.push(Attributes {
                        verb: verb.to_owned(),
                        group: group.to_owned(),
                        resource: resource.to_owned(),
                        subresource: subresource.to_owned(),
                        namespace: namespace.to_owned(),
                        name: (*name).to_owned(),
                        path: String::new(),
                    });
                }
            }
        }
    }
    granted
}

fn described(wish: &Attributes) -> String {
    if wish.resource.is_empty() {
        return format!(
            "{{NonResourceURLs:[{:?}], Verbs:[{:?}]}}",
            wish.path, wish.verb
        );
    }
    let names = if wish.name.is_empty() {
        String::new()
    } else {
        format!(", ResourceNames:[{:?}]", wish.name)
    };
    format!(
        "{{APIGroups:[{:?}], Resources:[{:?}]{names}, Verbs:[{:?}]}}",
        wish.group,
        wish.full_resource(),
        wish.verb
    )
}
