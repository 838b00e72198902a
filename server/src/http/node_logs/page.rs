//! What a node's page asks for: logs that go on appearing, and logs as files.

use super::{
    LogRequest, job_number,
    reading::{Piece, Reading},
    text,
};
use crate::{
    http::{
        events,
        identity::SignedIn,
        problem::{self, ApiProblem},
    },
    portal::Portal,
};
use axum::{
    extract::{Path, State},
    response::{Response, sse::Event},
};
use domain::{ids::NodeId, node::log::NodeLog, problem::Problem};
use futures::Stream;
use http::{HeaderMap, HeaderValue, header};
use std::{convert::Infallible, sync::Arc};

type Identity = Result<SignedIn, ApiProblem>;

/// `GET /nodes/{id}/logs/provisioning/stream`: how the node came up, as server-sent events. The data of each is a JSON
/// string of one or more whole lines and its id the number of lines so far, so that a browser that comes again gets
/// what it does not have yet. The last event is `end`, or `problem` with a problem as JSON.
pub async fn provisioning_stream(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    stream(
        &portal,
        SignedIn(caller, signed),
        &id,
        NodeLog::Provisioning,
        &headers,
    )
    .await
}

/// `GET /nodes/{id}/logs/jobs/{job}/stream`: what a job writes, in the same way.
pub async fn job_stream(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path((id, job)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiProblem> {
    let log = NodeLog::Job(Some(job_number(&job)?));
    stream(&portal, SignedIn(caller, signed), &id, log, &headers).await
}

/// `GET /nodes/{id}/logs/provisioning`: how the node came up, as a file.
pub async fn provisioning_file(
    State(portal): State<Arc<Portal>>,
    known: Identity,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    file(&portal, known, &id, NodeLog::Provisioning)
        .await
        .unwrap_or_else(|problem| problem::answer(problem, &headers))
}

/// `GET /nodes/{id}/logs/jobs/{job}`: what a job has written, as a file.
pub async fn job_file(
    State(portal): State<Arc<Portal>>,
    known: Identity,
    Path((id, job)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let answer = match job_number(&job) {
        Ok(job) => file(&portal, known, &id, NodeLog::Job(Some(job))).await,
        Err(problem) => Err(problem),
    };
    answer.unwrap_or_else(|problem| problem::answer(problem, &headers))
}

fn node_id(text: &str) -> Result<NodeId, Problem> {
    text.parse().map_err(|_| Problem::not_found("node"))
}

/// What has been written until now, as a file.
async fn file(
    portal: &Arc<Portal>,
    known: Identity,
    id: &str,
    log: NodeLog,
) -> Result<Response, Problem> {
    let SignedIn(caller, signed) = known.map_err(|refused| refused.0)?;
    let id = node_id(id)?;
    let node = portal.core.nodes.get(&caller, id).await?;
    let wanted = LogRequest {
        log,
        follow: false,
        tail: None,
    };
    let mut response = text(portal, caller, signed, id, wanted).await?;
    // Node names are DNS labels, so the file name needs no quoting rules.
    let disposition = match log {
        NodeLog::Provisioning => format!("attachment; filename=\"{}-provisioning.log\"", node.name),
        NodeLog::Job(Some(job)) => format!("attachment; filename=\"{}-job-{job}.log\"", node.name),
        NodeLog::Job(None) => format!("attachment; filename=\"{}-job.log\"", node.name),
    };
    if let Ok(value) = HeaderValue::from_str(&disposition) {
        response
            .headers_mut()
            .insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// The log from its beginning, or from where this browser was cut off, until its end.
async fn stream(
    portal: &Arc<Portal>,
    SignedIn(caller, signed): SignedIn,
    id: &str,
    log: NodeLog,
    headers: &HeaderMap,
) -> Result<Response, ApiProblem> {
    let id = node_id(id)?;
    let wanted = LogRequest {
        log,
        follow: true,
        tail: None,
    };
    match Reading::start(portal, &caller, signed, id, wanted).await {
        Ok(reading) => Ok(events::answer(told(reading, lines_known(headers)))),
        Err(problem) if matches!(problem.status(), 401 | 403 | 404) => Err(problem.into()),
        // Pages do not get to see the body of a stream that was refused.
        Err(problem) => {
            let event = problem_event(&problem);
            Ok(events::answer(futures::stream::iter([Ok(event)])))
        }
    }
}

/// How many lines the browser says it has.
fn lines_known(headers: &HeaderMap) -> u64 {
    headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.parse().ok())
        .unwrap_or(0)
}

/// How far a page has been told.
struct Telling {
    reading: Reading,
    /// Lines that the page has.
    known: u64,
    over: bool,
}

fn told(reading: Reading, known: u64) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let telling = Telling {
        reading,
        known,
        over: false,
    };
    futures::stream::unfold(telling, |mut telling| async move {
        let event = telling.next().await?;
        Some((Ok(event), telling))
    })
}

impl Telling {
    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            match self.reading.next().await {
                Piece::Lines(lines) if lines.through <= self.known => {}
                Piece::Lines(lines) => {
                    let text = last_lines(&lines.text, lines.through - self.known);
                    self.known = lines.through;
                    let event = Event::default().id(self.known.to_string());
                    return event.json_data(text).ok();
                }
                Piece::Failed(problem) => {
                    self.over = true;
                    return Some(problem_event(&problem));
                }
                Piece::Ended => {
                    self.over = true;
                    // Browsers drop events without data.
                    return Some(Event::default().event("end").data("end"));
                }
                Piece::Cut => self.over = true,
            }
        }
        None
    }
}

/// The last `count` lines; all if there are not so many.
fn last_lines(text: &str, count: u64) -> &str {
    let skipped = (text.lines().count() as u64).saturating_sub(count);
    let skipped = text
        .split_inclusive('\n')
        .take(usize::try_from(skipped).unwrap_or(usize::MAX))
        .map(str::len)
        .sum();
    text.get(skipped..).unwrap_or("")
}

fn problem_event(problem: &Problem) -> Event {
    let event = Event::default().event("problem");
    event.json_data(problem).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_known_are_left_out() {
        for (count, left) in [(0, ""), (1, "c\n"), (3, "a\nb\nc\n"), (9, "a\nb\nc\n")] {
            assert_eq!(last_lines("a\nb\nc\n", count), left, "{count}");
        }
    }

    #[test]
    fn a_last_event_id_that_is_no_number_means_from_the_beginning() {
        let mut headers = HeaderMap::new();
        assert_eq!(lines_known(&headers), 0);
        headers.insert("last-event-id", HeaderValue::from_static("-7 lines"));
        assert_eq!(lines_known(&headers), 0);
        headers.insert("last-event-id", HeaderValue::from_static("12"));
        assert_eq!(lines_known(&headers), 12);
    }
}
