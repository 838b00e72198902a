//! What every cluster has from its first moment: namespaces, the roles that the API itself needs, the
//! service of the API.

use serde_json::{Value, json};

use super::apply::managers::{Writer, record_update};
use super::object;
use super::resources::{
    CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES, CONFIG_MAPS, GroupResource, NAMESPACES, SERVICE_ACCOUNTS,
    SERVICES,
};
use super::schema::{self, Shape};
use super::server::ApiServer;

const SERVER: &str = "kube-apiserver";
const CONTROLLERS: &str = "kube-controller-manager";

const RBAC: &str = "rbac.authorization.k8s.io";

pub(super) fn fill(server: &ApiServer) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        let namespace = json!({
            "kind": "Namespace", "apiVersion": "v1",
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        });
        add(server, NAMESPACES, namespace);
        furnish(server, name);
    }
    roles(server);
    add(
        server,
        SERVICES,
        json!({
            "kind": "Service", "apiVersion": "v1",
            "metadata": {
                "name": "kubernetes", "namespace": "default",
                "labels": {"component": "apiserver", "provider": "kubernetes"},
            },
            "spec": {
                "type": "ClusterIP", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"],
                "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
                "sessionAffinity": "None", "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
                "internalTrafficPolicy": "Cluster",
            },
            "status": {"loadBalancer": {}},
        }),
    );
}

/// What a new namespace gets: the cluster's certificate and a service account.
pub(super) fn furnish(server: &ApiServer, namespace: &str) {
    add(
        server,
        CONFIG_MAPS,
        json!({
            "kind": "ConfigMap", "apiVersion": "v1",
            "metadata": {
                "name": "kube-root-ca.crt", "namespace": namespace,
                "annotations": {"kubernetes.io/description": "The certificate of the authority that signs for this API server, for clients inside the cluster."},
            },
            "data": {"ca.crt": server.options().root_certificate},
        }),
    );
    add(
        server,
        SERVICE_ACCOUNTS,
        json!({
            "kind": "ServiceAccount", "apiVersion": "v1",
            "metadata": {"name": "default", "namespace": namespace},
        }),
    );
}

fn roles(server: &ApiServer) {
    let everything = json!([
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
    ]);
    role(
        server,
        "cluster-admin",
        everything,
        &[("Group", "system:masters")],
    );
    let read = ["get", "list", "watch"];
    let write = ["create", "delete", "deletecollection", "patch", "update"];
    let workloads = [
        "deployments",
        "deployments/scale",
        "statefulsets",
        "statefulsets/scale",
    ];
    let plain = [
        "configmaps",
        "events",
        "persistentvolumeclaims",
        "pods",
        "services",
        "serviceaccounts",
    ];
    let seen = [
        "limitranges",
        "namespaces",
        "pods/log",
        "pods/status",
        "resourcequotas",
        "resourcequotas/status",
    ];
    let networking = ["ingresses", "networkpolicies"];
    let view = json!([
        {"apiGroups": [""], "resources": plain.iter().chain(&seen).collect::<Vec<_>>(), "verbs": read},
        {"apiGroups": ["apps"], "resources": workloads, "verbs": read},
        {"apiGroups": ["networking.k8s.io"], "resources": networking, "verbs": read},
    ]);
    let mut edit = object::items(Some(&view)).to_vec();
    edit.extend([
        json!({"apiGroups": [""], "resources": plain.iter().chain(&["secrets"]).collect::<Vec<_>>(), "verbs": read.iter().chain(&write).collect::<Vec<_>>()}),
        json!({"apiGroups": [""], "resources": ["services/proxy", "serviceaccounts/token"], "verbs": ["create", "get"]}),
        json!({"apiGroups": ["apps"], "resources": workloads, "verbs": write}),
        json!({"apiGroups": ["networking.k8s.io"], "resources": networking, "verbs": write}),
    ]);
    let mut admin = edit.clone();
    admin.push(json!({"apiGroups": [RBAC], "resources": ["rolebindings", "roles"], "verbs": read.iter().chain(&write).collect::<Vec<_>>()}));
    role(server, "view", view, &[]);
    role(server, "edit", edit.into(), &[]);
    role(server, "admin", admin.into(), &[]);
    let reviews = json!([
        {"apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews"], "verbs": ["create"]},
        {"apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"], "verbs": ["create"]},
    ]);
    role(
        server,
        "system:basic-user",
        reviews,
        &[("Group", "system:authenticated")],
    );
    let discovery = json!([{"nonResourceURLs": ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz", "/version", "/version/"], "verbs": ["get"]}]);
    role(
        server,
        "system:discovery",
        discovery,
        &[("Group", "system:authenticated")],
    );
    let health = json!([{"nonResourceURLs": ["/healthz", "/livez", "/readyz", "/version", "/version/"], "verbs": ["get"]}]);
    role(
        server,
        "system:public-info-viewer",
        health,
        &[
            ("Group", "system:authenticated"),
            ("Group", "system:unauthenticated"),
        ],
    );
}

fn role(server: &ApiServer, name: &str, rules: Value, holders: &[(&str, &str)]) {
    let labels = json!({"kubernetes.io/bootstrapping": "rbac-defaults"});
    let version = format!("{RBAC}/v1");
    add(
        server,
        CLUSTER_ROLES,
        json!({
            "kind": "ClusterRole", "apiVersion": version,
            "metadata": {"name": name, "labels": labels}, "rules": rules,
        }),
    );
    if holders.is_empty() {
        return;
    }
    let subjects: Vec<Value> = holders
        .iter()
        .map(|(kind, name)| json!({"apiGroup": RBAC, "kind": kind, "name": name}))
        .collect();
    add(
        server,
        CLUSTER_ROLE_BINDINGS,
        json!({
            "kind": "ClusterRoleBinding", "apiVersion": version,
            "metadata": {"name": name, "labels": labels},
            "roleRef": {"apiGroup": RBAC, "kind": "ClusterRole", "name": name},
            "subjects": subjects,
        }),
    );
}

fn add(server: &ApiServer, resource: GroupResource, mut object: Value) {
    let Some(resource) = server.store().registry().get(resource) else {
        return;
    };
    let of = schema::of_kind(resource.group, resource.kind);
    if let Some(of) = of {
        // What a status says belongs to nobody yet.
        let mut nothing = Value::Object(schema::zero(of));
        for field in ["spec", "status"] {
            if let (Value::Object(nothing), Some(value)) = (&mut nothing, object.get(field)) {
                nothing.insert(field.to_owned(), value.clone());
            }
        }
        let api_version = resource.api_version();
        let writer = Writer {
            manager: match resource.id() {
                CONFIG_MAPS => CONTROLLERS,
                _ => SERVER,
            },
            api_version: &api_version,
            subresource: "",
        };
        record_update(Shape::of(of), &nothing, &mut object, &writer);
    }
    let _ = server.store().create(resource.id(), object);
}
