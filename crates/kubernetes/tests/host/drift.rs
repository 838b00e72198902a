//! What people change on the host, as with `kubectl edit` and `kubectl delete`.

use crate::place::{Place, cluster, place, usable};
use domain::{
    drift::{Drift, DriftChange},
    exposure::Exposure,
};
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{LimitRange, Namespace, ResourceQuota, Secret, Service, ServiceAccount},
    networking::v1::NetworkPolicy,
    rbac::v1::{Role, RoleBinding},
};
use kube::{
    Api, Resource,
    api::{DeleteParams, Patch, PatchParams, PostParams},
};
use provisioning::ports::host_clusters::{HostClusters, Stopped, VirtualCluster};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

async fn running() -> (Place, VirtualCluster) {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    (place, cluster)
}

fn api<K>(place: &Place) -> Api<K>
where
    K: Resource<DynamicType = (), Scope = k8s_openapi::NamespaceResourceScope>,
{
    Api::namespaced(place.client.clone(), "vcluster-ci")
}

async fn edit<K>(api: Api<K>, name: &str, change: Value)
where
    K: Clone + std::fmt::Debug + DeserializeOwned,
{
    let by = PatchParams {
        field_manager: Some("kubectl-edit".into()),
        ..PatchParams::default()
    };
    api.patch(name, &by, &Patch::Merge(&change)).await.unwrap();
}

async fn delete<K>(api: Api<K>, name: &str)
where
    K: Clone + std::fmt::Debug + DeserializeOwned,
{
    api.delete(name, &DeleteParams::default()).await.unwrap();
}

