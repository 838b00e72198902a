//! Logs for the page of a node: followed live, and as files.

use super::{
    LogRequest,
    reading::{Piece, Reading},
    text,
};
use crate::http::{
    attachment::attachment,
    call::Call,
    events,
    problem::ApiProblem,
    rest::{JobNumber, PathId},
};
use axum::response::{Response, sse::Event};
use domain::{ids::NodeId, node::log::NodeLog, problem::Problem};
use futures::Stream;
use http::HeaderMap;
use std::convert::Infallible;

type Answer = Result<Response, ApiProblem>;

/// `GET /nodes/{id}/logs/provisioning/stream`: the provisioning log as server-sent events. The data of each is a JSON
/// string of one or more whole lines and its id the number of lines so far, so that a browser that connects again gets
/// only what is new. The last event is `end`, or `problem` with a problem as JSON.
pub async fn provisioning_stream(
    call: Call,
    PathId(id): PathId<NodeId>,
    headers: HeaderMap,
) -> Answer {
    stream(call, id, NodeLog::Provisioning, &headers).await
}

/// `GET /nodes/{id}/logs/jobs/{job}/stream`: the log of a job in the same way.
pub async fn job_stream(
    call: Call,
    PathId((id, JobNumber(job))): PathId<(NodeId, JobNumber)>,
    headers: HeaderMap,
) -> Answer {
    stream(call, id, NodeLog::Job(Some(job)), &headers).await
}

/// `GET /nodes/{id}/logs/provisioning`: the provisioning log as a file.
pub async fn provisioning_file(call: Call, PathId(id): PathId<NodeId>) -> Answer {
    file(call, id, NodeLog::Provisioning, "provisioning").await
}

/// `GET /nodes/{id}/logs/jobs/{job}`: the log of a job as a file.
pub async fn job_file(
    call: Call,
    PathId((id, JobNumber(job))): PathId<(NodeId, JobNumber)>,
) -> Answer {
    file(call, id, NodeLog::Job(Some(job)), &format!("job-{job}")).await
}

/// What has been written so far, as a file.
async fn file(call: Call, id: NodeId, log: NodeLog, name: &str) -> Answer {
    let node = call.core().nodes.get(&call.caller, id).await?;
    let request = LogRequest {
        log,
        follow: false,
        tail: None,
    };
    let text = text(call, id, request).await?;
    let file_name = format!("{}-{name}.log", node.name);
    Ok(attachment(text, "text/plain; charset=utf-8", &file_name))
}

/// The log from its beginning, or from where this browser was cut off, until its end.
async fn stream(call: Call, id: NodeId, log: NodeLog, headers: &HeaderMap) -> Answer {
    let request = LogRequest {
        log,
        follow: true,
        tail: None,
    };
    match Reading::start(&call.portal, &call.caller, call.signed, id, request).await {
        Ok(reading) => Ok(events::response(log_events(reading, lines_sent(headers)))),
        Err(problem) if matches!(problem.status(), 401 | 403 | 404) => Err(problem.into()),
        // Pages cannot read the body of a stream that was refused.
        Err(problem) => {
            let event = problem_event(&problem);
            Ok(events::response(futures::stream::iter([Ok(event)])))
        }
    }
}

/// The number of lines that the browser has received.
fn lines_sent(headers: &HeaderMap) -> u64 {
    headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .and_then(|id| id.parse().ok())
        .unwrap_or(0)
}

struct LogEvents {
    reading: Reading,
    /// Number of lines that the page has.
    sent: u64,
    over: bool,
}

fn log_events(reading: Reading, sent: u64) -> impl Stream<Item = Result<Event, Infallible>> + Send {
    let log = LogEvents {
        reading,
        sent,
        over: false,
    };
    futures::stream::unfold(log, |mut log| async move {
        let event = log.next().await?;
        Some((Ok(event), log))
    })
}

impl LogEvents {
    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            match self.reading.next().await {
                Piece::Lines(lines) if lines.through <= self.sent => {}
                Piece::Lines(lines) => {
                    let text = last_lines(&lines.text, lines.through - self.sent);
                    self.sent = lines.through;
                    let event = Event::default().id(self.sent.to_string());
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
    use http::HeaderValue;

    #[test]
    fn lines_that_were_sent_are_left_out() {
        for (count, left) in [(0, ""), (1, "c\n"), (3, "a\nb\nc\n"), (9, "a\nb\nc\n")] {
            assert_eq!(last_lines("a\nb\nc\n", count), left, "{count}");
        }
    }

    #[test]
    fn a_last_event_id_that_is_no_number_means_from_the_beginning() {
        let mut headers = HeaderMap::new();
        assert_eq!(lines_sent(&headers), 0);
        headers.insert("last-event-id", HeaderValue::from_static("-7 lines"));
        assert_eq!(lines_sent(&headers), 0);
        headers.insert("last-event-id", HeaderValue::from_static("12"));
        assert_eq!(lines_sent(&headers), 12);
    }
}
