//! Requests: work that the server does asynchronously until the result is fetched.

use super::{
    Acting, Answer, ErrorKind, Identity, LogLength, LogStream, RequestId, RequestList,
    RequestRecord, RequestState, SkyPilot, SkyPilotError, call::Call, error::Exception, fields,
    foreign, parsed, transport::Answered,
};
use reqwest::header::{DATE, HeaderMap};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// Only the response to a submitting call contains the request's id; in others this header is their own id.
const REQUEST_ID: &str = "X-Skypilot-Request-ID";

/// Status queries are requests too, and the server keeps them for a day.
const MOST_REQUESTS: u32 = 1000;

/// A request's result from `/api/get`. Its `entrypoint`, `request_body` and `error.object` are pickles.
#[derive(Debug, Deserialize)]
struct Payload {
    status: RequestState,
    #[serde(default)]
    return_value: String,
    #[serde(default)]
    error: String,
}

impl SkyPilot {
    /// Submits a call.
    pub(super) async fn submit(&self, acting: Acting<'_>, call: &Call) -> Answer<RequestId> {
        let answered = self.transport.send(acting.identity, call).await?;
        if answered.status != 200 {
            return Err(rejection(call.tried, &answered));
        }
        request_id(&answered.headers)
            .ok_or_else(|| {
                SkyPilotError::new(
                    ErrorKind::Server,
                    format!(
                        "The SkyPilot API server was asked to {} and returned no request id. Check its URL, and \
                         whether a proxy removes headers.",
                        call.tried
                    ),
                )
            })
    }

    /// Submits a short call and fetches its result. Once more if it was cancelled: SkyPilot 0.14.1 cancels every other
    /// request about a machine while it stops or deletes it (`kill_cluster_requests`), reads too.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        acting: Acting<'_>,
        call: &Call,
    ) -> Answer<T> {
        let once = async || {
            let id = self.submit(acting, call).await?;
            let limit = self.transport.timeouts.result;
            self.outcome(acting.identity, &id, call.tried, limit).await
        };
        match once().await {
            Err(error) if error.kind == ErrorKind::Cancelled => once().await,
            other => other,
        }
    }

    /// Waits up to `limit` for a request to complete, and returns its result. Fails with [`ErrorKind::StillRunning`]
    /// if it has not completed by then, [`ErrorKind::RequestLost`] if the server does not know it,
    /// [`ErrorKind::Cancelled`] if it was cancelled, and with the request's own error if it failed.
    ///
    /// The identity must be the one that submitted it: requests of others look unknown.
    pub async fn result<T: DeserializeOwned>(
        &self,
        identity: &Identity,
        id: &RequestId,
        limit: Duration,
    ) -> Answer<T> {
        self.outcome(identity, id, "finish the request", limit)
            .await
    }

    pub(super) async fn outcome<T: DeserializeOwned>(
        &self,
        identity: &Identity,
        id: &RequestId,
        tried: &'static str,
        limit: Duration,
    ) -> Answer<T> {
        let call = Call::get("api/get", tried)
            .query("request_id", id.to_string())
            .within(limit);
        let end = Instant::now() + limit;
        let answered = loop {
            let sent = self.transport.send(identity, &call);
            match tokio::time::timeout_at(end, sent).await {
                Err(_) => return Err(still_running(tried, limit)),
                Ok(Err(error)) if Instant::now() >= end => {
                    return Err(still_running(tried, limit).caused_by(error));
                }
                // Gateways time out earlier than a launch completes.
                Ok(Ok(answered)) if answered.status == 504 => {
                    tokio::time::sleep(self.transport.timeouts.first_retry).await;
                }
                Ok(other) => break other?,
            }
        };
        finished(tried, id, &answered)
    }

    /// The state of a request. Fails with [`ErrorKind::RequestLost`] if the server does not know it.
    pub async fn request(&self, identity: &Identity, id: &RequestId) -> Answer<RequestRecord> {
        let tried = "return the state of a request";
        let call = Call::get("api/status", tried).query("request_ids", id.to_string());
        let records: Vec<RequestRecord> = self.answer(identity, &call).await?;
        let found = records.into_iter().find(|record| record.request_id == *id);
        found.ok_or_else(|| lost(tried, id))
    }

    /// The latest 1000 requests about a cluster, newest first; `finished` includes completed ones. After an unclear
    /// launch this shows whether the server has accepted it.
    pub async fn requests_about(
        &self,
        identity: &Identity,
        cluster_name: &str,
        finished: bool,
    ) -> Answer<RequestList> {
        let mut call = Call::get("api/status", "list a machine's requests")
            .query("cluster_name", cluster_name)
            .query("all_status", finished.to_string())
            .query("limit", MOST_REQUESTS.to_string());
        for field in [
            "request_id",
            "name",
            "status",
            "cluster_name",
            "status_msg",
            "created_at",
            "finished_at",
        ] {
            call = call.query("fields", field);
        }
        let answered = self.transport.send(identity, &call).await?;
        if answered.status != 200 {
            return Err(rejection(call.tried, &answered));
        }
        let date = answered.headers.get(DATE);
        Ok(RequestList {
            requests: parsed(call.tried, &answered)?,
            server_time: date.and_then(|date| fields::http_date(date.to_str().ok()?)),
        })
    }

    /// Cancels requests, and returns those that were open. A cancelled launch leaves its cluster in
    /// [`Init`](super::ClusterState::Init) with the machine running: delete it.
    pub async fn cancel_requests(
        &self,
        acting: Acting<'_>,
        ids: &[RequestId],
    ) -> Answer<Vec<RequestId>> {
        let body = json!({"request_ids": ids});
        let call = Call::post("api/cancel", "cancel requests", &acting, body);
        self.call::<Option<Vec<RequestId>>>(acting, &call)
            .await
            .map(Option::unwrap_or_default)
    }

    /// The output of a request, such as a launch's progress.
    pub async fn request_log(
        &self,
        identity: &Identity,
        id: &RequestId,
        length: LogLength,
    ) -> Answer<LogStream> {
        // Not `plain`: it has no heartbeats.
        let tried = "send a request's log";
        let mut call = Call::get("api/stream", tried)
            .query("request_id", id.to_string())
            .query("format", "console")
            .query("follow", length.follow.to_string());
        if let Some(lines) = length.tail {
            call = call.query("tail", lines.to_string());
        }
        self.stream(identity, call)
            .await
            .map_err(|error| match error.kind {
                ErrorKind::NotFound => lost(tried, id),
                _ => error,
            })
    }
}

