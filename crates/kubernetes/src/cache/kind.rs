//! The kinds of objects that are watched, and what is kept of them.

use crate::{errors::LONGEST, labels};
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{Event, LimitRange, Namespace, Pod, ResourceQuota, Secret, Service, ServiceAccount},
    networking::v1::{Ingress, NetworkPolicy},
    rbac::v1::{Role, RoleBinding},
};
use kube::core::ApiResource;
use serde_json::{Map, Value};

/// What the namespaces of vClusters begin with.
const NAMESPACES: &str = "vcluster-";

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Namespace,
    LimitRange,
    ResourceQuota,
    NetworkPolicy,
    ServiceAccount,
    Role,
    RoleBinding,
    Secret,
    Service,
    Ingress,
    StatefulSet,
    Pod,
    /// The Secret with the kubeconfig, which the syncer writes: only its metadata.
    Kubeconfig,
    Event,
}

impl Kind {
    pub const ALL: [Self; 14] = [
        Self::Namespace,
        Self::LimitRange,
        Self::ResourceQuota,
        Self::NetworkPolicy,
        Self::ServiceAccount,
        Self::Role,
        Self::RoleBinding,
        Self::Secret,
        Self::Service,
        Self::Ingress,
        Self::StatefulSet,
        Self::Pod,
        Self::Kubeconfig,
        Self::Event,
    ];

    pub fn resource(self) -> ApiResource {
        match self {
            Self::Namespace => ApiResource::erase::<Namespace>(&()),
            Self::LimitRange => ApiResource::erase::<LimitRange>(&()),
            Self::ResourceQuota => ApiResource::erase::<ResourceQuota>(&()),
            Self::NetworkPolicy => ApiResource::erase::<NetworkPolicy>(&()),
            Self::ServiceAccount => ApiResource::erase::<ServiceAccount>(&()),
            Self::Role => ApiResource::erase::<Role>(&()),
            Self::RoleBinding => ApiResource::erase::<RoleBinding>(&()),
            Self::Secret | Self::Kubeconfig => ApiResource::erase::<Secret>(&()),
            Self::Service => ApiResource::erase::<Service>(&()),
            Self::Ingress => ApiResource::erase::<Ingress>(&()),
            Self::StatefulSet => ApiResource::erase::<StatefulSet>(&()),
            Self::Pod => ApiResource::erase::<Pod>(&()),
            Self::Event => ApiResource::erase::<Event>(&()),
        }
    }

    /// The labels to watch for. Policies and bindings that others add carry none of ours, and events carry none.
    pub fn selector(self) -> Option<&'static str> {
        match self {
            Self::NetworkPolicy | Self::RoleBinding | Self::Event => None,
            Self::Kubeconfig => Some("app=vcluster,vcluster-name"),
            _ => Some(labels::CLUSTER_ID),
        }
    }

    /// Whether objects of this kind keep a cluster and its neighbours apart.
    pub fn isolates(self) -> bool {
        matches!(
            self,
            Self::Namespace
                | Self::LimitRange
                | Self::ResourceQuota
                | Self::NetworkPolicy
                | Self::ServiceAccount
                | Self::Role
                | Self::RoleBinding
                | Self::Secret
        )
    }

    /// What is kept of an object; nothing if it is about no vCluster.
    pub fn keep(self, mut object: Value) -> Option<Value> {
        let metadata = object.get_mut("metadata")?.as_object_mut()?;
        let namespace = if self == Self::Namespace {
            metadata.get("name")
        } else {
            metadata.get("namespace")
        };
        let cluster = namespace?.as_str()?.strip_prefix(NAMESPACES)?.to_owned();
        metadata.retain(|field, _| {
            matches!(
                field.as_str(),
                "name"
                    | "namespace"
                    | "labels"
                    | "annotations"
                    | "uid"
                    | "generation"
                    | "creationTimestamp"
                    | "deletionTimestamp"
            )
        });
        if let Some(annotations) = metadata.get_mut("annotations") {
            remove(
                annotations,
                &["kubectl.kubernetes.io/last-applied-configuration"],
            );
        }
        match self {
            Self::Pod => only(
                &mut object,
                &[
                    (
                        "spec",
                        &["nodeName", "initContainers", "containers", "volumes"],
                    ),
                    (
                        "status",
                        &[
                            "phase",
                            "reason",
                            "message",
                            "conditions",
                            "initContainerStatuses",
                            "containerStatuses",
                        ],
                    ),
                ],
            ),
            Self::Event => return event(object, &cluster),
            Self::ServiceAccount => remove(&mut object, &["secrets", "imagePullSecrets"]),
            Self::Namespace | Self::StatefulSet | Self::Service => {}
            _ => remove(&mut object, &["status"]),
        }
        Some(object)
    }
}

