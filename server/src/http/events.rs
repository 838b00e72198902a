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
use domain::{
    access::Action,
    caller::Caller,
    ids::{ClusterId, NodeId, TenantId},
    problem::Problem,
};
use futures::Stream;
use persistence::change::Change;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};

/// How often a stream looks whether it may go on, besides at each announced change of rights.
pub(super) const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// `GET /events/clusters`: an event for each change of a cluster that one may see.
pub async fn of_clusters(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
) -> Result<Response, ApiProblem> {
    let watch = Watch::start(&portal, caller, signed, Watched::Clusters)?;
    Ok(answer(watch.into_stream(&portal, Payload::Ping)))
}

/// `GET /events/clusters/{id}`: an event for each change of one cluster.
pub async fn of_cluster(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, ApiProblem> {
    cluster(&portal, caller, signed, &id, Payload::Ping).await
}

/// `GET /events/nodes`: an event for each change of a node that one may see.
pub async fn of_nodes(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
) -> Result<Response, ApiProblem> {
    let watch = Watch::start(&portal, caller, signed, Watched::Nodes)?;
    Ok(answer(watch.into_stream(&portal, Payload::Ping)))
}

/// `GET /events/nodes/{id}`: an event for each change of one node.
pub async fn of_node(
    State(portal): State<Arc<Portal>>,
    SignedIn(caller, signed): SignedIn,
    Path(id): Path<String>,
) -> Result<Response, ApiProblem> {
    node(&portal, caller, signed, &id, Payload::Ping).await
}

/// A stream about one cluster, if it is there and the caller may see it.
pub async fn cluster(
    portal: &Arc<Portal>,
    caller: Caller,
    signed: Signed,
    id: &str,
    told: Payload,
) -> Result<Response, ApiProblem> {
    let id: ClusterId = id.parse().map_err(|_| Problem::not_found("cluster"))?;
    portal.core.clusters.get(&caller, id).await?;
    let watch = Watch::start(portal, caller, signed, Watched::Cluster(id))?;
    Ok(answer(watch.into_stream(portal, told)))
}

/// A stream about one node, if it is there and the caller may see it.
pub async fn node(
    portal: &Arc<Portal>,
    caller: Caller,
    signed: Signed,
    id: &str,
    told: Payload,
) -> Result<Response, ApiProblem> {
    let id: NodeId = id.parse().map_err(|_| Problem::not_found("node"))?;
    portal.core.nodes.get(&caller, id).await?;
    let watch = Watch::start(portal, caller, signed, Watched::Node(id))?;
    Ok(answer(watch.into_stream(portal, told)))
}

/// What an event holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Only that something changed, for pages that look for themselves.
    Ping,
    /// The cluster or node as it is now.
    Full,
}

/// What a stream is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Watched {
    Clusters,
    Cluster(ClusterId),
    Nodes,
    Node(NodeId),
}

impl Watched {
    /// What `change` is to this stream and to `caller`; `None`: nothing.
    fn touched_by(self, change: Change, caller: &Caller) -> Option<Self> {
        let (found, all, action, tenant): (_, _, _, TenantId) = match change {
            Change::Cluster { id, tenant_id } => (
                Self::Cluster(id),
                Self::Clusters,
                Action::ReadCluster,
                tenant_id,
            ),
            Change::Node { id, tenant_id } => {
                (Self::Node(id), Self::Nodes, Action::ReadNode, tenant_id)
            }
            Change::WorkDue | Change::Access { .. } | Change::Everything => return None,
        };
        ((self == found || self == all) && caller.may(action, tenant)).then_some(found)
    }

    /// An event that only says what changed; without an id, perhaps everything.
    fn event(self) -> Event {
        let data = match self {
            Self::Clusters => serde_json::json!({ "cluster": null }),
            Self::Cluster(id) => serde_json::json!({ "cluster": id }),
            Self::Nodes => serde_json::json!({ "node": null }),
            Self::Node(id) => serde_json::json!({ "node": id }),
        };
        Event::default().data(data.to_string())
    }
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

/// An open stream.
struct Watch {
    caller: Caller,
    signed: Signed,
    watched: Watched,
    changes: Receiver<Change>,
    look_again: Instant,
    greeted: bool,
    _place: StreamPermit,
}

/// Why a watch woke up.
enum Woke {
    /// Something it may tell: one thing, or everything.
    Changed(Watched),
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
        watched: Watched,
    ) -> Result<Self, Problem> {
        let place = portal.streams.take(signed.user)?;
        Ok(Self {
            caller,
            signed,
            watched,
            changes: portal.database.subscribe(),
            look_again: Instant::now() + LOOK_AGAIN,
            greeted: false,
            _place: place,
        })
    }

    fn into_stream(
        self,
        portal: &Arc<Portal>,
        told: Payload,
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
    async fn next(&mut self, portal: &Portal, told: Payload) -> Option<Event> {
        loop {
            let woke = if self.greeted {
                self.wait(portal).await
            } else {
                // At once, so that whoever connects (again) knows where they stand.
                self.greeted = true;
                Woke::Changed(self.watched)
            };
            match woke {
                Woke::Over => return None,
                Woke::Look => self.look(portal).await?,
                Woke::Changed(what) => match told {
                    Payload::Full => return self.tell(portal, what).await,
                    Payload::Ping => return Some(what.event()),
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
                Ok(Change::Access { user_id }) if user_id == self.signed.user => return Woke::Look,
                // Changes may have been missed, of access too.
                Ok(Change::Everything) | Err(RecvError::Lagged(_)) => {
                    self.look_again = Instant::now();
                    return Woke::Changed(self.watched);
                }
                Ok(change) => {
                    if let Some(what) = self.watched.touched_by(change, &self.caller) {
                        return Woke::Changed(what);
                    }
                }
                Err(RecvError::Closed) => return Woke::Over,
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
        let seen = match self.watched {
            Watched::Clusters | Watched::Nodes => return Some(()),
            Watched::Cluster(id) => portal.core.clusters.get(&self.caller, id).await.map(drop),
            Watched::Node(id) => portal.core.nodes.get(&self.caller, id).await.map(drop),
        };
        match seen {
            Err(problem) if matches!(problem.status(), 401 | 403 | 404) => None,
            _ => Some(()),
        }
    }

    /// What it is about as it is now; the stream is over when that cannot be seen any more.
    async fn tell(&self, portal: &Portal, what: Watched) -> Option<Event> {
        match what {
            Watched::Cluster(id) => {
                let cluster = portal.core.clusters.get(&self.caller, id).await.ok()?;
                Event::default().event("cluster").json_data(&cluster).ok()
            }
            Watched::Node(id) => {
                let node = portal.core.nodes.get(&self.caller, id).await.ok()?;
                Event::default().event("node").json_data(&node).ok()
            }
            Watched::Clusters | Watched::Nodes => Some(what.event()),
        }
    }
}
