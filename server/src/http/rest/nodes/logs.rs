//! Logs of a node as text.

use super::super::{
    Answer,
    extract::ApiQuery,
    path::{JobNumber, PathId},
};
use crate::http::{
    call::Call,
    node_logs::{self, LogRequest},
};
use axum::response::Response;
use domain::{
    ids::NodeId,
    node::log::NodeLog,
    problem::{FieldError, Problem},
};
use serde::Deserialize;
use utoipa::IntoParams;

/// The most lines that `tail` can ask for; without it a log is sent whole.
const MAX_LINES: u32 = 1_000_000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LogQuery {
    /// `true`: keeps the response open until the log ends.
    follow: Option<String>,
    /// Number of lines to send from the end of the log, 1 to 1000000.
    tail: Option<String>,
}

impl LogQuery {
    fn of(&self, log: NodeLog) -> Result<LogRequest, Problem> {
        let mut errors = Vec::new();
        let follow = match self.follow.as_deref() {
            None | Some("" | "false") => false,
            Some("true") => true,
            Some(_) => {
                errors.push(FieldError::new("follow", "Use true or false."));
                false
            }
        };
        let tail = match self.tail.as_deref() {
            None | Some("") => None,
            Some(text) => {
                let lines = text.parse().ok();
                let lines = lines.filter(|lines| (1..=MAX_LINES).contains(lines));
                if lines.is_none() {
                    let rule = format!(
                        "Use a number from 1 to {MAX_LINES}, or omit it for the whole log."
                    );
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

pub async fn provisioning(
    call: Call,
    PathId(id): PathId<NodeId>,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Answer<Response> {
    let request = query.of(NodeLog::Provisioning)?;
    Ok(node_logs::text(call, id, request).await?)
}

pub async fn job(
    call: Call,
    PathId((id, JobNumber(job))): PathId<(NodeId, JobNumber)>,
    ApiQuery(query): ApiQuery<LogQuery>,
) -> Answer<Response> {
    let request = query.of(NodeLog::Job(Some(job)))?;
    Ok(node_logs::text(call, id, request).await?)
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
