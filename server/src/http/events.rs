//! Event streams: open pages and programs learn that something they may see has changed. A stream ends as soon as its
//! session, token or permission does, and when the server stops.

use super::{
    call::Call, identity::Authenticated, problem::ApiProblem, resource::Resource, rest::PathId,
    stream_limit::StreamPermit,
};
use crate::portal::Portal;
use axum::response::{
    IntoResponse, Response,
    sse::{Event, KeepAlive, Sse},
};
use domain::caller::Caller;
use futures::Stream;
use http::{HeaderName, HeaderValue};
use persistence::change::Change;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};

/// How often a stream checks its caller's access, in addition to each announced change of it.
pub(super) const CHECK_INTERVAL: Duration = Duration::from_secs(15);

/// `GET /events/clusters`: an event for each change of a resource of this kind that the caller may see.
pub async fn of_collection<R: Resource>(call: Call) -> Result<Response, ApiProblem> {
    Ok(Watch::<R>::start(call, None, Payload::Ping)?.into_response())
}

/// `GET /events/clusters/{id}`: an event for each change of one resource.
pub async fn of_resource<R: Resource>(
    call: Call,
    PathId(id): PathId<R::Id>,
) -> Result<Response, ApiProblem> {
    of_one::<R>(call, id, Payload::Ping).await
}

/// A stream about one resource, if it exists and the caller may see it.
pub async fn of_one<R: Resource>(
    call: Call,
    id: R::Id,
    payload: Payload,
) -> Result<Response, ApiProblem> {
    R::get(call.core(), &call.caller, id).await?;
    Ok(Watch::<R>::start(call, Some(id), payload)?.into_response())
}

/// What an event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// The id of what changed, for pages that load it themselves.
    Ping,
    /// The resource after the change.
    Full,
}

/// A response of server-sent events, with comments that keep the connection open.
pub(super) fn response(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> Response {
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(CHECK_INTERVAL))
        .into_response();
    // Proxies that buffer responses would hold the events back.
    response.headers_mut().insert(
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    response
}

/// An open stream about one resource, or about all of its kind.
struct Watch<R: Resource> {
    portal: Arc<Portal>,
    caller: Caller,
    signed: Authenticated,
    id: Option<R::Id>,
    payload: Payload,
    changes: Receiver<Change>,
    check_at: Instant,
    started: bool,
    _permit: StreamPermit,
}

/// Why a watch woke up.
enum Wake<Id> {
    /// Something changed: one resource, or perhaps every one.
    Changed(Option<Id>),
    CheckAccess,
    End,
}

impl<R: Resource> Watch<R> {
    fn start(call: Call, id: Option<R::Id>, payload: Payload) -> Result<Self, ApiProblem> {
        Ok(Self {
            id,
            payload,
            changes: call.portal.database.subscribe(),
            check_at: Instant::now() + CHECK_INTERVAL,
            started: false,
            _permit: call.portal.streams.take(call.signed.user)?,
            portal: call.portal,
            caller: call.caller,
            signed: call.signed,
        })
    }

    fn into_response(self) -> Response {
        response(futures::stream::unfold(self, |mut watch| async move {
            let event = watch.next().await?;
            Some((Ok(event), watch))
        }))
    }

    /// The next event; `None`: the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let wake = if self.started {
                self.wait().await
            } else {
                // At once, so that a client that connects again knows the current state.
                self.started = true;
                Wake::Changed(self.id)
            };
            match wake {
                Wake::End => return None,
                Wake::CheckAccess => self.check_access().await?,
                Wake::Changed(id) => return self.event(id).await,
            }
        }
    }

    async fn wait(&mut self) -> Wake<R::Id> {
        loop {
            let change = tokio::select! {
                () = self.portal.stopping.cancelled() => return Wake::End,
                () = sleep_until(self.check_at) => return Wake::CheckAccess,
                change = self.changes.recv() => change,
            };
            match change {
                Ok(Change::Access { user_id }) if user_id == self.signed.user => {
                    return Wake::CheckAccess;
                }
                // Changes may have been missed, of access too.
                Ok(Change::Everything) | Err(RecvError::Lagged(_)) => {
                    self.check_at = Instant::now();
                    return Wake::Changed(self.id);
                }
                Ok(change) => {
                    if let Some(id) = self.concerned(change) {
                        return Wake::Changed(Some(id));
                    }
                }
                Err(RecvError::Closed) => return Wake::End,
            }
        }
    }

    /// The resource that `change` is about, if this stream is about it too and the caller may see it.
    fn concerned(&self, change: Change) -> Option<R::Id> {
        let (changed, tenant) = R::changed(change)?;
        let watched = self.id.is_none_or(|id| id == changed);
        (watched && self.caller.may(R::READ, tenant)).then_some(changed)
    }

    /// `None`: the caller's access was revoked.
    async fn check_access(&mut self) -> Option<()> {
        self.check_at = Instant::now() + CHECK_INTERVAL;
        match self.signed.caller_now(&self.portal).await {
            Ok(caller) => self.caller = caller?,
            // A database that is unavailable for a moment must not end every stream at once.
            Err(problem) => {
                tracing::warn!(%problem, "could not check the access of an event stream")
            }
        }
        let Some(id) = self.id else {
            return Some(());
        };
        match R::get(&self.portal.core, &self.caller, id).await {
            Err(problem) if matches!(problem.status(), 401 | 403 | 404) => None,
            _ => Some(()),
        }
    }

    /// The event about a change; `None`: the caller can no longer see the resource.
    async fn event(&self, changed: Option<R::Id>) -> Option<Event> {
        match (self.payload, changed) {
            (Payload::Full, Some(id)) => {
                let resource = R::get(&self.portal.core, &self.caller, id).await.ok()?;
                Event::default().event(R::NAME).json_data(&resource).ok()
            }
            _ => {
                let data = serde_json::json!({ R::NAME: changed });
                Some(Event::default().data(data.to_string()))
            }
        }
    }
}
