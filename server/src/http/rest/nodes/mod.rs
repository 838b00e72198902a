//! `/api/v1/nodes`.

mod jobs;
mod logs;
mod ssh;

use super::{
    Answer, collection,
    extract::{ApiJson, ApiQuery},
    operation::{Operation, get, post, put, tagged},
    path::PathId,
    reply::Accepted,
};
use crate::http::call::Call;
use axum::Json;
use domain::{
    access::Action::{ConnectNode, OperateNode, ReadNodeLogs},
    ids::NodeId,
    node::{
        catalogue::{OfferPage, OfferQueryInput},
        order::{AutostopInput, NodeOrderInput, Quote},
        view::Node,
    },
    problem::Problem,
};

pub fn operations() -> Vec<Operation> {
    let mut operations = tagged("nodes", collection::operations::<Node>());
    operations.extend(tagged(
        "nodes",
        [
            get("/nodes/catalogue", "list_offers", catalogue)
                .about(
                    "Accelerators with memory, count, cloud, region and prices, limited to the \
                     clouds of the caller's tenants; cheapest first by default. Prices are in \
                     millionths of a US dollar, as of `read_at`.",
                )
                .fails([422]),
            post("/nodes/quote", "quote_node", quote).about(
                "Price, matching machines and SkyPilot task of a request for a node. \
                     `errors` says why the request would be refused. Nothing is created.",
            ),
            post("/nodes/{id}/stop", "stop_node", stop)
                .requires(OperateNode)
                .about(
                    "Stops the machine and keeps its disk. The response is sent as soon as the \
                     request is stored. The node is `stopping` until it is `stopped`.",
                )
                .fails([409]),
            post("/nodes/{id}/start", "start_node", start)
                .requires(OperateNode)
                .about(
                    "Starts a stopped node. The response is sent as soon as the request is \
                     stored. The node is `starting` until it is `ready`.",
                )
                .fails([409]),
            put("/nodes/{id}/autostop", "set_node_autostop", set_autostop)
                .requires(OperateNode)
                .about(
                    "Sets when an idle node stops or is deleted. An empty object turns this off.",
                )
                .fails([409]),
            get("/nodes/{id}/ssh", "get_node_ssh_access", ssh::access)
                .requires(ConnectNode)
                .about(
                    "The SSH key is read from the SkyPilot API server for each request, and the \
                     request is audited. It gives full control over the machine.",
                )
                .fails([409])
                .sends_json::<ssh::Ssh>(),
            get(
                "/nodes/{id}/logs/provisioning",
                "get_provisioning_log",
                logs::provisioning,
            )
            .requires(ReadNodeLogs)
            .about(
                "SkyPilot's output of the launch or start. The transfer is aborted if the \
                     log cannot be read to its end; the last line says why.",
            )
            .fails([409, 422])
            .sends_text(&["text/plain"]),
        ],
    ));
    operations.extend(jobs::operations());
    operations
}

async fn catalogue(
    call: Call,
    ApiQuery(query): ApiQuery<OfferQueryInput>,
) -> Answer<Json<OfferPage>> {
    let query = query.validate().map_err(Problem::invalid)?;
    Ok(Json(
        call.core().nodes.catalogue(&call.caller, query).await?,
    ))
}

async fn quote(call: Call, ApiJson(input): ApiJson<NodeOrderInput>) -> Answer<Json<Quote>> {
    Ok(Json(call.core().nodes.quote(&call.caller, input).await?))
}

async fn stop(call: Call, PathId(id): PathId<NodeId>) -> Answer<Accepted<Node>> {
    Ok(Accepted(call.core().nodes.stop(&call.caller, id).await?))
}

async fn start(call: Call, PathId(id): PathId<NodeId>) -> Answer<Accepted<Node>> {
    Ok(Accepted(call.core().nodes.start(&call.caller, id).await?))
}

async fn set_autostop(
    call: Call,
    PathId(id): PathId<NodeId>,
    ApiJson(input): ApiJson<AutostopInput>,
) -> Answer<Json<Node>> {
    let nodes = &call.core().nodes;
    Ok(Json(nodes.set_autostop(&call.caller, id, input).await?))
}
