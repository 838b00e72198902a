//! Labels and annotations of vClusters: vCluster's own, so that its command line finds them, and ours, so that the
//! portal finds them after a restart.

use provisioning::ports::host_clusters::VirtualCluster;
use std::collections::BTreeMap;

/// The field manager of all objects that the portal applies.
pub(crate) const FIELD_MANAGER: &str = "hangar";

/// Label: the id of the cluster an object belongs to.
pub(crate) const CLUSTER_ID: &str = "hangar.dev/cluster-id";
/// Label: the tenant's slug.
pub(crate) const TENANT: &str = "hangar.dev/tenant";
/// Label: the environment's slug.
pub(crate) const ENVIRONMENT: &str = "hangar.dev/environment";
/// Annotation of the StatefulSet: a digest of all desired objects at the time of applying.
pub(crate) const OBJECTS: &str = "hangar.dev/objects";
/// Annotation of the StatefulSet: the node addresses in its certificate.
pub(crate) const ADDRESSES: &str = "hangar.dev/addresses";
/// Annotations of a paused StatefulSet, as the vcluster command line sets and reads them.
pub(crate) const PAUSED: &str = "loft.sh/paused";
pub(crate) const PAUSED_REPLICAS: &str = "loft.sh/paused-replicas";
pub(crate) const PAUSED_DATE: &str = "loft.sh/paused-date";
/// Annotation of a StatefulSet that the portal paused.
pub(crate) const PAUSED_BY_PORTAL: &str = "hangar.dev/paused";
/// Label with which the platform team exempts an object of its own from the search for openings.
pub(crate) const IGNORED: &str = "hangar.dev/ignore-drift";
/// Label that the syncer sets on objects of the vCluster's users.
pub(crate) const SYNCED_BY: &str = "vcluster.loft.sh/managed-by";
/// Label of a synced object: its namespace inside the vCluster.
pub(crate) const SYNCED_NAMESPACE: &str = "vcluster.loft.sh/namespace";
/// Annotation of a synced object: its name inside the vCluster.
pub(crate) const SYNCED_NAME: &str = "vcluster.loft.sh/object-name";
/// The version of the chart that our objects correspond to.
pub(crate) const CHART: &str = "vcluster-0.36.1";

/// The selector of the control plane's pods.
pub(crate) fn selector(name: &str) -> BTreeMap<String, String> {
    map([("app", "vcluster"), ("release", name)])
}

/// The labels of every object of a cluster.
pub(crate) fn all(cluster: &VirtualCluster) -> BTreeMap<String, String> {
    let mut labels = selector(cluster.name.as_str());
    labels.extend(map([
        ("chart", CHART),
        ("heritage", "Helm"),
        ("app.kubernetes.io/managed-by", FIELD_MANAGER),
        (CLUSTER_ID, &cluster.id.to_string()),
        (TENANT, &cluster.tenant),
        (ENVIRONMENT, &cluster.environment),
    ]));
    labels
}

/// A short notation for string maps.
pub(crate) fn map<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
