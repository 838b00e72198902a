//! The permissions that the portal needs on a host cluster, and a check whether it has them.
//!
//! A portal that grants a vCluster's control plane its Role needs every permission in it, or `escalate` and `bind`.
//! The portal has the permissions themselves, because the other two would allow it to grant anything.

use crate::{errors, host::Host};
use futures::{StreamExt, TryStreamExt, stream};
use k8s_openapi::api::authorization::v1::{
    ResourceAttributes, SelfSubjectAccessReview, SelfSubjectAccessReviewSpec,
};
use kube::{Api, api::PostParams};
use provisioning::ports::host_clusters::{Hosted, PermissionCheck};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The resource with its subresource: `pods/log`.
    pub resource: &'static str,
    pub verbs: &'static [&'static str],
}

const ALL: &[&str] = &[
    "create", "delete", "get", "list", "patch", "update", "watch",
];
/// What is applied, and compared with what was applied.
const APPLY: &[&str] = &["create", "list", "patch", "watch"];
/// What others may not add either.
const GUARD: &[&str] = &["create", "delete", "list", "patch", "watch"];
const CHANGE: &[&str] = &["patch", "update"];
const WATCH: &[&str] = &["get", "list", "watch"];

/// Every permission that the portal uses or grants. `k8s/rbac.yaml` grants exactly these.
pub const PERMISSIONS: &[Permission] = &[
    // What only the portal does. The namespaces of vClusters are dynamic, so the permissions are cluster-wide.
    may(
        "",
        "namespaces",
        &["create", "delete", "get", "list", "patch", "watch"],
    ),
    may("", "limitranges", APPLY),
    may("", "resourcequotas", APPLY),
    may("", "serviceaccounts", APPLY),
    may("rbac.authorization.k8s.io", "roles", APPLY),
    may("rbac.authorization.k8s.io", "rolebindings", GUARD),
    may("networking.k8s.io", "networkpolicies", GUARD),
    may("networking.k8s.io", "ingresses", APPLY),
    // Addresses of node ports.
    may("", "nodes", &["list"]),
    // Checks a vCluster's readiness if the portal cannot reach it directly.
    may("", "services/proxy", &["get"]),
    // What both the portal and vClusters do.
    may("", "configmaps", ALL),
    may("", "persistentvolumeclaims", ALL),
    may("", "pods", ALL),
    may("", "secrets", ALL),
    may("", "services", ALL),
    may("", "events", &["create", "get", "list", "watch"]),
    may(
        "apps",
        "statefulsets",
        &["create", "get", "list", "patch", "update", "watch"],
    ),
    // What only vClusters do, each in its own namespace.
    may("", "pods/attach", ALL),
    may("", "pods/exec", ALL),
    may("", "pods/portforward", ALL),
    may("", "pods/ephemeralcontainers", CHANGE),
    may("", "pods/resize", CHANGE),
    may("", "pods/status", CHANGE),
    may("", "pods/log", WATCH),
    may("", "endpoints", ALL),
    may(
        "apps",
        "deployments",
        &["get", "list", "patch", "update", "watch"],
    ),
    may(
        "apps",
        "replicasets",
        &["get", "list", "patch", "update", "watch"],
    ),
    may(
        "events.k8s.io",
        "events",
        &["create", "get", "list", "watch"],
    ),
    may("discovery.k8s.io", "endpointslices", ALL),
];

const fn may(
    group: &'static str,
    resource: &'static str,
    verbs: &'static [&'static str],
) -> Permission {
    Permission {
        group,
        resource,
        verbs,
    }
}

/// The number of concurrent requests.
const AT_ONCE: usize = 8;

