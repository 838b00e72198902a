//! Objects of others stay untouched, and our own objects are kept as desired.

use crate::place::{cluster, config, place, usable};
use domain::{drift::DriftChange, exposure::Exposure};
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{ConfigMap, LimitRange, Namespace, Service},
};
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use kubernetes::KubernetesHosts;
use provisioning::ports::host_clusters::{
    HostClusters, HostErrorKind, NamespaceState, Observation,
};
use serde_json::json;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_namespace_is_neither_used_nor_reported() {
    let place = place().await;
    let theirs = cluster("ci", Exposure::LoadBalancer);
    place.make(&theirs).await.unwrap();
    place.until(&theirs, usable).await;
    let ours = cluster("ci", Exposure::LoadBalancer);
    assert_ne!(ours.id, theirs.id);

    let made = place.hosts.make_namespace(&ours).await.unwrap_err();
    assert_eq!(made.kind, HostErrorKind::Conflict);
    assert!(made.message.contains("vcluster-ci"), "{}", made.message);
    let applied = place.hosts.apply(&ours).await.unwrap_err();
    assert_eq!(applied.kind, HostErrorKind::Conflict);
    let seen = place.hosts.observe(&ours).await.unwrap();
    assert_eq!(seen.namespace, NamespaceState::Foreign);
    assert!(!seen.kubeconfig && seen.pod.is_none() && seen.endpoint.is_none());
    let kubeconfig = place.hosts.kubeconfig(&ours).await.unwrap_err();
    assert_eq!(kubeconfig.kind, HostErrorKind::Conflict);
    assert!(place.hosts.events(&ours).await.is_err());
    assert!(place.hosts.deletion_preview(&ours).await.is_err());

    place.hosts.delete(&ours).await.unwrap();
    let seen = place.hosts.observe(&theirs).await.unwrap();
    assert_eq!(seen.namespace, NamespaceState::Ours);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_others_change_in_our_objects_is_taken_back() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    let services: Api<Service> = Api::namespaced(place.client.clone(), &cluster.name.namespace());
    let change = json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "ci"},
        "spec": {"selector": {"app": "other"}},
    });
    let by = PatchParams::apply("somebody").force();
    services
        .patch("ci", &by, &Patch::Apply(&change))
        .await
        .unwrap();

    let changed = |seen: &Observation| seen.drift.iter().any(|d| d.object == "Service/ci");
    let seen = place.until(&cluster, changed).await;
    place.hosts.restore(&cluster, &seen.drift).await.unwrap();
    let selector = services
        .get("ci")
        .await
        .unwrap()
        .spec
        .unwrap()
        .selector
        .unwrap();
    assert_eq!(selector["app"], "vcluster");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_service_is_noticed_and_made_again() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::LoadBalancer);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let services: Api<Service> = Api::namespaced(place.client.clone(), &cluster.name.namespace());
    services.delete("ci", &Default::default()).await.unwrap();
    let seen = place.until(&cluster, |seen| !seen.drift.is_empty()).await;
    assert_eq!(seen.endpoint, None);
    assert_eq!(seen.drift[0].change, DriftChange::Missing);
    place.hosts.restore(&cluster, &seen.drift).await.unwrap();
    place.until(&cluster, usable).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_terminating_namespace_reports_what_blocks_it_and_accepts_nothing_new() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    let maps: Api<ConfigMap> = Api::namespaced(place.client.clone(), &cluster.name.namespace());
    let held: ConfigMap = serde_json::from_value(json!({
        "metadata": {"name": "held", "finalizers": ["example.com/hold"]},
    }))
    .unwrap();
    maps.create(&PostParams::default(), &held).await.unwrap();
    place.hosts.delete(&cluster).await.unwrap();
    let held = |state: &NamespaceState| match state {
        NamespaceState::Terminating(held) => held.clone(),
        _ => None,
    };
    let seen = place
        .until(&cluster, |seen| held(&seen.namespace).is_some())
        .await;
    assert!(held(&seen.namespace).unwrap().contains("example.com/hold"));

    for refused in [
        place.hosts.make_namespace(&cluster).await.unwrap_err(),
        place.hosts.apply(&cluster).await.unwrap_err(),
    ] {
        assert_eq!(
            refused.kind,
            HostErrorKind::Terminating,
            "{}",
            refused.message
        );
    }
    let release = json!({"metadata": {"finalizers": null}});
    let by = PatchParams::default();
    maps.patch("held", &by, &Patch::Merge(&release))
        .await
        .unwrap();
    place
        .until(&cluster, |seen| seen.namespace == NamespaceState::Missing)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_changed_any_more_does_not_keep_the_rest_from_changing() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    let mut config = config(&place.sandbox, place.sandbox.host_kubeconfig());
    config.clusters[0].storage_class = Some("fast".into());
    config.clusters[0].registries.ghcr = "mirror.example.com".into();
    let hosts = KubernetesHosts::new(config).await.unwrap();
    assert!(!hosts.observe(&cluster).await.unwrap().objects_current);
    hosts.apply(&cluster).await.unwrap();
    assert!(hosts.observe(&cluster).await.unwrap().objects_current);
    let sets: Api<StatefulSet> = Api::namespaced(place.client.clone(), &cluster.name.namespace());
    let pod = sets
        .get("ci")
        .await
        .unwrap()
        .spec
        .unwrap()
        .template
        .spec
        .unwrap();
    let image = pod.containers[0].image.clone().unwrap();
    assert!(image.starts_with("mirror.example.com/"), "{image}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_are_ours_by_server_side_apply_and_found_by_the_vcluster_command_line() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    let namespace = cluster.name.namespace();
    let ranges: Api<LimitRange> = Api::namespaced(place.client.clone(), &namespace);
    let range = ranges.get("vc-ci").await.unwrap();
    let managers = range.managed_fields();
    assert_eq!(managers.len(), 1, "{managers:?}");
    assert_eq!(managers[0].manager.as_deref(), Some("hangar"));
    assert_eq!(managers[0].operation.as_deref(), Some("Apply"));

    let namespaces: Api<Namespace> = Api::all(place.client.clone());
    let found = namespaces.get(&namespace).await.unwrap();
    assert_eq!(found.annotations()["vcluster.loft.sh/created"], "true");
    let sets: Api<StatefulSet> = Api::namespaced(place.client.clone(), &namespace);
    let set = sets.get("ci").await.unwrap();
    assert_eq!(
        (&*set.labels()["app"], &*set.labels()["release"]),
        ("vcluster", "ci")
    );
    let containers = set.spec.unwrap().template.spec.unwrap().containers;
    assert_eq!(containers[0].name, "syncer");
}
