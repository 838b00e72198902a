//! The end of a log, and nothing before it.

use std::collections::VecDeque;

/// The last lines of what comes by, however much that is.
#[derive(Debug, Default)]
pub struct Tail {
    most: usize,
    lines: VecDeque<String>,
}

impl Tail {
    /// Keeps at most `most` lines.
    pub fn of(most: usize) -> Self {
        Self {
            most,
            lines: VecDeque::new(),
        }
    }

    /// Takes in some whole lines; returns how many of all lines had to go.
    pub fn push(&mut self, text: &str) -> usize {
        self.lines.extend(text.lines().map(str::to_owned));
        let surplus = self.lines.len().saturating_sub(self.most);
        self.lines.drain(..surplus);
        surplus
    }

    /// The lines, each with its end, and an empty tail.
    pub fn take(&mut self) -> String {
        let mut text = String::new();
        for line in self.lines.drain(..) {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

/// The last lines of a log that comes to its end by itself.
#[cfg(feature = "ssr")]
pub async fn last_lines_of(
    mut log: provisioning::nodes::LogStream,
    most: u32,
) -> Result<String, domain::problem::Problem> {
    let mut tail = Tail::of(usize::try_from(most).unwrap_or(usize::MAX));
    while let Some(lines) = std::future::poll_fn(|context| log.as_mut().poll_next(context)).await {
        tail.push(&lines?.text);
    }
    Ok(tail.take())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_lines_stay_however_they_arrive() {
        let mut tail = Tail::of(3);
        assert_eq!(tail.push("1\n2\n"), 0);
        assert_eq!(tail.push("3\n4\n5\n"), 2);
        assert_eq!(tail.take(), "3\n4\n5\n");
        assert_eq!(tail.take(), "", "what was taken is gone");
    }

    #[test]
    fn an_empty_line_is_a_line() {
        let mut tail = Tail::of(2);
        tail.push("a\n\n");
        assert_eq!(tail.take(), "a\n\n");
    }
}
