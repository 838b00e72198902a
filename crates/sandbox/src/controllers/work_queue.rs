//! Which objects a controller has to look at, and when. An object is in the queue once, at the earliest time asked for.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::kubernetes::Key;

#[derive(Default)]
pub struct WorkQueue {
    inner: Mutex<Inner>,
    changed: Notify,
}

#[derive(Default)]
struct Inner {
    by_time: BTreeSet<(Instant, Key)>,
    due: HashMap<Key, Instant>,
}

impl WorkQueue {
    /// Asks for a look at this time, or earlier if that was asked for before.
    pub fn add(&self, key: Key, at: Instant) {
        {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            match inner.due.get(&key) {
                Some(before) if *before <= at => return,
                Some(before) => {
                    let before = *before;
                    inner.by_time.remove(&(before, key.clone()));
                }
                None => {}
            }
            inner.due.insert(key.clone(), at);
            inner.by_time.insert((at, key));
        }
        self.changed.notify_one();
    }

    pub async fn next(&self) -> Key {
        loop {
            let earliest = {
                let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
                match inner.by_time.first().cloned() {
                    Some((at, key)) if at <= Instant::now() => {
                        inner.by_time.pop_first();
                        inner.due.remove(&key);
                        return key;
                    }
                    first => first.map(|(at, _)| at),
                }
            };
            // `notify_one` keeps a permit: an addition between the look and this wait is not missed.
            match earliest {
                Some(at) => tokio::select! {
                    () = tokio::time::sleep_until(at) => {}
                    () = self.changed.notified() => {}
                },
                None => self.changed.notified().await,
            }
        }
    }
}
