//! Turns SkyPilot's terminal output into plain lines.
//!
//! Its logs arrive in arbitrary chunks, with colours, progress bars that overwrite themselves, and control lines
//! (`<sky-payload>"<heartbeat></heartbeat>"</sky-payload>`) for its own command line.

use domain::outside_text::readable;

/// The maximum length of a line in bytes; the rest of a longer line is dropped.
const LONGEST_LINE: usize = 16 * 1024;
/// The maximum length of a message in characters: some of SkyPilot's contain whole logs.
pub(crate) const LONGEST_MESSAGE: usize = 4000;
const PAYLOAD: &str = "<sky-payload";
const PAYLOAD_END: &str = "</sky-payload>";
/// Marks a truncated line.
const CUT: char = '…';

/// Turns a log into plain lines, chunk by chunk.
#[derive(Debug, Default)]
pub struct PlainText {
    /// The first bytes of a character that continues in the next chunk.
    incomplete: Vec<u8>,
    sequence: Sequence,
    line: String,
    cut: bool,
    /// After a carriage return: the following text overwrites the line, unless the line ends.
    returned: bool,
}

/// The state within a terminal control sequence (ECMA-48).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sequence {
    #[default]
    None,
    /// After ESC.
    Escape,
    /// After ESC and an intermediate byte, such as the `(` of `ESC ( B`.
    Intermediate,
    /// In a control sequence: parameters up to a letter.
    Control,
    /// In a control string, such as a window title: up to BEL or ESC \.
    Text,
    /// In a control string, after ESC.
    TextEscape,
}

impl PlainText {
    pub fn new() -> Self {
        Self::default()
    }

    /// The lines that `chunk` completes, each with its newline.
    pub fn push(&mut self, chunk: &[u8]) -> String {
        let mut bytes = std::mem::take(&mut self.incomplete);
        bytes.extend_from_slice(chunk);
        let mut lines = String::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            match std::str::from_utf8(rest) {
                Ok(text) => {
                    self.take(text, &mut lines);
                    break;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.take(&String::from_utf8_lossy(good), &mut lines);
                    let Some(length) = error.error_len() else {
                        self.incomplete = bad.to_vec();
                        break;
                    };
                    self.character(char::REPLACEMENT_CHARACTER, &mut lines);
                    rest = &bad[length..];
                }
            }
        }
        lines
    }

    /// The rest of a log that ends without a newline.
    pub fn finish(mut self) -> String {
        let mut lines = String::new();
        if !self.incomplete.is_empty() {
            self.sequence = Sequence::None;
            self.character(char::REPLACEMENT_CHARACTER, &mut lines);
        }
        if !self.line.is_empty() {
            self.end_line(&mut lines);
        }
        lines
    }

    fn take(&mut self, text: &str, lines: &mut String) {
        for character in text.chars() {
            self.character(character, lines);
        }
    }

    fn character(&mut self, character: char, lines: &mut String) {
        // Each line starts as text, even if a program left a sequence open.
        if character == '\n' {
            self.sequence = Sequence::None;
            self.end_line(lines);
            return;
        }
        self.sequence = match (self.sequence, character) {
            (Sequence::None, '\u{1b}') => Sequence::Escape,
            (Sequence::None, '\u{9b}') => Sequence::Control,
            (Sequence::None, other) => {
                self.visible(other);
                Sequence::None
            }
            (Sequence::Escape, '[') => Sequence::Control,
            (Sequence::Escape, ']' | 'P' | 'X' | '^' | '_') => Sequence::Text,
            (Sequence::Escape | Sequence::Intermediate, ' '..='/') => Sequence::Intermediate,
            (Sequence::Escape | Sequence::Intermediate, _) => Sequence::None,
            (Sequence::Control, '@'..='~') => Sequence::None,
            (Sequence::Control, _) => Sequence::Control,
            (Sequence::Text, '\u{7}') => Sequence::None,
            (Sequence::Text, '\u{1b}') => Sequence::TextEscape,
            (Sequence::TextEscape, '\\') => Sequence::None,
            (Sequence::Text | Sequence::TextEscape, _) => Sequence::Text,
        };
    }

    fn visible(&mut self, character: char) {
        if character == '\r' {
            self.returned = true;
            return;
        }
        if character.is_control() && character != '\t' {
            return;
        }
        if std::mem::take(&mut self.returned) {
            self.line.clear();
            self.cut = false;
        }
        if self.line.len() + character.len_utf8() > LONGEST_LINE {
            self.cut = true;
        } else {
            self.line.push(character);
        }
    }

    fn end_line(&mut self, lines: &mut String) {
        let line = std::mem::take(&mut self.line);
        let cut = std::mem::take(&mut self.cut);
        self.returned = false;
        let Some(line) = without_payloads(&line) else {
            return;
        };
        lines.push_str(&line);
        if cut {
            lines.push(CUT);
        }
        lines.push('\n');
    }
}

