//! Two things at once: the server side in the terminal, the browser part quietly beside it.
//!
//! The two builds use different profile folders, so cargo does not make one wait for the other, and each
//! fills the gaps that the other's long crates and link steps leave on a second core.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};

/// How one lane went.
pub struct Lane<T> {
    /// What it made, or why it could not.
    pub result: Result<T>,
    /// How long it took.
    pub took: Duration,
}

/// Runs both and waits for both.
pub fn beside<A, B: Send>(
    front: impl FnOnce() -> Result<A>,
    behind: impl FnOnce() -> Result<B> + Send,
) -> (Lane<A>, Lane<B>) {
    std::thread::scope(|scope| {
        let behind = scope.spawn(|| timed(behind));
        let front = timed(front);
        let behind = behind.join().unwrap_or_else(|_| Lane {
            result: Err(anyhow!("the browser part's build panicked")),
            took: Duration::ZERO,
        });
        (front, behind)
    })
}

/// Runs one thing and says how long it took.
pub fn timed<T>(work: impl FnOnce() -> Result<T>) -> Lane<T> {
    let start = Instant::now();
    let result = work();
    Lane {
        result,
        took: start.elapsed(),
    }
}
