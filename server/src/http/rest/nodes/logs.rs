//! Logs of a node as text.
#![allow(
    unused_qualifications,
    reason = "the macro that describes handlers names their parameters by full paths"
)]

use super::node_id;
use crate::{
    http::{
        identity::SignedIn,
        node_logs::{self, LogRequest, job_number},
        problem::ProblemDocument,
        rest::{Answer, extract::ApiQuery},
    },
    portal::Portal,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use domain::{
    ids::NodeId,
    node::log::NodeLog,
    problem::{FieldError, Problem},
};
use serde::Deserialize;
use std::sync::Arc;
use utoipa::IntoParams;

/// The most lines that `tail` asks for; without it a log comes whole.
const MOST_LINES: u32 = 1_000_000;

/// How much of a log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// `true`: stay until the log ends.
    follow: Option<String>,
    /// Only the last so many lines, from 1.
    tail: Option<String>,
}

impl LogQuery {
    fn of(&self, log: NodeLog) -> Result<LogRequest, Problem> {
        let mut errors = Vec::new();
        let follow = match self.follow.as_deref() {
            None | Some("" | "false") => false,
            Some("true") => true,
            Some(_) => {
                errors.push(FieldError::new("follow", "Say true or false."));
                false
            }
        };
        let tail = match self.tail.as_deref() {
            None | Some("") => None,
            Some(text) => {
                let lines = text.parse().ok();
                let lines = lines.filter(|lines| (1..=MOST_LINES).contains(lines));
                if lines.is_none() {
                    let rule = format!("Ask for 1 to {MOST_LINES} lines, or leave it out for all.");
                    errors.push(FieldError::new("tail", rule));
                }
                lines
            }
        };
        if errors.is_empty() {
            Ok(LogRequest { log, follow, tail })
        } else {
            Err(Problem::invalid(errors))
        }
    }
}

/// Read how a node came up
///
/// What SkyPilot wrote while it launched or started the machine. A log that is cut off ends in the middle of the
/// transfer, after a line that says why.
#[utoipa::path(get, path = "/nodes/{id}/logs/provisioning", operation_id = "read_provisioning_log", tag = "nodes", params(("id" = NodeId, Path, description = "The node's id"), LogQuery), responses(
    (status = 200, description = "The log", body = String, content_type = "text/plain"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is none, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "There is no log yet", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer, or too many streams are open", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn provisioning(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path(id): Path<String>,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Answer<Response> {
    let id = node_id(&id)?;
    let wanted = query.of(NodeLog::Provisioning)?;
    Ok(node_logs::text(&portal, caller, signed, id, wanted).await?)
}

/// Read what a job wrote
///
/// A log that is cut off ends in the middle of the transfer, after a line that says why.
#[utoipa::path(get, path = "/nodes/{id}/jobs/{job}/logs", operation_id = "read_job_log", tag = "jobs", params(
    ("id" = NodeId, Path, description = "The node's id"),
    ("job" = u64, Path, description = "The job's number on the node"),
    LogQuery,
), responses(
    (status = 200, description = "The log", body = String, content_type = "text/plain"),
    (status = 401, description = "No valid token", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 404, description = "There is no such node or job, or you have no access", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 409, description = "The node is not up", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 422, description = "A parameter breaks a rule", body = ProblemDocument, content_type = "application/problem+json"),
    (status = 503, description = "The SkyPilot API server does not answer, or too many streams are open", body = ProblemDocument, content_type = "application/problem+json"),
))]
pub async fn job(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path((id, job)): Path<(String, String)>,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Answer<Response> {
    let (id, job) = (node_id(&id)?, job_number(&job)?);
    let wanted = query.of(NodeLog::Job(Some(job)))?;
    Ok(node_logs::text(&portal, caller, signed, id, wanted).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(follow: &str, tail: &str) -> Result<LogRequest, Problem> {
        let query = LogQuery {
            follow: Some(follow.into()),
            tail: Some(tail.into()),
        };
        query.of(NodeLog::Provisioning)
    }

    #[test]
    fn parameters_that_break_rules_are_named_all_at_once() {
        for tail in ["0", "-1", "1e3", "99999999999999999999"] {
            let problem = query("perhaps", tail).unwrap_err();
            assert!(problem.field("follow").is_some());
            assert!(problem.field("tail").is_some(), "{tail}");
        }
        let wanted = query("true", "5").unwrap();
        assert!(wanted.follow);
        assert_eq!(wanted.tail, Some(5));
        let wanted = query("", "").unwrap();
        assert!(!wanted.follow);
        assert_eq!(wanted.tail, None);
    }
}
