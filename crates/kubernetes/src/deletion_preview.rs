//! Lists what a vCluster's deletion would delete: everything in its namespace, including objects of its users.

use crate::{
    host::{Host, Object},
    labels,
};
use domain::cluster::DeletionPreview;
use k8s_openapi::{
    NamespaceResourceScope,
    api::{
        apps::v1::StatefulSet,
        core::v1::{ConfigMap, PersistentVolumeClaim, Pod, Secret, Service},
    },
};
use kube::{Resource, ResourceExt, core::PartialObjectMeta};
use provisioning::ports::host_clusters::{Hosted, VirtualCluster};

/// The number of names per kind.
const MOST_NAMES: usize = 10;

/// The objects in the namespace; empty if there is no namespace.
pub(crate) async fn deletion_preview(
    host: &Host,
    cluster: &VirtualCluster,
) -> Hosted<Vec<DeletionPreview>> {
    host.own_namespace(cluster).await?;
    let namespace = cluster.name.namespace();
    // For most kinds the names are enough, and the content of Secrets must not be transferred.
    let (stateful_sets, pods, claims, services, secrets, config_maps) = tokio::try_join!(
        names::<StatefulSet>(host, &namespace),
        names::<Pod>(host, &namespace),
        host.list::<PersistentVolumeClaim>(&namespace, ""),
        names::<Service>(host, &namespace),
        names::<Secret>(host, &namespace),
        names::<ConfigMap>(host, &namespace),
    )?;
    let claims = claims.iter().map(claim).collect();
    // Every namespace has this object by default.
    let config_maps = config_maps
        .into_iter()
        .filter(|name| name != "kube-root-ca.crt")
        .collect();
    Ok([
        ("Namespace", vec![namespace]),
        ("StatefulSet", stateful_sets),
        ("Pod", pods),
        ("PersistentVolumeClaim", claims),
        ("Service", services),
        ("Secret", secrets),
        ("ConfigMap", config_maps),
    ]
    .into_iter()
    .filter(|(_, names): &(_, Vec<String>)| !names.is_empty())
    .map(|(kind, names)| DeletionPreview {
        kind: kind.into(),
        count: names.len(),
        names: names.into_iter().take(MOST_NAMES).collect(),
    })
    .collect())
}

async fn names<K>(host: &Host, namespace: &str) -> Hosted<Vec<String>>
where
    K: Object + Resource<Scope = NamespaceResourceScope> + 'static,
{
    let found = host.list_metadata::<K>(namespace, "").await?;
    Ok(found.iter().map(name).collect())
}

/// The name that users know: inside the vCluster for objects that they created there.
fn name<K: Resource<DynamicType = ()>>(object: &PartialObjectMeta<K>) -> String {
    let inside = object.annotations().get(labels::SYNCED_NAME);
    let namespace = object.labels().get(labels::SYNCED_NAMESPACE);
    match (namespace, inside) {
        (Some(namespace), Some(name)) => format!("{namespace}/{name}"),
        _ => object.name_any(),
    }
}

fn claim(claim: &PersistentVolumeClaim) -> String {
    let given = claim
        .status
        .as_ref()
        .and_then(|status| status.capacity.as_ref());
    let wanted = claim
        .spec
        .as_ref()
        .and_then(|spec| spec.resources.as_ref()?.requests.as_ref());
    let size = given.or(wanted).and_then(|sizes| sizes.get("storage"));
    let name = claim.name_any();
    size.map_or_else(|| name.clone(), |size| format!("{name} ({})", size.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_claim_is_told_with_its_size() {
        let claimed = json!({"metadata": {"name": "data-ci-0"}, "spec": {"resources": {"requests": {"storage": "5Gi"}}}});
        let mut found: PersistentVolumeClaim = serde_json::from_value(claimed).unwrap();
        assert_eq!(claim(&found), "data-ci-0 (5Gi)");
        found.spec = None;
        assert_eq!(claim(&found), "data-ci-0");
    }

    #[test]
    fn what_people_made_is_told_by_the_name_they_gave_it() {
        let synced: PartialObjectMeta<Pod> = serde_json::from_value(json!({"metadata": {
            "name": "web-0-x-default-x-ci",
            "labels": {"vcluster.loft.sh/namespace": "default"},
            "annotations": {"vcluster.loft.sh/object-name": "web-0"},
        }}))
        .unwrap();
        assert_eq!(name(&synced), "default/web-0");
    }
}
