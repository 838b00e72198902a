//! Limits the number of open event streams, in total and per user.

use domain::{
    ids::UserId,
    problem::{Problem, ProblemKind},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[derive(Clone, Debug)]
pub struct Streams {
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
    most: usize,
}

/// The permit of an open stream; dropping it releases it.
#[derive(Debug)]
pub struct StreamPermit {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// `most` in total, half of them for one user.
    pub fn new(most: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
        }
    }

    /// Takes a permit for a user. Fails with Unavailable if none is left, in total or for the user.
    pub fn take(&self, user: UserId) -> Result<StreamPermit, Problem> {
        let mut taken = self.lock();
        let mine = taken.get(&user).copied().unwrap_or(0);
        let all: usize = taken.values().sum();
        if mine >= self.most.div_ceil(2) || all >= self.most {
            let detail = if all >= self.most {
                "The portal has reached its limit of live pages."
            } else {
                "You have reached your limit of live pages."
            };
            return Err(Problem::new(ProblemKind::Unavailable, detail)
                .next("Close other tabs of the portal, or reload this page to update it."));
        }
        *taken.entry(user).or_default() += 1;
        Ok(StreamPermit {
            streams: self.clone(),
            user,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        let mut taken = self.streams.lock();
        if let Some(count) = taken.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.user);
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
    fn one_user_cannot_take_every_permit() {
        let streams = Streams::new(4);
        let (greedy, other) = (user(), user());
        let _permits: Vec<_> = (0..2).map(|_| streams.take(greedy).unwrap()).collect();
        assert_eq!(streams.take(greedy).unwrap_err().status(), 503);
        assert!(streams.take(other).is_ok());
    }

    #[test]
    fn permits_are_released() {
        let streams = Streams::new(2);
        let user = user();
        drop(streams.take(user).unwrap());
        let permit = streams.take(user).unwrap();
        assert!(streams.take(user).is_err());
        drop(permit);
        assert!(streams.lock().is_empty());
    }
}
