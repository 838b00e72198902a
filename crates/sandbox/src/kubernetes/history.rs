//! What happened to the objects of one resource, as far back as watches may resume.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

/// One change of one object.
#[derive(Debug, Clone)]
pub struct Change {
    /// The resource version of the change.
    pub revision: u64,
    /// What happened.
    pub kind: ChangeKind,
    /// The object afterwards; for a deletion, as it was last.
    pub object: Arc<Value>,
}

/// What happened to an object.
#[derive(Debug, Clone)]
pub enum ChangeKind {
    /// It is new.
    Created,
    /// It is different.
    Updated {
        /// What it was.
        previous: Arc<Value>,
    },
    /// It is gone.
    Deleted,
}

/// The version lies before what is remembered: list again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too old resource version: {wanted} ({oldest})")]
pub struct Forgotten {
    /// The version asked for.
    pub wanted: u64,
    /// The oldest one that could be resumed from.
    pub oldest: u64,
}

/// A bounded list of changes.
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

    /// Forgets everything up to a revision.
    pub(super) fn forget(&mut self, revision: u64) {
        self.changes.retain(|c| c.revision > revision);
        self.oldest = self.oldest.max(revision);
    }

    /// The changes after a revision.
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
