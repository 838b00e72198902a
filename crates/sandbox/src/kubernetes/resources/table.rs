//! The resources that are served: one row each.

use super::{Resource, Subresource, foreign, sub};

pub(super) const ALL_VERBS: &[&str] = &[
    "create",
    "delete",
    "deletecollection",
    "get",
    "list",
    "patch",
    "update",
    "watch",
];
const CREATE: &[&str] = &["create"];
const CHANGE: &[&str] = &["get", "patch", "update"];
const PROXY: &[&str] = &["create", "delete", "get", "patch", "update"];

const SCALE: Subresource = foreign("scale", "autoscaling", "Scale", CHANGE);

pub(super) static RESOURCES: &[Resource] = &[
    Resource::new("", "configmaps", "configmap", "ConfigMap").short(&["cm"]),
    Resource::new("", "events", "event", "Event").short(&["ev"]),
    Resource::new("", "limitranges", "limitrange", "LimitRange").short(&["limits"]),
    Resource::new("", "namespaces", "namespace", "Namespace")
        .short(&["ns"])
        .cluster()
        .verbs(&[
            "create", "delete", "get", "list", "patch", "update", "watch",
        ])
        .subresources(&[sub("status", "Namespace", CHANGE)]),
    Resource::new("", "nodes", "node", "Node")
        .short(&["no"])
        .cluster()
        .subresources(&[sub("status", "Node", CHANGE)]),
    Resource::new(
        "",
        "persistentvolumeclaims",
        "persistentvolumeclaim",
        "PersistentVolumeClaim",
    )
    .short(&["pvc"])
    .subresources(&[sub("status", "PersistentVolumeClaim", CHANGE)]),
    Resource::new(
        "",
        "persistentvolumes",
        "persistentvolume",
        "PersistentVolume",
    )
    .short(&["pv"])
    .cluster()
    .subresources(&[sub("status", "PersistentVolume", CHANGE)]),
    Resource::new("", "pods", "pod", "Pod")
        .short(&["po"])
        .in_all()
        .generation()
        .subresources(&[sub("log", "Pod", &["get"]), sub("status", "Pod", CHANGE)]),
    Resource::new("", "resourcequotas", "resourcequota", "ResourceQuota")
        .short(&["quota"])
        .subresources(&[sub("status", "ResourceQuota", CHANGE)]),
    Resource::new("", "secrets", "secret", "Secret"),
    Resource::new("", "serviceaccounts", "serviceaccount", "ServiceAccount")
        .short(&["sa"])
        .subresources(&[foreign(
            "token",
            "authentication.k8s.io",
            "TokenRequest",
            CREATE,
        )]),
    Resource::new("", "services", "service", "Service")
        .short(&["svc"])
        .in_all()
        .subresources(&[
            sub("proxy", "ServiceProxyOptions", PROXY),
            sub("status", "Service", CHANGE),
        ]),
    Resource::new("apps", "deployments", "deployment", "Deployment")
        .short(&["deploy"])
        .in_all()
        .generation()
        .subresources(&[SCALE, sub("status", "Deployment", CHANGE)]),
    Resource::new("apps", "statefulsets", "statefulset", "StatefulSet")
        .short(&["sts"])
        .in_all()
        .generation()
        .subresources(&[SCALE, sub("status", "StatefulSet", CHANGE)]),
    Resource::new(
        "authentication.k8s.io",
        "selfsubjectreviews",
        "selfsubjectreview",
        "SelfSubjectReview",
    )
    .cluster()
    .verbs(CREATE),
    Resource::new(
        "authorization.k8s.io",
        "selfsubjectaccessreviews",
        "selfsubjectaccessreview",
        "SelfSubjectAccessReview",
    )
    .cluster()
    .verbs(CREATE),
    Resource::new("networking.k8s.io", "ingresses", "ingress", "Ingress")
        .short(&["ing"])
        .generation()
        .subresources(&[sub("status", "Ingress", CHANGE)]),
    Resource::new(
        "networking.k8s.io",
        "networkpolicies",
        "networkpolicy",
        "NetworkPolicy",
    )
    .short(&["netpol"])
    .generation(),
    Resource::new(
        "rbac.authorization.k8s.io",
        "clusterrolebindings",
        "clusterrolebinding",
        "ClusterRoleBinding",
    )
    .cluster(),
    Resource::new(
        "rbac.authorization.k8s.io",
        "clusterroles",
        "clusterrole",
        "ClusterRole",
    )
    .cluster(),
    Resource::new(
        "rbac.authorization.k8s.io",
        "rolebindings",
        "rolebinding",
        "RoleBinding",
    ),
    Resource::new("rbac.authorization.k8s.io", "roles", "role", "Role"),
];