/// The line without SkyPilot's control messages; `None`: it contained nothing else.
fn without_payloads(line: &str) -> Option<String> {
    if !line.contains(PAYLOAD) {
        return Some(line.to_owned());
    }
    let (mut kept, mut rest) = (String::new(), line);
    while let Some(start) = rest.find(PAYLOAD) {
        kept.push_str(&rest[..start]);
        rest = rest[start..]
            .find(PAYLOAD_END)
            .map_or("", |end| &rest[start + end + PAYLOAD_END.len()..]);
    }
    kept.push_str(rest);
    (!kept.trim().is_empty()).then_some(kept)
}

/// A message without colours; line breaks stay.
pub(crate) fn plain(message: &str) -> String {
    let mut text = PlainText::new();
    let mut lines = text.push(message.as_bytes());
    lines.push_str(&text.finish());
    readable(&lines, LONGEST_MESSAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str) -> String {
        let mut plain = PlainText::new();
        let mut lines = plain.push(text.as_bytes());
        lines.push_str(&plain.finish());
        lines
    }

    const LOG: &str = "<sky-payload>\"<heartbeat></heartbeat>\"</sky-payload>\n\
        \u{1b}[2m├── \u{1b}[0m\u{1b}[2mWaiting for task resources on 1 node.\u{1b}[0m\n\
        \u{1b}[36m(hello, pid=861)\u{1b}[0m hällo 1\r\n\
        download  1%\rdownload 50%\rdownload 100%\n\
        \u{1b}]0;a title\u{7}\u{1b}(B\u{1b}[0m\u{1b}[32m✓ Job finished (status: SUCCEEDED).\u{1b}[0m";
    const READ: &str = "├── Waiting for task resources on 1 node.\n\
        (hello, pid=861) hällo 1\n\
        download 100%\n\
        ✓ Job finished (status: SUCCEEDED).\n";

    #[test]
    fn colours_progress_and_control_messages_are_left_out() {
        assert_eq!(whole(LOG), READ);
    }

    #[test]
    fn a_log_reads_the_same_however_it_is_cut_into_chunks() {
        for size in 1..40 {
            let mut plain = PlainText::new();
            let mut lines = String::new();
            for chunk in LOG.as_bytes().chunks(size) {
                lines.push_str(&plain.push(chunk));
            }
            lines.push_str(&plain.finish());
            assert_eq!(lines, READ, "chunks of {size} bytes");
        }
    }

    #[test]
    fn only_whole_lines_are_passed_on_before_the_end() {
        let mut plain = PlainText::new();
        assert_eq!(plain.push(b"first\nsec"), "first\n");
        assert_eq!(plain.push(b"ond\n"), "second\n");
        assert_eq!(plain.finish(), "");
    }

    #[test]
    fn a_control_message_within_a_line_leaves_the_rest_of_it() {
        assert_eq!(
            whole("before <sky-payload type=\"x\">1</sky-payload>after\n"),
            "before after\n"
        );
        assert_eq!(whole("<sky-payload>\"never closed\n next\n"), " next\n");
    }

    #[test]
    fn a_line_without_end_takes_bounded_memory() {
        let mut plain = PlainText::new();
        for _ in 0..1000 {
            assert_eq!(plain.push(&[b'x'; 1000]), "");
        }
        assert!(plain.line.len() <= LONGEST_LINE && plain.line.capacity() <= 2 * LONGEST_LINE);
        let lines = plain.push(b"\nnext\n");
        assert!(lines.ends_with("…\nnext\n"));
        assert!(lines.len() < LONGEST_LINE + 20);
    }

    #[test]
    fn a_sequence_left_open_does_not_swallow_the_next_line() {
        assert_eq!(whole("a\u{1b}]0;title without end\nb\n"), "a\nb\n");
        assert_eq!(whole("a\u{1b}[\nb\n"), "a\nb\n");
    }

    #[test]
    fn bytes_that_are_no_text_are_marked_and_do_not_stop_the_log() {
        let mut plain = PlainText::new();
        assert_eq!(plain.push(b"a\xffb\n"), "a\u{fffd}b\n");
        assert_eq!(plain.push(b"c\xc3"), "");
        assert_eq!(plain.finish(), "c\u{fffd}\n");
    }

    #[test]
    fn empty_lines_stay() {
        assert_eq!(whole("a\n\nb\n"), "a\n\nb\n");
    }
}
