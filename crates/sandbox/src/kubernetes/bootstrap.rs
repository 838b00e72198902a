//! What every cluster has from its first moment: namespaces, the roles that the API itself needs, the
//! service of the API.

use serde_json::{Value, json};

use super::apply::managers::{Writer, record_update};
use super::object;
use super::resources::{self, CONFIG_MAPS};
use super::schema;
use super::server::ApiServer;

const SERVER: &str = "kube-apiserver";
const CONTROLLERS: &str = "kube-controller-manager";

/// Without the namespaces and what each of them gets.
const OBJECTS: &str = include_str!("bootstrap.yaml");

pub(super) fn fill(server: &ApiServer) {
    for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
        let namespace = json!({
            "kind": "Namespace", "apiVersion": "v1",
            "metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}},
            "spec": {"finalizers": ["kubernetes"]},
            "status": {"phase": "Active"},
        });
        add(server, namespace);
        furnish(server, name);
    }
    let objects: Vec<Value> = serde_norway::from_str(OBJECTS).unwrap_or_default();
    for object in objects {
        add(server, object);
    }
}

/// What a new namespace gets: the cluster's certificate and a service account.
pub(super) fn furnish(server: &ApiServer, namespace: &str) {
    add(
        server,
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
        json!({
            "kind": "ServiceAccount", "apiVersion": "v1",
            "metadata": {"name": "default", "namespace": namespace},
        }),
    );
}

fn add(server: &ApiServer, mut object: Value) {
    let kind = resources::of_kind(object::api_version(&object), object::kind(&object));
    let Some(resource) = kind else {
        return;
    };
    // No manager owns the status yet.
    let mut nothing = schema::zero_of_kind(resource.group, resource.kind);
    for field in ["spec", "status"] {
        if let Some(value) = object.get(field) {
            nothing[field] = value.clone();
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
    record_update(&nothing, &mut object, &writer);
    let _ = server.store().create(resource.id(), object);
}
