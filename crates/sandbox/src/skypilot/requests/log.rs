//! A text that grows while others read it: requests' logs, provision logs.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// A log. It only grows, line by line, until it is closed.
pub struct Log {
    text: Mutex<String>,
    progress: watch::Sender<Progress>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    length: usize,
    closed: bool,
}

impl Log {
    pub fn new() -> Self {
        Self {
            text: Mutex::default(),
            progress: watch::Sender::default(),
        }
    }

    pub fn line(&self, line: &str) {
        let length = {
            let mut text = self.text();
            text.push_str(line);
            text.push('\n');
            text.len()
        };
        self.progress
            .send_modify(|progress| progress.length = length);
    }

    pub fn close(&self) {
        self.progress.send_modify(|progress| progress.closed = true);
    }

    pub fn all(&self) -> String {
        self.text().clone()
    }

    /// Reads on from a byte, waiting for more if there is none yet; nothing once the log is closed and read.
    pub async fn next(&self, from: usize) -> Option<String> {
        let mut progress = self.progress.subscribe();
        let reached = progress
            .wait_for(|progress| progress.length > from || progress.closed)
            .await
            .ok()
            .map(|progress| *progress)?;
        if reached.length <= from {
            return None;
        }
        self.text().get(from..).map(str::to_owned)
    }

    fn text(&self) -> MutexGuard<'_, String> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    lines[lines.len().saturating_sub(count)..].concat()
}