/// Only events about what a control plane is made of: workloads cause thousands of others.
fn event(mut object: Value, cluster: &str) -> Option<Value> {
    let about = object.get("involvedObject")?;
    let name = about.get("name")?.as_str()?;
    let ours = match about.get("kind")?.as_str()? {
        "StatefulSet" | "Service" => name == cluster,
        "Pod" => name.strip_suffix("-0") == Some(cluster),
        "PersistentVolumeClaim" => {
            name.strip_prefix("data-")
                .and_then(|name| name.strip_suffix("-0"))
                == Some(cluster)
        }
        _ => false,
    };
    if !ours {
        return None;
    }
    remove(
        &mut object,
        &[
            "source",
            "reportingComponent",
            "reportingInstance",
            "related",
            "action",
        ],
    );
    if let Some(Value::String(message)) = object.get_mut("message")
        && let Some((end, _)) = message.char_indices().nth(LONGEST)
    {
        message.truncate(end);
    }
    Some(object)
}

fn remove(object: &mut Value, fields: &[&str]) {
    if let Some(object) = object.as_object_mut() {
        object.retain(|field, _| !fields.contains(&field.as_str()));
    }
}

/// Keeps only these parts beside the metadata. Of containers only name and image are kept.
fn only(object: &mut Value, parts: &[(&str, &[&str])]) {
    let Some(object) = object.as_object_mut() else {
        return;
    };
    object.retain(|part, value| {
        let kept = parts.iter().find(|(kept, _)| kept == part);
        if let (Some((_, fields)), Some(value)) = (kept, value.as_object_mut()) {
            value.retain(|field, value| {
                if field == "initContainers" || field == "containers" {
                    value.as_array_mut().into_iter().flatten().for_each(bare);
                }
                fields.contains(&field.as_str())
            });
        }
        kept.is_some() || part == "metadata"
    });
}

fn bare(container: &mut Value) {
    let taken = container.as_object_mut().map(std::mem::take);
    let kept: Map<String, Value> = taken
        .into_iter()
        .flatten()
        .filter(|(field, _)| field == "name" || field == "image")
        .collect();
    *container = Value::Object(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn in_namespace(namespace: &str) -> Value {
        json!({"name": "a", "namespace": namespace, "managedFields": [{}], "resourceVersion": "7"})
    }

    #[test]
    fn only_what_is_in_the_namespace_of_a_vcluster_is_kept() {
        let policy = |namespace: &str| json!({"metadata": in_namespace(namespace), "spec": {}});
        assert_eq!(Kind::NetworkPolicy.keep(policy("kube-system")), None);
        let kept = Kind::NetworkPolicy.keep(policy("vcluster-ci")).unwrap();
        assert_eq!(
            kept,
            json!({"metadata": {"name": "a", "namespace": "vcluster-ci"}, "spec": {}})
        );
    }

    #[test]
    fn a_status_is_kept_only_where_it_is_read() {
        let with_status = json!({
            "metadata": in_namespace("vcluster-ci"), "spec": {"a": 1}, "status": {"used": 1},
        });
        for (kind, kept) in [
            (Kind::ResourceQuota, false),
            (Kind::Ingress, false),
            (Kind::Service, true),
            (Kind::StatefulSet, true),
        ] {
            let object = kind.keep(with_status.clone()).unwrap();
            assert_eq!(object.get("status").is_some(), kept, "{kind:?}");
        }
    }

    #[test]
    fn a_pod_keeps_its_state_and_nothing_of_its_containers_but_their_images() {
        let pod = json!({
            "metadata": in_namespace("vcluster-ci"),
            "spec": {
                "nodeName": "n", "hostNetwork": false,
                "containers": [{"name": "syncer", "image": "i", "env": [{"name": "A"}]}],
            },
            "status": {"phase": "Running", "podIP": "10.0.0.1"},
        });
        let kept = Kind::Pod.keep(pod).unwrap();
        assert_eq!(
            kept["spec"],
            json!({"nodeName": "n", "containers": [{"name": "syncer", "image": "i"}]})
        );
        assert_eq!(kept["status"], json!({"phase": "Running"}));
    }

    #[test]
    fn events_of_workloads_are_not_kept() {
        let event = |kind: &str, name: &str| {
            Kind::Event.keep(json!({
                "metadata": in_namespace("vcluster-ci"),
                "involvedObject": {"kind": kind, "name": name},
                "message": "x".repeat(LONGEST + 9),
            }))
        };
        for (kind, name) in [
            ("Pod", "ci-0"),
            ("StatefulSet", "ci"),
            ("Service", "ci"),
            ("PersistentVolumeClaim", "data-ci-0"),
        ] {
            let kept = event(kind, name).unwrap();
            assert_eq!(kept["message"].as_str().unwrap().len(), LONGEST, "{kind}");
        }
        for (kind, name) in [
            ("Pod", "web-0-x-default-x-ci"),
            ("Pod", "ci-1"),
            ("PersistentVolumeClaim", "data-web-0"),
            ("Job", "ci"),
        ] {
            assert_eq!(event(kind, name), None, "{kind}/{name}");
        }
    }
}
