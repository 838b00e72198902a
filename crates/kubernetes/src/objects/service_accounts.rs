//! The control plane's service account on the host, with permissions in its own namespace only.

use super::metadata;
use k8s_openapi::api::{
    core::v1::ServiceAccount,
    rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject},
};
use provisioning::ports::host_clusters::VirtualCluster;

const ALL: &[&str] = &[
    "create", "delete", "patch", "update", "get", "list", "watch",
];

/// The permissions that the syncer of vCluster 0.36.1 needs: group, resources, verbs. The portal must have all of
/// them itself, or the host refuses to let the portal grant them.
pub(crate) const RULES: &[(&[&str], &[&str], &[&str])] = &[
    (
        &[""],
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
    // Hosts before 1.35 have no pods/resize and ignore it.
    (
        &[""],
        &["pods/status", "pods/ephemeralcontainers", "pods/resize"],
        &["patch", "update"],
    ),
    (
        &["apps"],
        &["statefulsets", "replicasets", "deployments"],
        &["get", "list", "watch", "patch", "update"],
    ),
    (&[""], &["endpoints", "pods/log"], &["get", "list", "watch"]),
    (
        &["", "events.k8s.io"],
        &["events"],
        &["create", "get", "list", "watch"],
    ),
    (
        &[""],
        &["endpoints"],
        &["create", "delete", "patch", "update"],
    ),
    (&["discovery.k8s.io"], &["endpointslices"], ALL),
];

/// The accounts of the control plane (`vc-NAME`) and of synced pods (`vc-workload-NAME`).
pub(super) fn service_accounts(cluster: &VirtualCluster) -> Vec<ServiceAccount> {
    [
        control_plane(cluster),
        format!("vc-workload-{}", cluster.name),
    ]
    .map(|name| ServiceAccount {
        metadata: metadata(cluster, name),
        ..ServiceAccount::default()
    })
    .into()
}

/// The name of the control plane's service account and role.
pub(super) fn control_plane(cluster: &VirtualCluster) -> String {
    format!("vc-{}", cluster.name)
}

pub(super) fn role(cluster: &VirtualCluster) -> Role {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Role {
        metadata: metadata(cluster, control_plane(cluster)),
        rules: Some(
            RULES
                .iter()
                .map(|(groups, resources, verbs)| PolicyRule {
                    api_groups: Some(owned(groups)),
                    resources: Some(owned(resources)),
                    verbs: owned(verbs),
                    ..PolicyRule::default()
                })
                .collect(),
        ),
    }
}

pub(super) fn role_binding(cluster: &VirtualCluster) -> RoleBinding {
    RoleBinding {
        metadata: metadata(cluster, control_plane(cluster)),
        role_ref: RoleRef {
            api_group: Some("rbac.authorization.k8s.io".into()),
            kind: "Role".into(),
            name: control_plane(cluster),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".into(),
            name: control_plane(cluster),
            namespace: Some(cluster.name.namespace()),
            api_group: None,
        }]),
    }
}
