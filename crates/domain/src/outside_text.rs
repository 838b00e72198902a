//! Messages that outside systems wrote. They hold anything, in any length: a workload's author decides what its events say.

/// The message in at most `longest` characters, of which the last is an ellipsis if some are missing. Without control
/// characters but line breaks and tabs, and without those that are invisible or change the direction of the text around them:
/// they could hide a part or make it read as another.
pub fn readable(message: &str, longest: usize) -> String {
    let mut kept = message.trim().chars().filter(|found| is_readable(*found));
    let mut text: String = kept.by_ref().take(longest).collect();
    if kept.next().is_some() {
        text.pop();
        text.push('…');
    }
    text
}

fn is_readable(character: char) -> bool {
    match character {
        '\n' | '\t' => true,
        // Soft hyphen, Arabic letter mark, zero width and direction marks, embeddings, isolates, byte order mark, tags.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => {
            false
        }
        '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => false,
        '\u{e0000}'..='\u{e007f}' => false,
        other => !other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn only_what_can_be_read_is_kept() {
        for (message, expected) in [
            ("  Back-off pulling image\n", "Back-off pulling image"),
            ("one\n\ttwo", "one\n\ttwo"),
            ("\u{1b}[31mred\u{1b}[0m\u{7}", "[31mred[0m"),
            ("nul\0 and \u{85}more", "nul and more"),
            ("safe\u{202e}gnp.exe", "safegnp.exe"),
            ("a\u{200b}b\u{2066}c\u{feff}d\u{ad}", "abcd"),
            ("\u{e0041}tags\u{e007f}", "tags"),
            ("Grüße, 你好, שלום", "Grüße, 你好, שלום"),
        ] {
            assert_eq!(readable(message, 100), expected, "{message:?}");
        }
    }

    #[test]
    fn a_long_message_is_cut_at_a_character() {
        assert_eq!(readable("äöüß", 4), "äöüß");
        assert_eq!(readable("äöüßx", 4), "äöü…");
        assert_eq!(readable(&"x".repeat(1_000_000), 1000).chars().count(), 1000);
        assert_eq!(readable("", 4), "");
    }
}
