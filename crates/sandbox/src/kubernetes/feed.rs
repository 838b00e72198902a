//! Following the changes of a resource inside the process, as controllers and the watch endpoint do.

use std::collections::VecDeque;
use std::sync::Arc;

use futures::Stream;
use futures::stream;
use serde_json::Value;
use tokio::sync::watch as signal;

use super::history::{Change, Forgotten};
use super::object;
use super::resources::GroupResource;
use super::store::Store;

/// Follows the changes of one resource, in one namespace or in all, without missing any.
pub struct Feed {
    store: Store,
    resource: GroupResource,
    namespace: Option<String>,
    seen: u64,
    pending: VecDeque<Change>,
    latest: signal::Receiver<u64>,
}

impl Store {
    pub fn watch(
        &self,
        resource: GroupResource,
        namespace: Option<&str>,
        from_version: u64,
    ) -> Result<Feed, Forgotten> {
        let mut feed = Feed {
            store: self.clone(),
            resource,
            namespace: namespace.map(str::to_owned),
            seen: from_version,
            pending: VecDeque::new(),
            latest: self.signal(),
        };
        feed.fill()?;
        Ok(feed)
    }

    /// Lists and follows in one step: what is there now, and everything that happens after.
    pub fn list_and_watch(
        &self,
        resource: GroupResource,
        namespace: Option<&str>,
    ) -> (Vec<Arc<Value>>, Feed) {
        // Between the two a change may be made and, with a tiny history, even be forgotten.
        loop {
            let (objects, version) = self.list(resource, namespace);
            if let Ok(feed) = self.watch(resource, namespace, version) {
                return (objects, feed);
            }
        }
    }
}

impl Feed {
    /// The next change; waits until there is one. `Forgotten` when the reader was too slow: list again.
    pub async fn next(&mut self) -> Result<Change, Forgotten> {
        loop {
            if let Some(change) = self.pending.pop_front() {
                return Ok(change);
            }
            // Marked as seen before looking, so that a change in between wakes the wait below.
            self.latest.borrow_and_update();
            self.fill()?;
            if self.pending.is_empty() && self.latest.changed().await.is_err() {
                // The sender lives in the store, which this feed holds.
                std::future::pending::<()>().await;
            }
        }
    }

    pub fn into_stream(self) -> impl Stream<Item = Result<Change, Forgotten>> {
        stream::unfold(Some(self), |feed| async {
            let mut feed = feed?;
            match feed.next().await {
                Ok(change) => Some((Ok(change), Some(feed))),
                Err(forgotten) => Some((Err(forgotten), None)),
            }
        })
    }

    fn fill(&mut self) -> Result<(), Forgotten> {
        let (changes, revision) = self.store.changes_after(self.resource, self.seen)?;
        self.seen = self.seen.max(revision);
        let namespace = self.namespace.as_deref();
        self.pending.extend(
            changes
                .into_iter()
                .filter(|c| namespace.is_none_or(|n| object::namespace(&c.object) == n)),
        );
        Ok(())
    }
}
