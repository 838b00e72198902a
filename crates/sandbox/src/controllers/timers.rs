//! Steps that take time: each begins once and is over after a number of units.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::Pace;

/// The current step of each object, by uid.
pub struct Timers<Step> {
    pace: Pace,
    running: Mutex<HashMap<String, (Step, Instant)>>,
}

impl<Step: Copy + PartialEq> Timers<Step> {
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            running: Mutex::default(),
        }
    }

    /// The rest of a step, `None` when it is over. `begin` is called if the step is new.
    pub fn left(
        &self,
        uid: &str,
        step: Step,
        units: u32,
        begin: impl FnOnce(),
    ) -> Option<Duration> {
        let now = Instant::now();
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let end = match running.get(uid) {
            Some((known, end)) if *known == step => *end,
            _ => {
                let end = now + self.pace.units(units);
                running.insert(uid.to_owned(), (step, end));
                drop(running);
                begin();
                end
            }
        };
        let left = end.saturating_duration_since(now);
        (!left.is_zero()).then_some(left)
    }

    pub fn forget(&self, uid: &str) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(uid);
    }
}
