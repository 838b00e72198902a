//! What a syncer's service account must be allowed on the host. The real one does not come up without; nor does ours.

use serde_json::Value;

use crate::kubernetes::authentication::User;
use crate::kubernetes::authorization::Attributes;
use crate::kubernetes::authorization::rbac::Rbac;
use crate::kubernetes::object;

const ALL: &[&str] = &[
    "create", "delete", "patch", "update", "get", "list", "watch",
];

const NEEDED: &[(&str, &[&str], &[&str])] = &[
    (
        "",
        &[
            "configmaps",
            "secrets",
            "services",
            "pods",
            "pods/attach",
            "pods/portforward",
            "pods/exec",
            "persistentvolumeclaims",
        ],
        ALL,
    ),
    (
        "",
        &["pods/status", "pods/ephemeralcontainers"],
        &["patch", "update"],
    ),
    (
        "apps",
        &["statefulsets", "replicasets", "deployments"],
        &["get", "list", "watch", "patch", "update"],
    ),
    ("", &["endpoints", "pods/log"], &["get", "list", "watch"]),
    ("", &["events"], &["create", "get", "list", "watch"]),
    (
        "events.k8s.io",
        &["events"],
        &["create", "get", "list", "watch"],
    ),
    ("", &["endpoints"], &["create", "delete", "patch", "update"]),
    ("discovery.k8s.io", &["endpointslices"], ALL),
];

/// The first right that the pod's service account lacks, in the API's words.
pub fn first_missing(authorizer: &Rbac, pod: &Value) -> Option<String> {
    let namespace = object::namespace(pod);
    let account = pod
        .pointer("/spec/serviceAccountName")
        .and_then(Value::as_str)
        .unwrap_or("default");
    let user = User::known(
        format!("system:serviceaccount:{namespace}:{account}"),
        &[
            "system:serviceaccounts",
            &format!("system:serviceaccounts:{namespace}"),
        ],
    );
    NEEDED
        .iter()
        .flat_map(|(group, resources, verbs)| {
            resources
                .iter()
                .flat_map(move |resource| verbs.iter().map(move |verb| (*group, *resource, *verb)))
        })
        .map(|(group, resource, verb)| {
            let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
            Attributes {
                verb: verb.to_owned(),
                group: group.to_owned(),
                resource: resource.to_owned(),
                subresource: subresource.to_owned(),
                namespace: namespace.to_owned(),
                ..Attributes::default()
            }
        })
        .find(|wish| !authorizer.allows(&user, wish))
        .map(|wish| {
            format!(
                "{} is forbidden: {}",
                wish.full_resource(),
                wish.refusal(&user)
            )
        })
}
