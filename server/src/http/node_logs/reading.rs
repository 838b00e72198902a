//! A log that somebody reads, for as long as they may.

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

/// What comes next of a log.
#[derive(Debug)]
pub enum Piece {
    /// One or more whole lines.
    Lines(LogLines),
    /// It cannot be read further.
    Failed(Problem),
    /// It is over.
    Ended,
    /// The reader may not go on, or the server stops.
    Cut,
}

/// A log being read. It holds a place among the event streams.
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
        signed: Signed,
        id: NodeId,
        wanted: LogRequest,
    ) -> Result<Self, Problem> {
        // Before anything is recorded as read.
        let place = portal.streams.take(signed.user)?;
        // From before the right is looked at, so that no change of it is missed.
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

/// Somebody's right to read on.
struct Right {
    portal: Arc<Portal>,
    signed: Signed,
    id: NodeId,
    changes: Receiver<Change>,
    _place: StreamPermit,
}

impl Right {
    /// Returns when it is lost.
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
                // A database that is away for a moment is no reason to cut every log at once.
                Err(problem) => tracing::warn!(%problem, "a log's reader could not be checked"),
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