/// Waits until exactly this is found, puts it right, and finds the cluster as before.
async fn found(
    place: &Place,
    cluster: &VirtualCluster,
    object: &str,
    change: DriftChange,
) -> Drift {
    let differs = |drift: &[Drift]| {
        drift
            .iter()
            .any(|d| d.object == object && d.change == change)
    };
    let seen = place.until(cluster, |seen| differs(&seen.drift)).await;
    assert_eq!(seen.drift.len(), 1, "{:?}", seen.drift);
    place.hosts.restore(cluster, &seen.drift).await.unwrap();
    place.until(cluster, usable).await;
    seen.drift.into_iter().next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_opened_isolation_is_found_and_closed() {
    let (place, cluster) = running().await;
    let changed = DriftChange::Changed;
    let namespaces: Api<Namespace> = Api::all(place.client.clone());
    for (label, value) in [("enforce", "privileged"), ("enforce-version", "v1.20")] {
        let label = format!("pod-security.kubernetes.io/{label}");
        let change = json!({"metadata": {"labels": {label: value}}});
        edit(namespaces.clone(), "vcluster-ci", change).await;
        let drift = found(&place, &cluster, "Namespace/vcluster-ci", changed).await;
        assert!(drift.isolation);
    }

    let quota = json!({"spec": {"hard": {"requests.cpu": "1000"}}});
    edit(api::<ResourceQuota>(&place), "vc-ci", quota).await;
    let drift = found(&place, &cluster, "ResourceQuota/vc-ci", changed).await;
    assert_eq!(drift.fields, ["spec.hard.requests.cpu"]);

    let egress = json!({"spec": {"egress": [{}]}});
    edit(api::<NetworkPolicy>(&place), "vc-work-ci", egress).await;
    found(&place, &cluster, "NetworkPolicy/vc-work-ci", changed).await;

    let rules = json!({"rules": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]});
    edit(api::<Role>(&place), "vc-ci", rules).await;
    found(&place, &cluster, "Role/vc-ci", changed).await;

    let everybody = json!({"kind": "Group", "name": "system:authenticated", "apiGroup": "rbac.authorization.k8s.io"});
    edit(
        api::<RoleBinding>(&place),
        "vc-ci",
        json!({"subjects": [everybody]}),
    )
    .await;
    found(&place, &cluster, "RoleBinding/vc-ci", changed).await;

    let role = json!({"metadata": {"annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/a"}}});
    edit(api::<ServiceAccount>(&place), "vc-ci", role).await;
    found(&place, &cluster, "ServiceAccount/vc-ci", changed).await;

    let config = json!({"data": {"config.yaml": "e30="}});
    edit(api::<Secret>(&place), "vc-config-ci", config).await;
    found(&place, &cluster, "Secret/vc-config-ci", changed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_deleted_object_is_found_and_made_again() {
    let (place, cluster) = running().await;
    let missing = DriftChange::Missing;
    delete(api::<LimitRange>(&place), "vc-ci").await;
    found(&place, &cluster, "LimitRange/vc-ci", missing).await;
    delete(api::<ResourceQuota>(&place), "vc-ci").await;
    found(&place, &cluster, "ResourceQuota/vc-ci", missing).await;
    for name in ["vc-cp-ci", "vc-work-ci"] {
        delete(api::<NetworkPolicy>(&place), name).await;
        let object = format!("NetworkPolicy/{name}");
        assert!(found(&place, &cluster, &object, missing).await.isolation);
    }
    delete(api::<Role>(&place), "vc-ci").await;
    found(&place, &cluster, "Role/vc-ci", missing).await;
    delete(api::<RoleBinding>(&place), "vc-ci").await;
    found(&place, &cluster, "RoleBinding/vc-ci", missing).await;
    delete(api::<Service>(&place), "ci-headless").await;
    let service = found(&place, &cluster, "Service/ci-headless", missing).await;
    assert!(!service.isolation);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_binding_to_another_role_is_replaced() {
    let (place, cluster) = running().await;
    delete(api::<RoleBinding>(&place), "vc-ci").await;
    let subject = json!({"kind": "ServiceAccount", "name": "vc-ci", "namespace": "vcluster-ci"});
    let binding = json!({
        "metadata": {"name": "vc-ci", "labels": {"hangar.dev/cluster-id": cluster.id.to_string()}},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [subject],
    });
    let binding: RoleBinding = serde_json::from_value(binding).unwrap();
    api(&place)
        .create(&PostParams::default(), &binding)
        .await
        .unwrap();
    let drift = found(&place, &cluster, "RoleBinding/vc-ci", DriftChange::Changed).await;
    assert!(
        drift.fields.contains(&"roleRef.name".to_owned()),
        "{drift:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_add_to_open_the_namespace_is_removed() {
    let (place, cluster) = running().await;
    let policy = json!({
        "metadata": {"name": "allow-all"},
        "spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": [{}]},
    });
    let policy: NetworkPolicy = serde_json::from_value(policy).unwrap();
    let policies = api::<NetworkPolicy>(&place);
    policies
        .create(&PostParams::default(), &policy)
        .await
        .unwrap();
    let added = DriftChange::Added;
    assert!(
        found(&place, &cluster, "NetworkPolicy/allow-all", added)
            .await
            .isolation
    );
    assert!(policies.get_opt("allow-all").await.unwrap().is_none());

    let binding = json!({
        "metadata": {"name": "more"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"kind": "ServiceAccount", "name": "default", "namespace": "vcluster-ci"}],
    });
    let binding: RoleBinding = serde_json::from_value(binding).unwrap();
    api(&place)
        .create(&PostParams::default(), &binding)
        .await
        .unwrap();
    found(&place, &cluster, "RoleBinding/more", added).await;

    // What the platform team exempts, and what opens nothing, stays.
    let mut exempt = policy.clone();
    exempt.metadata.name = Some("monitoring".into());
    exempt.metadata.labels = Some([("hangar.dev/ignore-drift".into(), "true".into())].into());
    let mut closing = policy;
    closing.metadata.name = Some("deny-all".into());
    closing.spec.as_mut().unwrap().egress = None;
    for policy in [exempt, closing] {
        policies
            .create(&PostParams::default(), &policy)
            .await
            .unwrap();
    }
    delete(api::<LimitRange>(&place), "vc-ci").await;
    found(&place, &cluster, "LimitRange/vc-ci", DriftChange::Missing).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_image_and_a_scale_to_zero_are_found_and_restored_on_request() {
    let (place, cluster) = running().await;
    let sets = api::<StatefulSet>(&place);
    let mut pod = json!(
        sets.get("ci")
            .await
            .unwrap()
            .spec
            .unwrap()
            .template
            .spec
            .unwrap()
    );
    pod["containers"][0]["image"] = json!("evil.example.com/syncer:1");
    let change = json!({"spec": {"template": {"spec": {"containers": pod["containers"]}}}});
    edit(sets.clone(), "ci", change).await;
    let drift = found(&place, &cluster, "StatefulSet/ci", DriftChange::Changed).await;
    assert!(!drift.isolation);
    assert_eq!(drift.fields, ["spec.template.spec.containers[0].image"]);

    edit(sets, "ci", json!({"spec": {"replicas": 0}})).await;
    let seen = place.until(&cluster, |seen| seen.stopped.is_some()).await;
    assert_eq!(seen.stopped, Some(Stopped::ScaledToZero));
    found(&place, &cluster, "StatefulSet/ci", DriftChange::Changed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_nothing_that_matters_is_not_found() {
    let (place, cluster) = running().await;
    let quota =
        json!({"spec": {"hard": {"count/pods": "23000m"}}, "metadata": {"labels": {"team": "a"}}});
    let wanted = api::<ResourceQuota>(&place).get("vc-ci").await.unwrap();
    assert_eq!(wanted.spec.unwrap().hard.unwrap()["count/pods"].0, "23");
    edit(api::<ResourceQuota>(&place), "vc-ci", quota).await;
    let restarted = json!({"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}});
    edit(api::<StatefulSet>(&place), "ci", restarted).await;
    // The change after them is found, and nothing else.
    delete(api::<LimitRange>(&place), "vc-ci").await;
    found(&place, &cluster, "LimitRange/vc-ci", DriftChange::Missing).await;
}
