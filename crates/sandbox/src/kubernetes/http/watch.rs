//! Watches: one JSON event a line. Bookmarks are optional in the protocol and not sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep_until};

use super::media::{self, View};
use super::{Call, bytes_response};
use crate::kubernetes::feed::Feed;
use crate::kubernetes::history::{Change, ChangeKind};
use crate::kubernetes::object;
use crate::kubernetes::resources::Resource;
use crate::kubernetes::selectors::Selection;
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::Refusal;
use crate::kubernetes::table::{self, Included};

/// The duration of a watch without `timeoutSeconds`.
const DEFAULT_SECONDS: u64 = 1800;

struct Viewer {
    resource: &'static Resource,
    selection: Selection,
    view: View,
    included: Included,
}

struct Watch {
    viewer: Viewer,
    feed: Option<Feed>,
    pending: VecDeque<Bytes>,
    end: Instant,
}

pub(super) fn answer(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let mut viewer = Viewer {
        resource: call.resource,
        selection: call.query.selection(call.resource.id())?,
        view: call.view,
        included: call.query.table(),
    };
    if !call.name.is_empty() {
        viewer.selection.fields = crate::kubernetes::selectors::FieldSelector::parse(
            call.resource.id(),
            &format!("metadata.name={}", call.name),
        )?;
    }
    let wanted = call.query.number("resourceVersion")?.unwrap_or(0);
    let store = server.store();
    let mut pending = VecDeque::new();
    let feed = if !call.query.get("sendInitialEvents").is_empty() {
        // Clients list and watch instead, as with an old etcd.
        let refusal = Refusal::internal(
            "a watch stream was requested by the client but the required storage feature RequestWatchProgress is disabled",
        );
        pending.push_back(line("ERROR", &refusal.to_value()));
        None
    } else if wanted == 0 {
        let (objects, feed) = store.list_and_watch(call.resource.id(), call.scope());
        pending.extend(viewer.initial(&objects));
        Some(feed)
    } else {
        match store.watch(call.resource.id(), call.scope(), wanted) {
            Ok(feed) => Some(feed),
            Err(forgotten) => {
                pending.push_back(line("ERROR", &Refusal::from(forgotten).to_value()));
                None
            }
        }
    };
    let seconds = call
        .query
        .number("timeoutSeconds")?
        .unwrap_or(DEFAULT_SECONDS);
    let watch = Watch {
        viewer,
        feed,
        pending,
        end: Instant::now() + Duration::from_secs(seconds.min(24 * 3600)),
    };
    let lines = stream::unfold(watch, |mut watch| async {
        let line = watch.next().await?;
        Some((Ok::<_, std::convert::Infallible>(line), watch))
    });
    let mut response = bytes_response(StatusCode::OK, Vec::new(), media::JSON);
    *response.body_mut() = Body::from_stream(lines);
    Ok(response)
}

impl Watch {
    /// The next line; `None` when the watch is over.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(line) = self.pending.pop_front() {
                return Some(line);
            }
            let feed = self.feed.as_mut()?;
            tokio::select! {
                change = feed.next() => match change {
                    Ok(change) => self.pending.extend(self.viewer.event(&change)),
                    Err(forgotten) => {
                        self.feed = None;
                        let status = Refusal::from(forgotten).to_value();
                        self.pending.push_back(line("ERROR", &status));
                    }
                },
                () = sleep_until(self.end) => self.feed = None,
            }
        }
    }
}

impl Viewer {
    fn initial(&self, objects: &[Arc<Value>]) -> Vec<Bytes> {
        objects
            .iter()
            .filter(|object| self.selection.shows(object))
            .map(|object| line("ADDED", &self.shown(object)))
            .collect()
    }

    /// The event of a change for a watch that sees only selected objects.
    fn event(&self, change: &Change) -> Option<Bytes> {
        let object = &change.object;
        let shows = self.selection.shows(object);
        match &change.kind {
            ChangeKind::Created => shows.then(|| line("ADDED", &self.shown(object))),
            ChangeKind::Deleted => shows.then(|| line("DELETED", &self.shown(object))),
            ChangeKind::Updated { previous } => match (self.selection.shows(previous), shows) {
                (true, true) => Some(line("MODIFIED", &self.shown(object))),
                (false, true) => Some(line("ADDED", &self.shown(object))),
                (true, false) => {
                    // It leaves as it was last seen, at the version of the change.
                    let mut last = Value::clone(previous);
                    let version = object::metadata(object, "resourceVersion").to_owned();
                    object::set_metadata(&mut last, "resourceVersion", Some(version.into()));
                    Some(line("DELETED", &self.shown(&last)))
                }
                (false, false) => None,
            },
        }
    }

    fn shown(&self, object: &Value) -> Value {
        match self.view {
            View::Whole => object.clone(),
            View::Metadata => media::metadata_only(object),
            View::Table => {
                let version = object::metadata(object, "resourceVersion");
                let metadata = json!({"resourceVersion": version});
                table::of_objects(self.resource, &[object], &metadata, self.included)
            }
        }
    }
}

fn line(kind: &str, object: &Value) -> Bytes {
    let mut line = json!({"type": kind, "object": object}).to_string();
    line.push('\n');
    Bytes::from(line)
}
