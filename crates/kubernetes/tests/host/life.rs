//! The life of a vCluster from creation to deletion.

use crate::place::{client, cluster, place, usable};
use domain::exposure::Exposure;
use k8s_openapi::{
    NamespaceResourceScope,
    api::{
        apps::v1::StatefulSet,
        core::v1::{ConfigMap, LimitRange, Namespace, Pod, ResourceQuota, Secret, Service},
        networking::v1::NetworkPolicy,
        rbac::v1::{Role, RoleBinding},
    },
};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{ListParams, Patch, PatchParams, PostParams},
    core::PartialObjectMeta,
};
use provisioning::ports::host_clusters::{
    HostClusters, HostErrorKind, NamespaceState, Stopped, Workloads,
};
use secrecy::ExposeSecret;
use serde_json::json;
use std::collections::HashSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vcluster_comes_up_and_its_kubeconfig_works() {
    let place = place().await;
    let cluster = cluster("payments-ci", Exposure::LoadBalancer);
    let seen = place.hosts.observe(&cluster).await.unwrap();
    assert_eq!(seen.namespace, NamespaceState::Missing);
    let early = place.hosts.kubeconfig(&cluster).await.unwrap_err();
    assert_eq!(early.kind, HostErrorKind::NamespaceMissing);

    let made = place.make(&cluster).await.unwrap();
    let seen = place.until(&cluster, usable).await;
    assert_eq!(seen.object_count, made);
    assert_eq!(seen.trouble, None);
    let pod = seen.pod.unwrap();
    assert!(
        pod.ready && pod.images_pulled && pod.node.is_some(),
        "{pod:?}"
    );

    let text = place.hosts.kubeconfig(&cluster).await.unwrap();
    assert!(text.expose_secret().contains(&seen.endpoint.unwrap()));
    let inside = client(text.expose_secret()).await;
    let namespaces: Api<Namespace> = Api::all(inside);
    let names = namespaces.list(&ListParams::default()).await.unwrap();
    assert!(names.iter().any(|found| found.name_any() == "kube-system"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applying_again_changes_nothing() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let namespace = cluster.name.namespace();
    let before = versions(&place.client, &namespace).await;
    place.hosts.make_namespace(&cluster).await.unwrap();
    place.hosts.apply(&cluster).await.unwrap();
    assert_eq!(versions(&place.client, &namespace).await, before);
}

async fn versions(client: &Client, namespace: &str) -> Vec<String> {
    [
        versions_of::<LimitRange>(client, namespace).await,
        versions_of::<NetworkPolicy>(client, namespace).await,
        versions_of::<Role>(client, namespace).await,
        versions_of::<RoleBinding>(client, namespace).await,
        versions_of::<Service>(client, namespace).await,
        versions_of::<Secret>(client, namespace).await,
        versions_of::<StatefulSet>(client, namespace).await,
    ]
    .concat()
}

async fn versions_of<K>(client: &Client, namespace: &str) -> Vec<String>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope> + 'static,
    K: Clone + std::fmt::Debug + serde::de::DeserializeOwned,
{
    let api: Api<PartialObjectMeta<K>> = Api::namespaced(client.clone(), namespace);
    let found = api.list(&ListParams::default()).await.unwrap();
    let version = |object: &PartialObjectMeta<K>| {
        format!("{} {:?}", object.name_any(), object.resource_version())
    };
    found.iter().map(version).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_wish_is_noticed_and_applied() {
    let place = place().await;
    let mut cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;

    cluster.plan.memory_mib *= 2;
    let seen = place.hosts.observe(&cluster).await.unwrap();
    assert!(!seen.objects_current);
    place.hosts.apply(&cluster).await.unwrap();
    assert!(place.hosts.observe(&cluster).await.unwrap().objects_current);
    let quotas: Api<ResourceQuota> =
        Api::namespaced(place.client.clone(), &cluster.name.namespace());
    let quota = quotas.get("vc-ci").await.unwrap();
    assert_eq!(
        quota.spec.unwrap().hard.unwrap()["requests.memory"].0,
        "8704Mi"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleting_leaves_nothing_and_may_be_repeated() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;

    let deletion_preview = place.hosts.deletion_preview(&cluster).await.unwrap();
    let names = |kind: &str| {
        let found = deletion_preview.iter().find(|found| found.kind == kind);
        found.map(|found| found.names.clone()).unwrap_or_default()
    };
    assert_eq!(names("Namespace"), ["vcluster-ci"]);
    assert_eq!(names("PersistentVolumeClaim"), ["data-ci-0 (5Gi)"]);
    assert!(names("Pod").contains(&"ci-0".to_owned()));
    assert!(names("Secret").contains(&"vc-ci".to_owned()));

    place.hosts.delete(&cluster).await.unwrap();
    place.hosts.delete(&cluster).await.unwrap();
    place
        .until(&cluster, |seen| seen.namespace == NamespaceState::Missing)
        .await;
    place.hosts.delete(&cluster).await.unwrap();
    let gone = place.hosts.deletion_preview(&cluster).await.unwrap_err();
    assert_eq!(gone.kind, HostErrorKind::NamespaceMissing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_name_their_objects_and_have_ids() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let found = place.hosts.events(&cluster).await.unwrap();
    assert!(!found.truncated);
    let events = &found.events;
    assert!(
        events.iter().any(|(_, event)| event.object == "Pod/ci-0"),
        "{events:?}"
    );
    let ids: HashSet<_> = events.iter().map(|(key, _)| key.id).collect();
    assert_eq!(ids.len(), events.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_by_the_vcluster_command_line_is_not_undone() {
    let place = place().await;
    let mut cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;

    let namespace = cluster.name.namespace();
    let sets: Api<StatefulSet> = Api::namespaced(place.client.clone(), &namespace);
    let pause = json!({
        "metadata": {"annotations": {"loft.sh/paused": "true", "loft.sh/paused-replicas": "1"}},
        "spec": {"replicas": 0},
    });
    let by = PatchParams {
        field_manager: Some("vcluster".into()),
        ..PatchParams::default()
    };
    sets.patch("ci", &by, &Patch::Merge(&pause)).await.unwrap();
    place.until(&cluster, |seen| seen.pod.is_none()).await;

    cluster.plan.pods += 1;
    place.hosts.apply(&cluster).await.unwrap();
    let found = sets.get("ci").await.unwrap();
    assert_eq!(found.spec.unwrap().replicas, Some(0));
    let seen = place.hosts.observe(&cluster).await.unwrap();
    assert!(seen.objects_current && !seen.replicas_ready);
    assert_eq!(
        (seen.trouble, seen.stopped),
        (None, Some(Stopped::PausedOnHost))
    );

    // It is resumed when a user asks for it.
    place.hosts.restore(&cluster, &seen.drift).await.unwrap();
    let seen = place.until(&cluster, usable).await;
    assert_eq!((seen.stopped, seen.drift), (None, vec![]));
    let found = sets.get("ci").await.unwrap();
    assert!(!found.annotations().contains_key("loft.sh/paused-replicas"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_cluster_has_no_pods_and_looks_paused_to_the_vcluster_command_line() {
    let place = place().await;
    let mut cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let namespace = cluster.name.namespace();
    let pods: Api<Pod> = Api::namespaced(place.client.clone(), &namespace);
    let synced: Pod = serde_json::from_value(json!({
        "metadata": {"name": "web-x-shop-x-ci", "labels": {"vcluster.loft.sh/managed-by": "ci"}},
        "spec": {"containers": [{"name": "web", "image": "nginx"}]},
    }))
    .unwrap();
    pods.create(&PostParams::default(), &synced).await.unwrap();

    cluster.paused_at = Some("2026-12-01T18:00:00Z".parse().unwrap());
    let seen = place.hosts.observe(&cluster).await.unwrap();
    assert!(!seen.objects_current);
    place.hosts.apply(&cluster).await.unwrap();
    let seen = place.until(&cluster, |seen| seen.replicas_gone).await;
    assert_eq!(seen.stopped, Some(Stopped::Paused));
    // With CoreDNS.
    assert_eq!((seen.workloads.running, seen.drift), (2, vec![]));
    place.hosts.stop_workloads(&cluster).await.unwrap();
    place
        .until(&cluster, |seen| seen.workloads == Workloads::default())
        .await;
    let sets: Api<StatefulSet> = Api::namespaced(place.client.clone(), &namespace);
    let found = sets.get("ci").await.unwrap();
    for (name, value) in [
        ("loft.sh/paused", "true"),
        ("loft.sh/paused-replicas", "1"),
        ("loft.sh/paused-date", "2026-12-01T18:00:00Z"),
    ] {
        assert_eq!(
            found.annotations().get(name).map(String::as_str),
            Some(value)
        );
    }

    cluster.paused_at = None;
    place.hosts.apply(&cluster).await.unwrap();
    let seen = place.until(&cluster, usable).await;
    assert_eq!((seen.stopped, seen.drift), (None, vec![]));
    let found = sets.get("ci").await.unwrap();
    let left = found
        .annotations()
        .keys()
        .filter(|name| name.contains("paused"));
    assert_eq!(left.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_tenant_makes_inside_dies_under_the_name_they_gave_it() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let synced: ConfigMap = serde_json::from_value(json!({"metadata": {
        "name": "settings-x-shop-x-ci",
        "labels": {"vcluster.loft.sh/managed-by": "ci", "vcluster.loft.sh/namespace": "shop"},
        "annotations": {"vcluster.loft.sh/object-name": "settings"},
    }}))
    .unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(place.client.clone(), &cluster.name.namespace());
    maps.create(&Default::default(), &synced).await.unwrap();
    let deletion_preview = place.hosts.deletion_preview(&cluster).await.unwrap();
    let maps = deletion_preview
        .iter()
        .find(|found| found.kind == "ConfigMap")
        .unwrap();
    assert_eq!(maps.names, ["shop/settings"]);
}
