//! `/api/v1/clusters` and what a request for a cluster can contain.

use super::{
    Answer, collection,
    operation::{Operation, get, post, tagged},
    path::PathId,
    reply::Accepted,
};
use crate::http::{call::Call, kubeconfig};
use axum::Json;
use domain::{access::Action, cluster::Cluster, ids::ClusterId, order::OrderOptions};

pub fn operations() -> Vec<Operation> {
    let mut operations = tagged("clusters", collection::operations::<Cluster>());
    operations.extend(tagged(
        "clusters",
        [
            get(
                "/clusters/{id}/kubeconfig",
                "get_kubeconfig",
                kubeconfig::download,
            )
            .requires(Action::ReadKubeconfig)
            .about(
                "The kubeconfig is read from the cluster for each request, and the request \
                     is audited. It gives full control over the cluster.",
            )
            .fails([409])
            .sends_yaml(),
            post("/clusters/{id}/restore", "restore_cluster", restore)
                .requires(Action::RestoreCluster)
                .about(
                    "Puts objects right that others changed on the host cluster, and resumes a \
                     cluster that was paused or scaled to 0 there. The response is sent as soon \
                     as the request is stored; `operation` has the progress.",
                )
                .fails([409]),
            get("/order-options", "get_order_options", order_options).about(
                "Tenants, plans, Kubernetes versions and exposures that `create_cluster` \
                     accepts.",
            ),
        ],
    ));
    operations
}

async fn restore(call: Call, PathId(id): PathId<ClusterId>) -> Answer<Accepted<Cluster>> {
    let clusters = &call.core().clusters;
    Ok(Accepted(clusters.restore(&call.caller, id).await?))
}

async fn order_options(call: Call) -> Answer<Json<OrderOptions>> {
    Ok(Json(
        call.core().clusters.create_options(&call.caller).await?,
    ))
}