/// The request id in the response to a submitting call.
pub(super) fn request_id(headers: &HeaderMap) -> Option<RequestId> {
    headers.get(REQUEST_ID)?.to_str().ok()?.parse().ok()
}

/// The error of an unsuccessful response.
pub(super) fn rejection(tried: &str, answered: &Answered) -> SkyPilotError {
    SkyPilotError::answered(tried, answered.status, &answered.body)
}

/// The result of a request from `/api/get`.
fn finished<T: DeserializeOwned>(tried: &str, id: &RequestId, answered: &Answered) -> Answer<T> {
    /// A failed request's payload is wrapped, as FastAPI does with errors.
    #[derive(Deserialize)]
    struct Failed {
        detail: Payload,
    }
    let payload: Payload = match answered.status {
        200 => parsed(tried, answered)?,
        404 => return Err(lost(tried, id).with_status(404)),
        500 => match serde_json::from_slice::<Failed>(&answered.body) {
            Ok(failed) => failed.detail,
            Err(_) => return Err(rejection(tried, answered)),
        },
        _ => return Err(rejection(tried, answered)),
    };
    if let Ok(Some(thrown)) = serde_json::from_str::<Option<Exception>>(&payload.error) {
        let error = SkyPilotError::failed(tried, &thrown.type_, &thrown.message);
        return Err(error.with_status(answered.status));
    }
    match payload.status {
        RequestState::Succeeded => {
            serde_json::from_str(&payload.return_value).map_err(|error| foreign(tried, &error))
        }
        RequestState::Cancelled => Err(SkyPilotError::new(
            ErrorKind::Cancelled,
            format!("The request to {tried} was cancelled."),
        )),
        _ => Err(SkyPilotError::failed(tried, "", "")),
    }
}

fn lost(tried: &str, id: &RequestId) -> SkyPilotError {
    SkyPilotError::new(
        ErrorKind::RequestLost,
        format!(
            "The SkyPilot API server has lost the request {id} to {tried}, because it was restarted. \
             Its list of machines shows the outcome."
        ),
    )
}

fn still_running(tried: &str, limit: Duration) -> SkyPilotError {
    SkyPilotError::new(
        ErrorKind::StillRunning,
        format!(
            "The SkyPilot API server did not complete the request to {tried} within {} seconds. The request is still \
             running.",
            limit.as_secs_f32()
        ),
    )
}
