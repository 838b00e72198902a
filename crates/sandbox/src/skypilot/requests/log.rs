//! The log of a request, which grows while clients read it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

#[derive(Default)]
pub struct Log {
    text: Mutex<String>,
    progress: watch::Sender<Progress>,
}

#[derive(Clone, Copy, Default)]
struct Progress {
    length: usize,
    closed: bool,
}

impl Log {
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

    /// The text from this byte on, as soon as there is any; `None` once the log is closed and read.
    pub async fn next(&self, from: usize) -> Option<String> {
        let mut progress = self.progress.subscribe();
        let grown = progress.wait_for(|progress| progress.length > from || progress.closed);
        if grown.await.ok()?.length <= from {
            return None;
        }
        self.text().get(from..).map(str::to_owned)
    }

    fn text(&self) -> MutexGuard<'_, String> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last lines of a text; `None`: all of them.
pub fn last_lines(text: &str, count: Option<usize>) -> String {
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let skipped = count.map_or(0, |count| lines.len().saturating_sub(count));
    lines[skipped..].concat()
}
