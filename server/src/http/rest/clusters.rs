//! `/api/v1/clusters` and what a request for a cluster can contain.

use super::{
    Answer, collection,
    extract::ApiJson,
    operation::{Operation, get, post, put, tagged},
    path::PathId,
    reply::Accepted,
};
use crate::http::{call::Call, kubeconfig};
use axum::Json;
use domain::{
    access::Action, cluster::Cluster, ids::ClusterId, order::OrderOptions, schedule::ScheduleInput,
};

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
                .requires(Action::OperateCluster)
                .about(
                    "Puts objects right that others changed on the host cluster, and starts a \
                     cluster that was scaled to 0 there. The response is sent as soon \
                     as the request is stored; `operation` has the progress.",
                )
                .fails([409]),
            post("/clusters/{id}/pause", "pause_cluster", pause)
                .requires(Action::OperateCluster)
                .about(
                    "Stops the control plane and all pods of the cluster. Its data, address and \
                     kubeconfig stay. The response is sent as soon as the request is stored; \
                     `operation` has the progress.",
                )
                .fails([409]),
            post("/clusters/{id}/resume", "resume_cluster", resume)
                .requires(Action::OperateCluster)
                .about(
                    "Starts a paused cluster again, if the limits of its environment allow its \
                     price. The response is sent as soon as the request is stored; `operation` has \
                     the progress.",
                )
                .fails([409]),
            put(
                "/clusters/{id}/schedule",
                "set_cluster_schedule",
                set_schedule,
            )
            .requires(Action::OperateCluster)
            .about(
                "Sets when the cluster is paused and resumed by itself, by the clock of a time \
                     zone. Without any time there is no schedule. A cluster that a user pauses or \
                     resumes stays so until the next time of the schedule.",
            )
            .fails([409, 422]),
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

async fn pause(call: Call, PathId(id): PathId<ClusterId>) -> Answer<Accepted<Cluster>> {
    let clusters = &call.core().clusters;
    Ok(Accepted(clusters.pause(&call.caller, id).await?))
}

async fn resume(call: Call, PathId(id): PathId<ClusterId>) -> Answer<Accepted<Cluster>> {
    let clusters = &call.core().clusters;
    Ok(Accepted(clusters.resume(&call.caller, id).await?))
}

async fn set_schedule(
    call: Call,
    PathId(id): PathId<ClusterId>,
    ApiJson(input): ApiJson<ScheduleInput>,
) -> Answer<Json<Cluster>> {
    let clusters = &call.core().clusters;
    let cluster = clusters.set_schedule(&call.caller, id, &input).await?;
    Ok(Json(cluster))
}

async fn order_options(call: Call) -> Answer<Json<OrderOptions>> {
    Ok(Json(
        call.core().clusters.create_options(&call.caller).await?,
    ))
}
