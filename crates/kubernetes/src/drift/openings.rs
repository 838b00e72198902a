//! Objects that others added to a namespace and that open what the portal's close.

use super::{name, reference};
use crate::{
    cache::{Kind, Snapshot},
    labels,
};
use domain::drift::{Drift, DriftChange};
use k8s_openapi::api::{networking::v1::NetworkPolicy, rbac::v1::RoleBinding};
use kube::{Resource, ResourceExt};
use serde_json::Value;

/// The roles that OpenShift binds in every namespace.
const OF_THE_HOST: [&str; 3] = [
    "system:image-puller",
    "system:image-builder",
    "system:deployer",
];

/// How many are named.
const MOST: usize = 20;

/// The foreign objects in a namespace that open the isolation of a cluster. `wanted` are the portal's own.
pub(super) fn openings(namespace: &str, wanted: &[(Kind, Value)], found: &Snapshot) -> Vec<Drift> {
    let is_ours = |kind: Kind, of: &str| {
        let mut wanted = wanted.iter();
        wanted.any(|(wanted_kind, object)| *wanted_kind == kind && name(object) == of)
    };
    let policies = found
        .all::<NetworkPolicy>(Kind::NetworkPolicy)
        .into_iter()
        .filter(|(_, policy)| is_counted(policy))
        .map(|(name, policy)| (Kind::NetworkPolicy, name, opened_by(&policy)));
    let bindings = found
        .all::<RoleBinding>(Kind::RoleBinding)
        .into_iter()
        .filter(|(_, binding)| is_counted(binding))
        .map(|(name, binding)| (Kind::RoleBinding, name, granted_by(&binding, namespace)));
    let mut added: Vec<_> = policies
        .chain(bindings)
        .filter(|(kind, name, fields)| !fields.is_empty() && !is_ours(*kind, name))
        .map(|(kind, name, fields)| Drift {
            object: reference(kind, name),
            change: DriftChange::Added,
            fields,
            isolation: true,
        })
        .collect();
    added.sort_by(|one, other| one.object.cmp(&other.object));
    added.truncate(MOST);
    added
}

/// The platform team can exempt an object of its own.
fn is_counted(object: &impl Resource) -> bool {
    object.labels().get(labels::IGNORED).map(String::as_str) != Some("true")
}

/// Policies add up: each rule allows something that was not allowed before.
fn opened_by(policy: &NetworkPolicy) -> Vec<String> {
    let Some(spec) = &policy.spec else {
        return Vec::new();
    };
    let types = spec.policy_types.as_deref().unwrap_or_default();
    let is_of = |direction: &str| types.is_empty() || types.iter().any(|kind| kind == direction);
    let has = |rules: Option<usize>| rules.is_some_and(|rules| rules > 0);
    let mut fields = Vec::new();
    if is_of("Egress") && has(spec.egress.as_ref().map(Vec::len)) {
        fields.push("spec.egress".to_owned());
    }
    if is_of("Ingress") && has(spec.ingress.as_ref().map(Vec::len)) {
        fields.push("spec.ingress".to_owned());
    }
    fields
}

/// Whether it gives something to the pods of the namespace, or to everybody.
fn granted_by(binding: &RoleBinding, namespace: &str) -> Vec<String> {
    if OF_THE_HOST.contains(&binding.role_ref.name.as_str()) {
        return Vec::new();
    }
    let of_namespace = format!("system:serviceaccounts:{namespace}");
    let subjects = binding.subjects.as_deref().unwrap_or_default();
    let opens = subjects.iter().any(|subject| match subject.kind.as_str() {
        "ServiceAccount" => subject.namespace.as_deref().unwrap_or(namespace) == namespace,
        "Group" => {
            subject.name == of_namespace
                || matches!(
                    subject.name.as_str(),
                    "system:serviceaccounts" | "system:authenticated" | "system:unauthenticated"
                )
        }
        // A service account by the name of its user.
        _ => subject
            .name
            .strip_prefix("system:serviceaccount:")
            .and_then(|name| name.strip_prefix(namespace))
            .is_some_and(|name| name.starts_with(':')),
    });
    if opens {
        vec!["subjects".to_owned()]
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn policy(spec: Value) -> Vec<String> {
        opened_by(
            &serde_json::from_value(json!({"metadata": {"name": "a"}, "spec": spec})).unwrap(),
        )
    }

    #[test]
    fn a_policy_opens_by_each_direction_in_which_it_allows_something() {
        let all = json!({"podSelector": {}, "policyTypes": ["Egress", "Ingress"], "egress": [{}], "ingress": [{}]});
        assert_eq!(policy(all), ["spec.egress", "spec.ingress"]);
        let without_types = json!({"podSelector": {}, "ingress": [{}]});
        assert_eq!(policy(without_types), ["spec.ingress"]);
        let to_a_range = json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}]});
        assert_eq!(policy(to_a_range), ["spec.egress"]);
        for closed in [
            json!({"podSelector": {}, "policyTypes": ["Egress", "Ingress"]}),
            json!({"podSelector": {}, "policyTypes": ["Ingress"], "egress": [{}]}),
            json!({"podSelector": {}, "policyTypes": ["Egress"], "egress": []}),
        ] {
            assert!(policy(closed.clone()).is_empty(), "{closed}");
        }
    }

    fn binding(role: &str, subject: Value) -> bool {
        let binding = json!({
            "metadata": {"name": "a"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            "subjects": [subject],
        });
        !granted_by(&serde_json::from_value(binding).unwrap(), "vcluster-ci").is_empty()
    }

    #[test]
    fn a_binding_opens_if_it_gives_something_to_the_pods_or_to_everybody() {
        for subject in [
            json!({"kind": "ServiceAccount", "name": "vc-ci", "namespace": "vcluster-ci"}),
            json!({"kind": "ServiceAccount", "name": "default", "namespace": "vcluster-ci"}),
            json!({"kind": "Group", "name": "system:serviceaccounts:vcluster-ci"}),
            json!({"kind": "Group", "name": "system:authenticated"}),
            json!({"kind": "User", "name": "system:serviceaccount:vcluster-ci:vc-ci"}),
        ] {
            assert!(binding("admin", subject.clone()), "{subject}");
        }
        for subject in [
            json!({"kind": "User", "name": "ada@example.com"}),
            json!({"kind": "Group", "name": "platform"}),
            json!({"kind": "ServiceAccount", "name": "prometheus", "namespace": "monitoring"}),
            json!({"kind": "User", "name": "system:serviceaccount:vcluster-cicd:vc-ci"}),
        ] {
            assert!(!binding("admin", subject.clone()), "{subject}");
        }
        let of_openshift = json!({"kind": "Group", "name": "system:serviceaccounts:vcluster-ci"});
        assert!(!binding("system:image-puller", of_openshift));
    }
}
