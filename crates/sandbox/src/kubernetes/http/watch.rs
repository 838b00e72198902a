//! Watching objects: one JSON event a line, for as long as the client stays or asked for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Response, StatusCode};
use bytes::Bytes;
use futures::stream;
use serde_json::{Map, Value, json};
use tokio::time::{Instant, sleep_until};

use super::media::{self, View};
use super::{Call, bytes_response};
use crate::kubernetes::events;
use crate::kubernetes::feed::Feed;
use crate::kubernetes::history::{Change, ChangeKind};
use crate::kubernetes::object;
use crate::kubernetes::resources::Resource;
use crate::kubernetes::schema;
use crate::kubernetes::selectors::Selection;
use crate::kubernetes::server::ApiServer;
use crate::kubernetes::status::{FieldError, Refusal};
use crate::kubernetes::table::{self, Included};

const BOOKMARK_PERIOD: Duration = Duration::from_secs(60);
const LAST_BOOKMARK: Duration = Duration::from_secs(2);
/// How long a watch lasts when the client does not say; real servers choose between this and twice it.
const DEFAULT_SECONDS: u64 = 1800;

struct Viewer {
    resource: &'static Resource,
    selection: Selection,
    view: View,
    included: Included,
    bookmarks: bool,
}

struct Watch {
    viewer: Viewer,
    feed: Option<Feed>,
    pending: VecDeque<Bytes>,
    next_bookmark: Instant,
    /// When to tell for the last time, as long as that has not been done.
    last_bookmark: Option<Instant>,
    end: Instant,
}

pub(super) fn answer(server: &ApiServer, call: &Call) -> Result<Response<Body>, Refusal> {
    let mut viewer = Viewer {
        resource: call.resource,
        selection: call.query.selection(call.stored())?,
        view: call.view,
        included: call.query.table(),
        bookmarks: call.query.bookmarks(),
    };
    if !call.name.is_empty() {
        viewer.selection.fields = crate::kubernetes::selectors::FieldSelector::parse(
            call.stored(),
            &format!("metadata.name={}", call.name),
        )?;
    }
    let wanted = call.query.number("resourceVersion")?.unwrap_or(0);
    let store = server.store();
    let mut pending = VecDeque::new();
    let feed = if call.query.initial_events() {
        if call.query.get("resourceVersionMatch") != "NotOlderThan" {
            return Err(Refusal::invalid(
                "meta.k8s.io",
                "ListOptions",
                "",
                &[FieldError::forbidden(
                    "resourceVersionMatch",
                    "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
                )],
            ));
        }
        if !server.streams_lists() {
            let refusal = Refusal::internal(
                "a watch stream was requested by the client but the required storage feature RequestWatchProgress is disabled",
            );
            pending.push_back(line("ERROR", &refusal.to_value()));
            None
        } else {
            let (objects, feed) = store.list_and_watch(call.stored(), call.scope());
            pending.extend(viewer.initial(&objects));
            if viewer.bookmarks {
                pending.push_back(viewer.bookmark(feed.version(), true));
            }
            Some(feed)
        }
    } else if wanted == 0 {
        let (objects, feed) = store.list_and_watch(call.stored(), call.scope());
        pending.extend(viewer.initial(&objects));
        Some(feed)
    } else if wanted > store.revision() {
        return Err(Refusal::version_ahead(wanted, store.revision()));
    } else {
        match store.watch(call.stored(), call.scope(), wanted) {
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
    let now = Instant::now();
    let end = now + Duration::from_secs(seconds.min(24 * 3600));
    let watch = Watch {
        last_bookmark: viewer
            .bookmarks
            .then(|| end.checked_sub(LAST_BOOKMARK))
            .flatten()
            .filter(|last| *last > now),
        viewer,
        feed,
        pending,
        next_bookmark: now + BOOKMARK_PERIOD,
        end,
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
                () = sleep_until(self.next_bookmark) => {
                    if self.viewer.bookmarks {
                        let bookmark = self.viewer.bookmark(feed.version(), false);
                        self.pending.push_back(bookmark);
                    }
                    self.next_bookmark += BOOKMARK_PERIOD;
                }
                () = sleep_until(self.last_bookmark.unwrap_or(self.end)), if self.last_bookmark.is_some() => {
                    let bookmark = self.viewer.bookmark(feed.version(), false);
                    self.pending.push_back(bookmark);
                    self.last_bookmark = None;
                }
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

    /// What a change is to somebody who sees only what is selected.
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
            View::Whole => events::shown(self.resource, object),
            View::Metadata => media::metadata_only(object),
            View::Table => {
                let version = object::metadata(object, "resourceVersion");
                let metadata = json!({"resourceVersion": version});
                table::of_objects(self.resource, &[object], &metadata, &self.included)
            }
        }
    }

    fn bookmark(&self, version: u64, ends_initial_events: bool) -> Bytes {
        let mut fields = match self.view {
            View::Whole => schema::of_kind(self.resource.group, self.resource.kind)
                .map(schema::zero)
                .unwrap_or_default(),
            View::Metadata | View::Table => Map::new(),
        };
        let (kind, api_version) = match self.view {
            View::Whole => (self.resource.kind, self.resource.api_version()),
            View::Metadata => ("PartialObjectMetadata", "meta.k8s.io/v1".to_owned()),
            View::Table => ("Table", "meta.k8s.io/v1".to_owned()),
        };
        let mut metadata = json!({"resourceVersion": version.to_string()});
        if ends_initial_events {
            metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
        }
        fields.insert("kind".to_owned(), kind.into());
        fields.insert("apiVersion".to_owned(), api_version.into());
        fields.insert("metadata".to_owned(), metadata);
        if self.view == View::Table {
            fields.insert("columnDefinitions".to_owned(), json!([]));
            fields.insert("rows".to_owned(), json!([]));
        }
        line("BOOKMARK", &fields.into())
    }
}

fn line(kind: &str, object: &Value) -> Bytes {
    let mut line = json!({"type": kind, "object": object}).to_string();
    line.push('\n');
    Bytes::from(line)
}
