//! Event streams: tell open pages and programs that something they may see has changed. A stream ends at once when the
//! session, the token or the right behind it ends, and when the server stops.

use crate::{
    http::{
        identity::{Known, Signed},
        problem::ApiProblem,
        stream_limit::Place,
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
use domain::{
    access::Action,
    caller::Caller,
    ids::{ClusterId, TenantId},
    problem::Problem,
};
use futures::Stream;
use provisioning::ports::changes::Change;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};

/// How often a stream looks whether it may go on, besides at each announced change of rights.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// `GET /events/clusters`: an event for each change of a cluster that one may see.
pub async fn of_all(
    State(portal): State<Arc<Portal>>,
    Known(caller, signed): Known,
) -> Result<Response, ApiProblem> {
    let watch = Watch::start(&portal, caller, signed, None)?;
    Ok(answer(watch.into_stream(&portal, Told::That)))
}

/// `GET /events/clusters/{id}`: an event for each change of one cluster.
pub async fn of_one(
    State(portal): State<Arc<Portal>>,
    Known(caller, signed): Known,
    Path(id): Path<String>,
) -> Result<Response, ApiProblem> {
    one(&portal, caller, signed, &id, Told::That).await
}

/// A stream about one cluster, if it is there and the caller may see it.
pub async fn one(
    portal: &Arc<Portal>,
    caller: Caller,
    signed: Signed,
    id: &str,
    told: Told,
) -> Result<Response, ApiProblem> {
    let id: ClusterId = id.parse().map_err(|_| Problem::not_found("cluster"))?;
    portal.clusters.get(&caller, id).await?;
    let watch = Watch::start(portal, caller, signed, Some(id))?;
    Ok(answer(watch.into_stream(portal, told)))
}

/// What an event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Only that something changed, for pages that look for themselves.
    That,
    /// The cluster as it is now.
    What,
}

fn answer(events: impl Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
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

/// An open stream.
struct Watch {
    caller: Caller,
    signed: Signed,
    only: Option<ClusterId>,
    changes: Receiver<Change>,
    look_again: Instant,
    greeted: bool,
    _place: Place,
}

/// Why a watch woke up.
enum Woke {
    /// Something it may tell: one cluster, or everything.
    Changed(Option<ClusterId>),
    /// Time to see whether it may go on.
    Look,
    /// It is over.
    Over,
}

impl Watch {
    fn start(
        portal: &Portal,
        caller: Caller,
        signed: Signed,
        only: Option<ClusterId>,
    ) -> Result<Self, Problem> {
        let place = portal.streams.take(signed.user)?;
        Ok(Self {
            caller,
            signed,
            only,
            changes: portal.changes.subscribe(),
            look_again: Instant::now() + LOOK_AGAIN,
            greeted: false,
            _place: place,
        })
    }

    fn into_stream(
        self,
        portal: &Arc<Portal>,
        told: Told,
    ) -> impl Stream<Item = Result<Event, Infallible>> + Send + use<> {
        let portal = portal.clone();
        futures::stream::unfold(self, move |mut watch| {
            let portal = portal.clone();
            async move {
                let event = watch.next(&portal, told).await?;
                Some((Ok(event), watch))
            }
        })
    }

    /// The next event; `None`: the stream is over.
    async fn next(&mut self, portal: &Portal, told: Told) -> Option<Event> {
        loop {
            let woke = if self.greeted {
                self.wait(portal).await
            } else {
                // At once, so that whoever connects (again) knows where they stand.
                self.greeted = true;
                Woke::Changed(self.only)
            };
            match woke {
                Woke::Over => return None,
                Woke::Look => self.look(portal).await?,
                Woke::Changed(id) => match (told, id) {
                    (Told::What, Some(id)) => return self.tell(portal, id).await,
                    (_, id) => {
                        let data = serde_json::json!({ "cluster": id });
                        return Some(Event::default().data(data.to_string()));
                    }
                },
            }
        }
    }

    async fn wait(&mut self, portal: &Portal) -> Woke {
        loop {
            let change = tokio::select! {
                () = portal.stopping.cancelled() => return Woke::Over,
                () = sleep_until(self.look_again) => return Woke::Look,
                change = self.changes.recv() => change,
            };
            match change {
                Ok(Change::Cluster { id, tenant_id }) if self.may_tell(id, tenant_id) => {
                    return Woke::Changed(Some(id));
                }
                Ok(Change::Access { user_id }) if user_id == self.signed.user => return Woke::Look,
                Ok(_) => {}
                // Something was missed: whoever listens has to look at everything.
                Err(RecvError::Lagged(_)) => {
                    self.look_again = Instant::now();
                    return Woke::Changed(self.only);
                }
                Err(RecvError::Closed) => return Woke::Over,
            }
        }
    }

    fn may_tell(&self, id: ClusterId, tenant: TenantId) -> bool {
        self.only.is_none_or(|only| only == id) && self.caller.may(Action::ReadCluster, tenant)
    }

    /// Looks whether the stream may go on; `None`: it may not.
    async fn look(&mut self, portal: &Portal) -> Option<()> {
        self.look_again = Instant::now() + LOOK_AGAIN;
        match self.signed.caller_now(portal).await {
            Ok(caller) => self.caller = caller?,
            // A database that is away for a moment is no reason to cut every stream at once.
            Err(problem) => tracing::warn!(%problem, "an event stream could not be checked"),
        }
        let Some(id) = self.only else {
            return Some(());
        };
        match portal.clusters.get(&self.caller, id).await {
            Err(problem) if matches!(problem.status(), 401 | 403 | 404) => None,
            _ => Some(()),
        }
    }

    /// The cluster as it is now; the stream is over when it cannot be seen any more.
    async fn tell(&self, portal: &Portal, id: ClusterId) -> Option<Event> {
        let cluster = portal.clusters.get(&self.caller, id).await.ok()?;
        Event::default().event("cluster").json_data(&cluster).ok()
    }
}
