//! The host namespace, one per vCluster: a second syncer in the same namespace would exit.

use crate::{
    config::HostConfig,
    labels::{self, map},
};
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use provisioning::ports::host_clusters::VirtualCluster;

/// Named and annotated as the vcluster command line does. The cluster's id in its labels marks it as ours.
pub(super) fn namespace(cluster: &VirtualCluster, host: &HostConfig) -> Namespace {
    let mut labels = labels::all(cluster);
    labels.extend(map([(
        "pod-security.kubernetes.io/enforce",
        host.pod_security.as_str(),
    )]));
    Namespace {
        metadata: ObjectMeta {
            name: Some(cluster.name.namespace()),
            labels: Some(labels),
            annotations: Some(map([("vcluster.loft.sh/created", "true")])),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    }
}
