//! Lines within bounds: those that wait to be shown, and those on the page.

use std::collections::VecDeque;

/// Lines that are put on the page together; the page holds at most this many more than its limit.
const PIECE: usize = 250;

/// The last lines of a text that arrives in parts.
#[derive(Debug, Default)]
pub struct Tail {
    limit: usize,
    lines: VecDeque<String>,
}

impl Tail {
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            lines: VecDeque::new(),
        }
    }

    /// Adds whole lines; returns how many lines were dropped for them.
    pub fn push(&mut self, text: &str) -> usize {
        self.lines.extend(text.lines().map(str::to_owned));
        let surplus = self.lines.len().saturating_sub(self.limit);
        self.lines.drain(..surplus);
        surplus
    }

    /// Removes the lines and returns them, each with its line end.
    pub fn take(&mut self) -> String {
        let mut text = String::new();
        for line in self.lines.drain(..) {
            text.push_str(&line);
            text.push('\n');
        }
        text
    }
}

/// The pieces of text on the page, oldest first, with how many lines each has.
#[derive(Debug)]
pub(super) struct Pieces<T> {
    pieces: VecDeque<(T, usize)>,
    lines: usize,
}

impl<T> Pieces<T> {
    pub fn new() -> Self {
        Self {
            pieces: VecDeque::new(),
            lines: 0,
        }
    }

    pub fn push(&mut self, piece: T, lines: usize) {
        self.lines += lines;
        self.pieces.push_back((piece, lines));
    }

    /// Removes the oldest piece if the others have at least `limit` lines.
    pub fn pop_surplus(&mut self, limit: usize) -> Option<T> {
        let (_, oldest) = self.pieces.front()?;
        if self.lines - oldest < limit {
            return None;
        }
        let (piece, lines) = self.pieces.pop_front()?;
        self.lines -= lines;
        Some(piece)
    }

    pub fn drain(&mut self) -> impl Iterator<Item = T> {
        self.lines = 0;
        self.pieces.drain(..).map(|(piece, _)| piece)
    }
}

/// Splits a text into pieces of at most [`PIECE`] lines, with how many each has.
pub(super) fn split(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let lines = rest.split_inclusive('\n').take(PIECE);
        let (count, length) = lines.fold((0, 0), |(count, length), line| {
            (count + 1, length + line.len())
        });
        let (piece, left) = rest.split_at(length);
        rest = left;
        (count > 0).then_some((piece, count))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_keeps_the_last_lines_however_they_arrive() {
        let mut tail = Tail::new(3);
        assert_eq!(tail.push("1\n2\n"), 0);
        assert_eq!(tail.push("3\n4\n5\n"), 2);
        assert_eq!(tail.take(), "3\n4\n5\n");
        assert_eq!(tail.take(), "");
    }

    #[test]
    fn an_empty_line_is_a_line() {
        let mut tail = Tail::new(2);
        tail.push("a\n\n");
        assert_eq!(tail.take(), "a\n\n");
    }

    #[test]
    fn a_text_is_split_without_loss() {
        let text: String = (0..600).map(|line| format!("line {line}\n")).collect();
        let pieces: Vec<_> = split(&text).collect();
        let counts: Vec<_> = pieces.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [250, 250, 100]);
        let joined: String = pieces.iter().map(|(piece, _)| *piece).collect();
        assert_eq!(joined, text);
        assert_eq!(split("").count(), 0);
    }

    #[test]
    fn the_oldest_pieces_go_while_enough_lines_stay() {
        let mut page = Pieces::new();
        for piece in 0..4 {
            page.push(piece, 3);
        }
        assert_eq!(page.pop_surplus(10), None, "9 lines are too few");
        assert_eq!(page.pop_surplus(9), Some(0));
        assert_eq!(page.pop_surplus(9), None);
        page.push(4, 8);
        assert_eq!(page.pop_surplus(9), Some(1));
        assert_eq!(page.pop_surplus(9), Some(2));
        assert_eq!(page.pop_surplus(9), None, "8 lines are too few");
        assert_eq!(page.drain().collect::<Vec<_>>(), [3, 4]);
        assert_eq!(page.lines, 0);
    }
}
