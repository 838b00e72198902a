//! The control plane: one pod with the syncer and the Kubernetes binaries, and a volume with its embedded database.

use super::{metadata, service_accounts, services, values};
use crate::{
    config::HostConfig,
    labels::{self, map},
};
use k8s_openapi::{
    api::{
        apps::v1::{StatefulSet, StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec},
        core::v1::{
            Container, EmptyDirVolumeSource, EnvVar, EnvVarSource, HTTPGetAction,
            ObjectFieldSelector, PersistentVolumeClaim, PersistentVolumeClaimSpec, PodSpec,
            PodTemplateSpec, Probe, ResourceRequirements, SecretVolumeSource, SecurityContext,
            Volume, VolumeMount, VolumeResourceRequirements,
        },
    },
    apimachinery::pkg::{
        api::resource::Quantity,
        apis::meta::v1::{LabelSelector, ObjectMeta},
        util::intstr::IntOrString,
    },
};
use provisioning::ports::host_clusters::VirtualCluster;
use std::collections::BTreeMap;

const VCLUSTER_VERSION: &str = "0.36.1";

/// The embedded database allows one replica.
pub(super) const REPLICAS: i32 = 1;

/// The size of the volume with the embedded database.
pub(super) const DATA_GIB: u64 = 5;

/// The StatefulSet. A new `config_digest` restarts the pod, because the syncer reads its configuration only at
/// startup.
pub(super) fn stateful_set(
    cluster: &VirtualCluster,
    host: &HostConfig,
    config_digest: &str,
) -> StatefulSet {
    let name = cluster.name.as_str();
    let mut pod_labels = labels::selector(name);
    pod_labels.extend(map([(labels::CLUSTER_ID, &cluster.id.to_string())]));
    StatefulSet {
        metadata: metadata(cluster, name),
        spec: Some(StatefulSetSpec {
            replicas: Some(match cluster.paused_at {
                Some(_) => 0,
                None => REPLICAS,
            }),
            selector: LabelSelector {
                match_labels: Some(labels::selector(name)),
                ..LabelSelector::default()
            },
            service_name: Some(services::headless_name(cluster)),
            pod_management_policy: Some("Parallel".into()),
            persistent_volume_claim_retention_policy: Some(
                StatefulSetPersistentVolumeClaimRetentionPolicy {
                    when_deleted: Some("Retain".into()),
                    when_scaled: Some("Retain".into()),
                },
            ),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(pod_labels),
                    annotations: Some(map([("vClusterConfigHash", config_digest)])),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod(cluster, host)),
            },
            volume_claim_templates: Some(vec![data(host)]),
            ..StatefulSetSpec::default()
        }),
        ..StatefulSet::default()
    }
}

fn pod(cluster: &VirtualCluster, host: &HostConfig) -> PodSpec {
    let mut volumes: Vec<_> = ["helm-cache", "binaries", "tmp", "certs"]
        .map(|name| Volume {
            name: name.into(),
            empty_dir: Some(EmptyDirVolumeSource::default()),
            ..Volume::default()
        })
        .into();
    volumes.push(Volume {
        name: "vcluster-config".into(),
        secret: Some(SecretVolumeSource {
            secret_name: Some(values::secret_name(cluster)),
            ..SecretVolumeSource::default()
        }),
        ..Volume::default()
    });
    PodSpec {
        service_account_name: Some(service_accounts::control_plane(cluster)),
        termination_grace_period_seconds: Some(15),
        init_containers: Some(vec![binaries(cluster, host)]),
        containers: vec![syncer(cluster, host)],
        volumes: Some(volumes),
        ..PodSpec::default()
    }
}

