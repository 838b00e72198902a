//! `/api/v1/host-clusters` and `/api/v1/plans`.

use super::{
    Answer,
    operation::{Operation, get, post, tagged},
    path::{HostClusterName, PathId},
    reply::List,
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::PlatformAction::ManageHosts,
    platform::{HostCheck, HostCluster, PlanUse},
};

pub fn operations() -> Vec<Operation> {
    tagged(
        "platform",
        [
            get("/host-clusters", "list_host_clusters", host_clusters)
                .requires(ManageHosts)
                .about("The configured host clusters with the virtual clusters on them."),
            post(
                "/host-clusters/{name}/check",
                "check_host_cluster",
                check_host,
            )
            .requires(ManageHosts)
            .about(
                "Checks the portal's own permissions on the host cluster, like `hangar \
                     check`. Missing permissions are part of the result, not an error.",
            ),
            get("/plans", "list_plans", plans)
                .requires(ManageHosts)
                .about(
                    "The configured plans, and plans that clusters still have, with the number \
                     of clusters. Prices are in millionths of a US dollar.",
                ),
        ],
    )
}

async fn host_clusters(call: Call) -> Answer<List<HostCluster>> {
    Ok(List(
        call.core().platform.host_clusters(&call.caller).await?,
    ))
}

async fn check_host(
    call: Call,
    PathId(HostClusterName(name)): PathId<HostClusterName>,
) -> Answer<Json<HostCheck>> {
    Ok(Json(
        call.core().platform.check_host(&call.caller, &name).await?,
    ))
}

async fn plans(call: Call) -> Answer<List<PlanUse>> {
    Ok(List(call.core().platform.plans(&call.caller).await?))
}
