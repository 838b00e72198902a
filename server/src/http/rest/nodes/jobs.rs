//! `/api/v1/nodes/{id}/jobs`.

use super::{
    super::{
        Answer,
        extract::ApiJson,
        operation::{Operation, delete, get, post, tagged},
        path::{JobNumber, PathId},
        reply::{Empty, List},
    },
    logs,
};
use crate::http::call::Call;
use domain::{
    access::Action::{OperateNode, ReadNode, ReadNodeLogs},
    ids::NodeId,
    node::job::{Job, JobInput},
};

pub fn operations() -> Vec<Operation> {
    tagged(
        "jobs",
        [
            get("/nodes/{id}/jobs", "list_jobs", list)
                .requires(ReadNode)
                .about("Newest first.")
                .fails([409]),
            post("/nodes/{id}/jobs", "submit_job", submit)
                .requires(OperateNode)
                .about(
                    "Queues shell commands on the node. Each request submits one job; it is not \
                     idempotent.",
                )
                .fails([409]),
            delete("/nodes/{id}/jobs/{job}", "cancel_job", cancel)
                .requires(OperateNode)
                .about("Also succeeds for a job that has ended.")
                .fails([409]),
            get("/nodes/{id}/jobs/{job}/logs", "get_job_log", logs::job)
                .requires(ReadNodeLogs)
                .about(
                    "The output of the job. The transfer is aborted if the log cannot be read to \
                     its end; the last line says why.",
                )
                .fails([409, 422])
                .sends_text(&["text/plain"]),
        ],
    )
}

async fn list(call: Call, PathId(id): PathId<NodeId>) -> Answer<List<Job>> {
    Ok(List(call.core().nodes.jobs(&call.caller, id).await?))
}

async fn submit(
    call: Call,
    PathId(id): PathId<NodeId>,
    ApiJson(input): ApiJson<JobInput>,
) -> Answer<Empty<202>> {
    call.core()
        .nodes
        .submit_job(&call.caller, id, input)
        .await?;
    Ok(Empty)
}

async fn cancel(
    call: Call,
    PathId((id, JobNumber(job))): PathId<(NodeId, JobNumber)>,
) -> Answer<Empty<204>> {
    call.core().nodes.cancel_job(&call.caller, id, job).await?;
    Ok(Empty)
}
