//! Reads a log for as long as the caller has permission.

use super::LogRequest;
use crate::{
    http::{events::LOOK_AGAIN, identity::Signed, stream_limit::StreamPermit},
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

/// The next part of a log.
#[derive(Debug)]
pub enum Piece {
    Lines(LogLines),
    /// Reading failed.
    Failed(Problem),
    /// The log is complete.
    Ended,
    /// The caller's permission ended, or the server stops.
    Cut,
}

/// A log being read. It counts as an event stream.
pub struct Reading {
    lines: LogStream,
    cut: BoxFuture<'static, ()>,
}

impl Reading {
    /// Opens the log. Fails with the core's problem, or Unavailable if too many streams are open.
    pub async fn start(
        portal: &Arc<Portal>,
        caller: &Caller,
        signed: Signed,
        id: NodeId,
        wanted: LogRequest,
    ) -> Result<Self, Problem> {
        // Before the read is recorded in the audit log.
        let place = portal.streams.take(signed.user)?;
        // Subscribes before the permission is checked, so that no change is missed.
        let changes = portal.database.subscribe();
        let LogRequest { log, follow, tail } = wanted;
        let lines = portal.core.nodes.log(caller, id, log, follow, tail).await?;
        let right = Right {
            portal: portal.clone(),
            signed,
            id,
            changes,
            _place: place,
        };
        Ok(Self {
            lines,
            cut: Box::pin(right.lost()),
        })
    }

    /// The next piece; nothing follows after a piece without lines.
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

/// The permission to keep reading.
struct Right {
    portal: Arc<Portal>,
    signed: Signed,
    id: NodeId,
    changes: Receiver<Change>,
    _place: StreamPermit,
}

impl Right {
    /// Returns when the permission is lost.
    async fn lost(mut self) {
        let mut look_again = Instant::now() + LOOK_AGAIN;
        loop {
            tokio::select! {
                () = self.portal.stopping.cancelled() => return,
                () = sleep_until(look_again) => {}
                change = self.changes.recv() => match change {
                    Ok(Change::Access { user_id }) if user_id == self.signed.user => {}
                    Ok(Change::Everything) | Err(RecvError::Lagged(_)) => {}
                    Ok(_) => continue,
                    Err(RecvError::Closed) => return,
                },
            }
            look_again = Instant::now() + LOOK_AGAIN;
            match self.holds().await {
                Ok(true) => {}
                Ok(false) => return,
                // A short outage of the database is no reason to end every log at once.
                Err(problem) => tracing::warn!(%problem, "cannot check the permission of a log's reader"),
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
