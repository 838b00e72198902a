//! Every change is reported, even if watches fail.

use crate::place::{Place, cluster, place, soon, usable};
use domain::{exposure::Exposure, ids::ClusterId};
use futures::{StreamExt, stream::BoxStream};
use k8s_openapi::api::core::v1::{Namespace, Secret};
use kube::{Api, api::DeleteParams};
use provisioning::ports::host_clusters::{HostClusters, NamespaceState, VirtualCluster};

async fn reported(changes: &mut BoxStream<'static, ClusterId>, id: ClusterId) {
    soon(async { while changes.next().await.unwrap() != id {} }).await;
}

/// With another client: the portal's own changes are not reported.
async fn delete_namespace(place: &Place, cluster: &VirtualCluster) {
    let namespaces: Api<Namespace> = Api::all(place.client.clone());
    let name = cluster.name.namespace();
    namespaces
        .delete(&name, &DeleteParams::default())
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_watches_are_resumed() {
    let place = place().await;
    let mut changes = place.hosts.changes();
    let (first, second) = (
        cluster("first", Exposure::PortForward),
        cluster("second", Exposure::PortForward),
    );
    for cluster in [&first, &second] {
        place.hosts.make_namespace(cluster).await.unwrap();
    }
    delete_namespace(&place, &first).await;
    reported(&mut changes, first.id).await;
    place.sandbox.faults().drop_watches();
    delete_namespace(&place, &second).await;
    reported(&mut changes, second.id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_during_an_outage_of_the_host_are_reported_afterwards() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let mut changes = place.hosts.changes();
    reported(&mut changes, cluster.id).await;

    place.hosts.delete(&cluster).await.unwrap();
    place
        .sandbox
        .faults()
        .change(|f| f.kubernetes.unreachable = true);
    // As soon as the watches notice.
    soon(async { while place.hosts.observe(&cluster).await.is_ok() {} }).await;
    place
        .sandbox
        .faults()
        .change(|f| f.kubernetes.unreachable = false);
    soon(async {
        loop {
            let seen = place.hosts.observe(&cluster).await;
            if seen.is_ok_and(|seen| seen.namespace == NamespaceState::Missing) {
                return;
            }
            reported(&mut changes, cluster.id).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_syncers_secret_is_reported_although_it_lacks_our_label() {
    let place = place().await;
    let cluster = cluster("ci", Exposure::PortForward);
    place.make(&cluster).await.unwrap();
    place.until(&cluster, usable).await;
    let mut changes = place.hosts.changes();
    reported(&mut changes, cluster.id).await;
    // Pending changes have been reported once nothing is waiting.
    while futures::poll!(changes.next()).is_ready() {}

    let secrets: Api<Secret> = Api::namespaced(place.client.clone(), &cluster.name.namespace());
    secrets
        .delete("vc-ci", &DeleteParams::default())
        .await
        .unwrap();
    reported(&mut changes, cluster.id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn foreign_objects_are_not_reported() {
    let place = place().await;
    let mut changes = place.hosts.changes();
    let other: Namespace =
        serde_json::from_value(serde_json::json!({"metadata": {"name": "vcluster-other"}}))
            .unwrap();
    let namespaces: Api<Namespace> = Api::all(place.client.clone());
    namespaces
        .create(&Default::default(), &other)
        .await
        .unwrap();
    let ours = cluster("ours", Exposure::PortForward);
    place.hosts.make_namespace(&ours).await.unwrap();
    delete_namespace(&place, &ours).await;
    assert_eq!(soon(changes.next()).await, Some(ours.id));
}
