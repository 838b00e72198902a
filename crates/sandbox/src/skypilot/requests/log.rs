//! The log of a request, which grows while clients read it.

use tokio::sync::watch;

#[derive(Default)]
pub struct Log(watch::Sender<Content>);

#[derive(Default)]
struct Content {
    text: String,
    closed: bool,
}

impl Log {
    pub fn line(&self, line: &str) {
        self.0.send_modify(|content| {
            content.text.push_str(line);
            content.text.push('\n');
        });
    }

    pub fn close(&self) {
        self.0.send_modify(|content| content.closed = true);
    }

    pub fn all(&self) -> String {
        self.0.borrow().text.clone()
    }

    /// The text from this byte on, as soon as there is any; `None` once the log is closed and read.
    pub async fn next(&self, from: usize) -> Option<String> {
        let mut content = self.0.subscribe();
        let grown = content.wait_for(|content| content.text.len() > from || content.closed);
        let content = grown.await.ok()?;
        let more = content.text.get(from..)?;
        (!more.is_empty()).then(|| more.to_owned())
    }
}

/// The last lines of a text; `None`: all of them.
pub fn last_lines(text: &str, count: Option<usize>) -> String {
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let skipped = count.map_or(0, |count| lines.len().saturating_sub(count));
    lines[skipped..].concat()
}
