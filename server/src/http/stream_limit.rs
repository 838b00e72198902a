//! Limits on open event streams, in total and per user, so that one user cannot take all of them.

use domain::{
    ids::UserId,
    problem::{Problem, ProblemKind},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The open streams of each user.
#[derive(Clone, Debug)]
pub struct Streams {
    open: Arc<Mutex<HashMap<UserId, usize>>>,
    limit: usize,
}

/// Permission for one stream, returned when dropped.
#[derive(Debug)]
pub struct StreamPermit {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// At most `limit` streams, half of them for one user.
    pub fn new(limit: usize) -> Self {
        Self {
            open: Arc::default(),
            limit,
        }
    }

    /// Opens a stream for a user.
    ///
    /// # Errors
    /// Unavailable if the limit is reached, in total or for the user.
    pub fn take(&self, user: UserId) -> Result<StreamPermit, Problem> {
        let mut open = self.lock();
        let mine = open.get(&user).copied().unwrap_or(0);
        let total: usize = open.values().sum();
        if mine >= self.limit.div_ceil(2) || total >= self.limit {
            let detail = if total >= self.limit {
                "The portal has reached its limit of open event streams."
            } else {
                "You have reached your limit of open event streams."
            };
            return Err(Problem::new(ProblemKind::Unavailable, detail)
                .next("Close other pages of the portal, or reload this page to see changes."));
        }
        *open.entry(user).or_default() += 1;
        Ok(StreamPermit {
            streams: self.clone(),
            user,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        if let Some(count) = open.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.user);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> UserId {
        uuid::Uuid::now_v7().into()
    }

    #[test]
    fn one_user_cannot_open_every_stream() {
        let streams = Streams::new(4);
        let (greedy, other) = (user(), user());
        let _held: Vec<_> = (0..2).map(|_| streams.take(greedy).unwrap()).collect();
        assert_eq!(streams.take(greedy).unwrap_err().status(), 503);
        assert!(streams.take(other).is_ok());
    }

    #[test]
    fn permits_are_returned() {
        let streams = Streams::new(2);
        let user = user();
        drop(streams.take(user).unwrap());
        let permit = streams.take(user).unwrap();
        assert!(streams.take(user).is_err());
        drop(permit);
        assert!(streams.lock().is_empty());
    }
}
