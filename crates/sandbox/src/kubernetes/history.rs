//! What happened to the objects of one resource, as far back as watches may resume.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

#[derive(Debug, Clone)]
pub struct Change {
    pub revision: u64,
    pub kind: ChangeKind,
    pub object: Arc<Value>,
}

#[derive(Debug, Clone)]
pub enum ChangeKind {
    Created,
    Updated { previous: Arc<Value> },
    Deleted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too old resource version: {wanted} ({oldest})")]
pub struct Forgotten {
    pub wanted: u64,
    pub oldest: u64,
}

#[derive(Debug, Default)]
pub(super) struct History {
    changes: VecDeque<Change>,
    /// The revision of the last change that was forgotten; resuming needs this or a later one.
    oldest: u64,
}

impl History {
    /// Remembers a change, and forgets the oldest where there are too many.
    pub(super) fn push(&mut self, change: Change, limit: usize) {
        self.changes.push_back(change);
        while self.changes.len() > limit {
            if let Some(forgotten) = self.changes.pop_front() {
                self.oldest = forgotten.revision;
            }
        }
    }

    pub(super) fn forget(&mut self, revision: u64) {
        self.changes.retain(|c| c.revision > revision);
        self.oldest = self.oldest.max(revision);
    }

    pub(super) fn after(&self, revision: u64) -> Result<Vec<Change>, Forgotten> {
        if revision < self.oldest {
            return Err(Forgotten {
                wanted: revision,
                oldest: self.oldest,
            });
        }
        let start = self.changes.partition_point(|c| c.revision <= revision);
        Ok(self.changes.range(start..).cloned().collect())
    }
}