/// An init container that copies the Kubernetes binaries of the chosen version to the syncer's path.
fn binaries(cluster: &VirtualCluster, host: &HostConfig) -> Container {
    let (registry, version) = (&host.registries.ghcr, cluster.kubernetes_version);
    Container {
        name: "kubernetes".into(),
        image: Some(format!("{registry}/loft-sh/kubernetes:{version}")),
        command: Some(vec!["cp".into()]),
        args: Some(vec![
            "-r".into(),
            "/kubernetes/.".into(),
            "/binaries/".into(),
        ]),
        volume_mounts: Some(vec![mount("binaries", "/binaries")]),
        resources: Some(ResourceRequirements {
            requests: Some(quantities([("cpu", "40m"), ("memory", "64Mi")])),
            limits: Some(quantities([("cpu", "100m"), ("memory", "256Mi")])),
            ..ResourceRequirements::default()
        }),
        ..Container::default()
    }
}

fn syncer(cluster: &VirtualCluster, host: &HostConfig) -> Container {
    let name = cluster.name.as_str();
    let registry = &host.registries.ghcr;
    let field = |name: &str, path: &str| EnvVar {
        name: name.into(),
        value_from: Some(EnvVarSource {
            field_ref: Some(ObjectFieldSelector {
                api_version: Some("v1".into()),
                field_path: path.into(),
            }),
            ..EnvVarSource::default()
        }),
        value: None,
    };
    let text = |name: &str, value: &str| EnvVar {
        name: name.into(),
        value: Some(value.into()),
        value_from: None,
    };
    Container {
        name: "syncer".into(),
        image: Some(format!(
            "{registry}/loft-sh/vcluster-oss:{VCLUSTER_VERSION}"
        )),
        env: Some(vec![
            text("VCLUSTER_NAME", name),
            text("LOFT_LOG_ENCODING", "console"),
            field("POD_NAME", "metadata.name"),
            field("POD_IP", "status.podIP"),
            field("NODE_NAME", "spec.nodeName"),
            field("NODE_IP", "status.hostIP"),
        ]),
        volume_mounts: Some(vec![
            mount("data", "/data"),
            mount("binaries", "/binaries"),
            mount("certs", "/pki"),
            mount("helm-cache", "/.cache/helm"),
            mount("vcluster-config", "/var/lib/vcluster"),
            mount("tmp", "/tmp"),
        ]),
        resources: Some(ResourceRequirements {
            requests: Some(quantities([
                ("cpu", "200m"),
                ("memory", "256Mi"),
                ("ephemeral-storage", "1Gi"),
            ])),
            // Without its own CPU limit it would get the small default for workloads.
            limits: Some(quantities([
                ("cpu", "2"),
                ("memory", "4Gi"),
                ("ephemeral-storage", "10Gi"),
            ])),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            run_as_user: Some(0),
            run_as_group: Some(0),
            ..SecurityContext::default()
        }),
        liveness_probe: Some(probe("/healthz", 2, 60, Some(60))),
        readiness_probe: Some(probe("/readyz", 2, 60, None)),
        startup_probe: Some(probe("/readyz", 6, 300, None)),
        ..Container::default()
    }
}

fn probe(path: &str, period: i32, failures: i32, delay: Option<i32>) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.into()),
            port: IntOrString::Int(8443),
            scheme: Some("HTTPS".into()),
            ..HTTPGetAction::default()
        }),
        timeout_seconds: Some(3),
        period_seconds: Some(period),
        failure_threshold: Some(failures),
        initial_delay_seconds: delay,
        ..Probe::default()
    }
}

fn data(host: &HostConfig) -> PersistentVolumeClaim {
    PersistentVolumeClaim {
        metadata: ObjectMeta {
            name: Some("data".into()),
            ..ObjectMeta::default()
        },
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: Some(vec!["ReadWriteOnce".into()]),
            storage_class_name: host.storage_class.clone(),
            resources: Some(VolumeResourceRequirements {
                requests: Some(quantities([("storage", &format!("{DATA_GIB}Gi"))])),
                limits: None,
            }),
            ..PersistentVolumeClaimSpec::default()
        }),
        status: None,
    }
}

fn mount(name: &str, path: &str) -> VolumeMount {
    VolumeMount {
        name: name.into(),
        mount_path: path.into(),
        ..VolumeMount::default()
    }
}

fn quantities<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, Quantity> {
    pairs
        .into_iter()
        .map(|(name, value)| (name.to_owned(), Quantity(value.to_owned())))
        .collect()
}
