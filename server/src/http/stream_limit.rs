//! How many event streams may be open, altogether and for one person, so that nobody takes all of them.

use domain::{
    ids::UserId,
    problem::{Problem, ProblemKind},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The places there are.
#[derive(Clone, Debug)]
pub struct Streams {
    taken: Arc<Mutex<HashMap<UserId, usize>>>,
    most: usize,
}

/// A place that is taken; dropping it gives it back.
#[derive(Debug)]
pub struct StreamPermit {
    streams: Streams,
    user: UserId,
}

impl Streams {
    /// So many altogether, half of them for one person.
    pub fn new(most: usize) -> Self {
        Self {
            taken: Arc::default(),
            most,
        }
    }

    /// Takes a place for a person.
    ///
    /// # Errors
    /// Unavailable when there is none left, altogether or for them.
    pub fn take(&self, user: UserId) -> Result<StreamPermit, Problem> {
        let mut taken = self.lock();
        let mine = taken.get(&user).copied().unwrap_or(0);
        let all: usize = taken.values().sum();
        if mine >= self.most.div_ceil(2) || all >= self.most {
            let detail = if all >= self.most {
                "Too many pages are being kept up to date at the moment."
            } else {
                "You have too many pages open that are kept up to date."
            };
            return Err(Problem::new(ProblemKind::Unavailable, detail)
                .next("Close some, or reload the page by hand."));
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

    fn person() -> UserId {
        uuid::Uuid::now_v7().into()
    }

    #[test]
    fn one_person_cannot_take_every_place() {
        let streams = Streams::new(4);
        let (greedy, other) = (person(), person());
        let _held: Vec<_> = (0..2).map(|_| streams.take(greedy).unwrap()).collect();
        assert_eq!(streams.take(greedy).unwrap_err().status(), 503);
        assert!(streams.take(other).is_ok());
    }

    #[test]
    fn places_are_given_back() {
        let streams = Streams::new(2);
        let user = person();
        drop(streams.take(user).unwrap());
        let place = streams.take(user).unwrap();
        assert!(streams.take(user).is_err());
        drop(place);
        assert!(streams.lock().is_empty());
    }
}
