//! Jobs of a node.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::node_id;
use crate::{
    http::{
        identity::SignedIn,
        node_logs::job_number,
        problem::ProblemDocument,
        rest::{Answer, extract::ApiJson},
    },
    portal::Portal,
};
use axum::{
    Json,
    extract::{Path, State},
};
use domain::{
    ids::NodeId,
    node::job::{Job, JobInput},
};
use http::StatusCode;
use std::sync::Arc;

/// List the jobs of a node
///
/// Newest first.
#[utoipa::path(get, path = "/nodes/{id}/jobs", operation_id = "list_jobs", tag = "jobs", params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 200, description = "The jobs", body = Vec<Job>),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such node, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The node is not up", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn list(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
) -> Answer<Json<Vec<Job>>> {
    Ok(Json(portal.core.nodes.jobs(&caller, node_id(&id)?).await?))
}

/// Submit a job
///
/// Puts shell commands into the node's queue. Not to be repeated blindly: each request is a job.
#[utoipa::path(post, path = "/nodes/{id}/jobs", operation_id = "submit_job", tag = "jobs", request_body = JobInput, params(("id" = NodeId, Path, description = "The node's id")), responses(
    (status = 202, description = "In the queue"),
    (status = 400, description = "Not readable", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not submit jobs", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such node, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The node is not up", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "Fields break rules", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn submit(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path(id): Path<String>,
    ApiJson(input): ApiJson<JobInput>,
) -> Answer<StatusCode> {
    let id = node_id(&id)?;
    portal.core.nodes.submit_job(&caller, id, input).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Cancel a job
#[utoipa::path(delete, path = "/nodes/{id}/jobs/{job}", operation_id = "cancel_job", tag = "jobs", params(
    ("id" = NodeId, Path, description = "The node's id"),
    ("job" = u64, Path, description = "The job's number on the node"),
), responses(
    (status = 204, description = "Cancelled, or over already"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 403, description = "You may not cancel jobs", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such node or job, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The node is not up", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn cancel(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, _): SignedIn,
    Path((id, job)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let (id, job) = (node_id(&id)?, job_number(&job)?);
    portal.core.nodes.cancel_job(&caller, id, job).await?;
    Ok(StatusCode::NO_CONTENT)
}
