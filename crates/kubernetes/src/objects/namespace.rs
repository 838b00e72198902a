//! The host namespace. One vCluster each: a second syncer in a namespace ends itself.

use crate::{
    config::HostConfig,
    labels::{self, map},
};
use k8s_openapi::{api::core::v1::Namespace, apimachinery::pkg::apis::meta::v1::ObjectMeta};
use provisioning::ports::host_clusters::VirtualCluster;

/// The namespace, named and annotated as the vcluster command line does it. The cluster's id in
/// its labels is what makes it ours.
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
