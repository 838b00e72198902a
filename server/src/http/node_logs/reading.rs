//! A log being read, for as long as the caller may read it.

use super::LogRequest;
use crate::{
    http::{events::CHECK_INTERVAL, identity::Authenticated, stream_limit::StreamPermit},
    portal::Portal,
};
use domain::{caller::Caller, ids::NodeId, problem::Problem};
use futures::{StreamExt as _, future::BoxFuture};
use persistence::change::Change;
use provisioning::nodes::{LogLines, LogStream};
use std::sync::Arc;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};

/// What comes next of a log.
#[derive(Debug)]
pub enum Piece {
    /// One or more whole lines.
    Lines(LogLines),
    /// It cannot be read any further.
    Failed(Problem),
    /// The log ends.
    Ended,
    /// The reader may not go on, or the server stops.
    Cut,
}

/// A log being read. It counts as an event stream.
pub struct Reading {
    lines: LogStream,
    cut: BoxFuture<'static, ()>,
}

impl Reading {
    /// Opens the log.
    ///
    /// # Errors
    /// What the core says, and Unavailable if there are too many streams.
    pub async fn start(
        portal: &Arc<Portal>,
        caller: &Caller,
        signed: Authenticated,
        id: NodeId,
        request: LogRequest,
    ) -> Result<Self, Problem> {
        // Before the audit entry about reading it.
        let permit = portal.streams.take(signed.user)?;
        // Before the permission is checked, so that no change of it is missed.
        let changes = portal.database.subscribe();
        let LogRequest { log, follow, tail } = request;
        let lines = portal.core.nodes.log(caller, id, log, follow, tail).await?;
        let access = Access {
            portal: portal.clone(),
            signed,
            id,
            changes,
            _permit: permit,
        };
        Ok(Self {
            lines,
            cut: Box::pin(access.revoked()),
        })
    }

    /// The next piece; after anything but lines there is none.
    pub async fn next(&mut self) -> Piece {
        tokio::select! {
            biased;
            () = &mut self.cut => Piece::Cut,
            lines = self.lines.next() => match lines {
                Some(Ok(lines)) => Piece::Lines(lines),
                Some(Err(problem)) => Piece::Failed(problem),
                None => Piece::Ended,
            },
        }
    }
}

/// The caller's permission to read on.
struct Access {
    portal: Arc<Portal>,
    signed: Authenticated,
    id: NodeId,
    changes: Receiver<Change>,
    _permit: StreamPermit,
}

impl Access {
    /// Returns when the permission is revoked.
    async fn revoked(mut self) {
        let mut check_at = Instant::now() + CHECK_INTERVAL;
        loop {
            tokio::select! {
                () = self.portal.stopping.cancelled() => return,
                () = sleep_until(check_at) => {}
                change = self.changes.recv() => match change {
                    Ok(Change::Access { user_id }) if user_id == self.signed.user => {}
                    Ok(Change::Everything) | Err(RecvError::Lagged(_)) => {}
                    Ok(_) => continue,
                    Err(RecvError::Closed) => return,
                },
            }
            check_at = Instant::now() + CHECK_INTERVAL;
            match self.holds().await {
                Ok(true) => {}
                Ok(false) => return,
                // A database that is unavailable for a moment must not cut off every log.
                Err(problem) => {
                    tracing::warn!(%problem, "could not check the access of a log's reader")
                }
            }
        }
    }

    async fn holds(&self) -> Result<bool, Problem> {
        let Some(caller) = self.signed.caller_now(&self.portal).await? else {
            return Ok(false);
        };
        match self.portal.core.nodes.get(&caller, self.id).await {
            Ok(node) => Ok(node.allowed.logs),
            Err(problem) if matches!(problem.status(), 401 | 403 | 404) => Ok(false),
            Err(problem) => Err(problem),
        }
    }
}
