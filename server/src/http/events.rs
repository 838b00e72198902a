//! Event streams: tell open pages and programs that something they may see has changed. A stream ends at once when the
//! session, the token or the right behind it ends, and when the server stops.

use crate::{
    http::{
        identity::{Signed, SignedIn},
        problem::ApiProblem,
        stream_limit::StreamPermit,
    },
    portal::Portal,
};
use axum::{
    extract::{Path, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use domain::{caller::Caller, problem::Problem};
use futures::Stream;
use persistence::change::Change;
use provisioning::resources::ManagedKind;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};

/// How often a stream looks whether it may go on, besides at each announced change of rights.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// `GET /events/clusters` and the like: an event for each change of a resource that the caller may see.
pub async fn of_list<K: ManagedKind>(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
) -> Result<Response, ApiProblem> {
    let watch = Watch::<K>::start(&portal, caller, signed, None)?;
    Ok(answer(watch.into_stream(&portal, Payload::Ping)))
}

/// `GET /events/clusters/{id}` and the like: an event for each change of one resource.
pub async fn of_one<K: ManagedKind>(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, ApiProblem> {
    resource::<K>(&portal, caller, signed, &id, Payload::Ping).await
}

/// A stream about one resource, if it exists and the caller may see it.
pub async fn resource<K: ManagedKind>(
    portal: &Arc<Portal>,
    caller: Caller,
    signed: Signed,
    id: &str,
    payload: Payload,
) -> Result<Response, ApiProblem> {
    let id: K::Id = id.parse().map_err(|_| Problem::not_found(K::NOUN))?;
    K::resources(&portal.core).get(&caller, id).await?;
    let watch = Watch::<K>::start(portal, caller, signed, Some(id))?;
    Ok(answer(watch.into_stream(portal, payload)))
}

/// What an event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Only that something changed, for pages that look for themselves.
    Ping,
    /// The resource as it is now.
    Full,
}

/// An event that only says what changed; without an id, perhaps everything.
fn ping<K: ManagedKind>(id: Option<K::Id>) -> Event {
    Event::default().data(serde_json::json!({ K::NOUN: id }).to_string())
}

/// An answer of server-sent events, with signs of life while there is nothing to tell.
pub(super) fn answer(
    events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static,
) -> Response {
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::new().interval(LOOK_AGAIN))
        .into_response();
    // Proxies that collect answers before passing them on would hold the events back.
    response.headers_mut().insert(
        http::HeaderName::from_static("x-accel-buffering"),
        http::HeaderValue::from_static("no"),
    );
    response
}

/// An open stream about one resource, or about all that its caller may see.
struct Watch<K: ManagedKind> {
    caller: Caller,
    signed: Signed,
    watched: Option<K::Id>,
    changes: Receiver<Change>,
    look_again: Instant,
    greeted: bool,
    _permit: StreamPermit,
}

/// Why a watch woke up.
enum Wake<Id> {
    /// This one changed; `None`: perhaps everything.
    Changed(Option<Id>),
    /// Time to see whether it may go on.
    Look,
    /// It is over.
    Over,
}

impl<K: ManagedKind> Watch<K> {
    fn start(
        portal: &Portal,
        caller: Caller,
        signed: Signed,
        watched: Option<K::Id>,
    ) -> Result<Self, Problem> {
        let permit = portal.streams.take(signed.user)?;
        Ok(Self {
            caller,
            signed,
            watched,
            changes: portal.database.subscribe(),
            look_again: Instant::now() + LOOK_AGAIN,
            greeted: false,
            _permit: permit,
        })
    }

    fn into_stream(
        self,
        portal: &Arc<Portal>,
        payload: Payload,
    ) -> impl Stream<Item = Result<Event, Infallible>> + Send + use<K> {
        let portal = portal.clone();
        futures::stream::unfold(self, move |mut watch| {
            let portal = portal.clone();
            async move {
                let event = watch.next(&portal, payload).await?;
                Some((Ok(event), watch))
            }
        })
    }

    /// The next event; `None`: the stream is over.
    async fn next(&mut self, portal: &Portal, payload: Payload) -> Option<Event> {
        loop {
            let wake = if self.greeted {
                self.wait(portal).await
            } else {
                // At once, so that whoever connects (again) knows where they stand.
                self.greeted = true;
                Wake::Changed(self.watched)
            };
            match wake {
                Wake::Over => return None,
                Wake::Look => self.look(portal).await?,
                Wake::Changed(Some(id)) if payload == Payload::Full => {
                    // The stream is over when it cannot be seen any more.
                    let resource = K::resources(&portal.core).get(&self.caller, id).await;
                    let event = Event::default().event(K::NOUN);
                    return event.json_data(&resource.ok()?).ok();
                }
                Wake::Changed(id) => return Some(ping::<K>(id)),
            }
        }
    }

    async fn wait(&mut self, portal: &Portal) -> Wake<K::Id> {
        loop {
            let change = tokio::select! {
                () = portal.stopping.cancelled() => return Wake::Over,
                () = sleep_until(self.look_again) => return Wake::Look,
                change = self.changes.recv() => change,
            };
            match change {
                Ok(Change::Access { user_id }) if user_id == self.signed.user => return Wake::Look,
                // Changes may have been missed, of access too.
                Ok(Change::Everything) | Err(RecvError::Lagged(_)) => {
                    self.look_again = Instant::now();
                    return Wake::Changed(self.watched);
                }
                Ok(change) => {
                    if let Some((id, tenant)) = K::changed(change)
                        && self.watched.is_none_or(|watched| watched == id)
                        && self.caller.may(K::READ, tenant)
                    {
                        return Wake::Changed(Some(id));
                    }
                }
                Err(RecvError::Closed) => return Wake::Over,
            }
        }
    }

    /// Looks whether the stream may go on; `None`: it may not.
    async fn look(&mut self, portal: &Portal) -> Option<()> {
        self.look_again = Instant::now() + LOOK_AGAIN;
        match self.signed.caller_now(portal).await {
            Ok(caller) => self.caller = caller?,
            // A database that is away for a moment is no reason to cut every stream at once.
            Err(problem) => tracing::warn!(%problem, "an event stream could not be checked"),
        }
        let Some(id) = self.watched else {
            return Some(());
        };
        match K::resources(&portal.core).get(&self.caller, id).await {
            Err(problem) if matches!(problem.status(), 401 | 403 | 404) => None,
            _ => Some(()),
        }
    }
}