/// Asks the host about each permission.
pub(crate) async fn check(host: &Host) -> Hosted<Vec<PermissionCheck>> {
    let mut questions = Vec::new();
    for permission in PERMISSIONS {
        for verb in permission.verbs {
            questions.push(ask(host, permission, verb));
        }
    }
    stream::iter(questions)
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

async fn ask(
    host: &Host,
    permission: &'static Permission,
    verb: &'static str,
) -> Hosted<PermissionCheck> {
    let (resource, subresource) = match permission.resource.split_once('/') {
        Some((resource, subresource)) => (resource, Some(subresource)),
        None => (permission.resource, None),
    };
    let review = SelfSubjectAccessReview {
        spec: SelfSubjectAccessReviewSpec {
            resource_attributes: Some(ResourceAttributes {
                group: Some(permission.group.into()),
                resource: Some(resource.into()),
                subresource: subresource.map(str::to_owned),
                verb: Some(verb.into()),
                ..ResourceAttributes::default()
            }),
            ..SelfSubjectAccessReviewSpec::default()
        },
        ..SelfSubjectAccessReview::default()
    };
    let reviews = Api::<SelfSubjectAccessReview>::all(host.client.clone());
    let parameters = PostParams::default();
    let tried = "review its own permissions";
    let answer = host
        .ask(tried, reviews.create(&parameters, &review))
        .await?;
    let status = answer
        .status
        .ok_or_else(|| errors::unreadable(&host.config.name, tried))?;
    let reason = status.reason.or(status.evaluation_error);
    Ok(PermissionCheck {
        permission: name(permission, verb),
        allowed: status.allowed,
        reason: reason.filter(|reason| !reason.is_empty()),
    })
}

/// `patch pods/status`, `get statefulsets.apps`.
fn name(permission: &Permission, verb: &str) -> String {
    let Permission {
        group, resource, ..
    } = permission;
    if group.is_empty() {
        format!("{verb} {resource}")
    } else {
        format!("{verb} {resource}.{group}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::RULES;
    use k8s_openapi::api::rbac::v1::ClusterRole;
    use serde::Deserialize;
    use std::collections::BTreeSet;

    type Right = (String, String, String);

    fn rights<'a>(
        groups: impl IntoIterator<Item = &'a str> + Clone,
        resources: impl IntoIterator<Item = &'a str> + Clone,
        verbs: impl IntoIterator<Item = &'a str> + Clone,
    ) -> Vec<Right> {
        let mut rights = Vec::new();
        for group in groups {
            for resource in resources.clone() {
                for verb in verbs.clone() {
                    rights.push((group.into(), resource.into(), verb.into()));
                }
            }
        }
        rights
    }

    fn needed() -> BTreeSet<Right> {
        PERMISSIONS
            .iter()
            .flat_map(|p| rights([p.group], [p.resource], p.verbs.iter().copied()))
            .collect()
    }

    #[test]
    fn the_cluster_role_grants_exactly_what_is_needed() {
        let text = include_str!("../../../k8s/rbac.yaml");
        let role = serde_norway::Deserializer::from_str(text)
            .map(|document| serde_norway::Value::deserialize(document).unwrap())
            .find(|document| document["kind"] == "ClusterRole")
            .unwrap();
        let role: ClusterRole = serde_norway::from_value(role).unwrap();
        let mut granted = Vec::new();
        for rule in role.rules.unwrap() {
            let texts = |list: &Option<Vec<String>>| list.clone().unwrap_or_default();
            let (groups, resources) = (texts(&rule.api_groups), texts(&rule.resources));
            granted.extend(rights(
                groups.iter().map(String::as_str),
                resources.iter().map(String::as_str),
                rule.verbs.iter().map(String::as_str),
            ));
        }
        let distinct: BTreeSet<_> = granted.iter().cloned().collect();
        assert_eq!(distinct.len(), granted.len(), "a right is granted twice");
        assert_eq!(distinct, needed());
    }

    #[test]
    fn the_portal_holds_every_right_it_grants_to_a_vcluster() {
        let needed = needed();
        for (groups, resources, verbs) in RULES {
            let granted = rights(
                groups.iter().copied(),
                resources.iter().copied(),
                verbs.iter().copied(),
            );
            for right in granted {
                assert!(needed.contains(&right), "{right:?}");
            }
        }
    }

    #[test]
    fn a_right_is_named_as_kubectl_names_it() {
        let last = PERMISSIONS.last().unwrap();
        assert_eq!(name(last, "list"), "list endpointslices.discovery.k8s.io");
        assert_eq!(
            name(&may("", "pods/status", CHANGE), "patch"),
            "patch pods/status"
        );
    }
}
