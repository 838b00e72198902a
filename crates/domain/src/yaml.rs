//! Writes YAML that every reader takes for the same value. PyYAML and Kubernetes' own reader follow YAML 1.1, where an
//! unquoted `on`, `22:30` or `1_000` is not the text it looks like; most libraries for Rust write for YAML 1.2.

use std::fmt::{self, Display, Write as _};

/// A value to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    /// Written letter by letter: a number, `true`, or a scalar that was read without quotes and is to mean the same to
    /// the next reader. It has no line end.
    Plain(String),
    /// Text, quoted where any reader could take it for something else.
    Text(String),
    /// Items in order.
    Sequence(Vec<Yaml>),
    /// Keys, which are text, and values in order.
    Mapping(Vec<(String, Yaml)>),
}

impl Yaml {
    /// A mapping with these entries.
    pub fn mapping<const N: usize>(entries: [(&str, Yaml); N]) -> Self {
        Self::Mapping(
            entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    }

    /// The value of a key, if this is a mapping that has it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Mapping(entries) => entries
                .iter()
                .find(|(found, _)| found == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Gives a key of a mapping this value, in its place or at the end. Anything but a mapping stays as it is.
    pub fn set(&mut self, key: &str, value: impl Into<Self>) {
        if let Self::Mapping(entries) = self {
            let value = value.into();
            match entries.iter_mut().find(|(found, _)| found == key) {
                Some((_, old)) => *old = value,
                None => entries.push((key.to_owned(), value)),
            }
        }
    }
}

impl From<&str> for Yaml {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Yaml {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<u32> for Yaml {
    fn from(number: u32) -> Self {
        Self::Plain(number.to_string())
    }
}

impl From<bool> for Yaml {
    fn from(truth: bool) -> Self {
        Self::Plain(truth.to_string())
    }
}

/// A document. Its lines end in `\n`.
impl Display for Yaml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        match self {
            Self::Mapping(entries) if !entries.is_empty() => write_entries(&mut text, entries, 0),
            Self::Sequence(items) if !items.is_empty() => write_items(&mut text, items, 0),
            other => write_value(&mut text, other, 0),
        }
        f.write_str(text.trim_start_matches(' '))
    }
}

fn write_entries(out: &mut String, entries: &[(String, Yaml)], indent: usize) {
    for (number, (key, value)) in entries.iter().enumerate() {
        // The first entry of an item stands behind its dash.
        if number > 0 || !out.ends_with("- ") {
            let _ = write!(out, "{:indent$}", "");
        }
        let _ = write!(out, "{}:", scalar(key));
        write_value(out, value, indent);
    }
}

fn write_items(out: &mut String, items: &[Yaml], indent: usize) {
    for (number, item) in items.iter().enumerate() {
        if number > 0 || !out.ends_with("- ") {
            let _ = write!(out, "{:indent$}", "");
        }
        match item {
            Yaml::Mapping(entries) if !entries.is_empty() => {
                out.push_str("- ");
                write_entries(out, entries, indent + 2);
            }
            Yaml::Sequence(items) if !items.is_empty() => {
                out.push_str("- ");
                write_items(out, items, indent + 2);
            }
            other => {
                out.push('-');
                write_value(out, other, indent);
            }
        }
    }
}

/// What follows a key or a dash, with its line end.
fn write_value(out: &mut String, value: &Yaml, indent: usize) {
    match value {
        Yaml::Plain(text) if text.is_empty() => out.push('\n'),
        Yaml::Plain(text) => {
            let _ = writeln!(out, " {text}");
        }
        Yaml::Text(text) => match block(text) {
            Some(header) => {
                let _ = writeln!(out, " {header}");
                for line in text.lines() {
                    if line.is_empty() {
                        out.push('\n');
                    } else {
                        let _ = writeln!(out, "{:1$}{line}", "", indent + 2);
                    }
                }
            }
            None => {
                let _ = writeln!(out, " {}", scalar(text));
            }
        },
        Yaml::Sequence(items) if items.is_empty() => out.push_str(" []\n"),
        Yaml::Sequence(items) => {
            out.push('\n');
            write_items(out, items, indent + 2);
        }
        Yaml::Mapping(entries) if entries.is_empty() => out.push_str(" {}\n"),
        Yaml::Mapping(entries) => {
            out.push('\n');
            write_entries(out, entries, indent + 2);
        }
    }
}

/// The header of the literal block that keeps this text as it is; `None` for a single line, and for what a block would
/// change.
fn block(text: &str) -> Option<&'static str> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let kept = !body.is_empty()
        && text.contains('\n')
        && !body.starts_with([' ', '\n', '\t'])
        && !body.ends_with('\n')
        // Only spaces would be taken for an empty line, and shorten it.
        && body
            .lines()
            .all(|line| line.is_empty() || !line.trim_start_matches([' ', '\t']).is_empty())
        && text.chars().all(|c| c == '\n' || c == '\t' || !needs_escape(c));
    kept.then_some(if text.ends_with('\n') { "|" } else { "|-" })
}

/// One line: plain where no reader sees anything but text, else in double quotes.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':'))
        && !text.ends_with(':')
        && !matches!(
            text.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        return text.to_owned();
    }
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if needs_escape(c) => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// What is not printable in YAML 1.1, or breaks a line in it.
fn needs_escape(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: Yaml) -> String {
        Yaml::mapping([("key", value)]).to_string()
    }

    /// YAML 1.1 has 22 words for true and false, sexagesimal numbers, octal without an `o`, dates and more.
    #[test]
    fn text_that_yaml_1_1_reads_otherwise_is_quoted() {
        for text in [
            "on",
            "Off",
            "y",
            "N",
            "yes",
            "NO",
            "true",
            "null",
            "~",
            "",
            "22:30",
            "1:2:3",
            "0123",
            "0o17",
            "0x1f",
            "1_000",
            "1e3",
            ".5",
            ".inf",
            "-1",
            "+1",
            "2026-12-01",
            "<<",
            "=",
            "a b",
            "a: b",
            "a #b",
            "- a",
            "key:",
            "@a",
            "`a",
            "%a",
            "!a",
            "&a",
            "*a",
            "[a",
            "{a",
            "é",
        ] {
            assert_eq!(written(text.into()), format!("key: \"{text}\"\n"));
        }
        for text in [
            "trainer",
            "aws/us-east-1",
            "H100:8",
            "docker:nvcr.io/x:26.09-py3",
        ] {
            assert_eq!(written(text.into()), format!("key: {text}\n"));
        }
    }

    #[test]
    fn keys_are_text_too() {
        let flags = Yaml::mapping([("on", 1.into()), ("22:30", true.into())]);
        assert_eq!(flags.to_string(), "\"on\": 1\n\"22:30\": true\n");
    }

    #[test]
    fn several_lines_are_a_block() {
        assert_eq!(written("a\n\n b\n".into()), "key: |\n  a\n\n   b\n");
        assert_eq!(written("a\nb".into()), "key: |-\n  a\n  b\n");
        assert_eq!(written("a\n\n".into()), "key: \"a\\n\\n\"\n");
        assert_eq!(written(" a\nb".into()), "key: \" a\\nb\"\n");
    }

    #[test]
    fn what_yaml_cannot_print_is_escaped() {
        for c in ['\0', '\u{7f}', '\u{85}', '\u{2028}', '\u{feff}', '\u{ffff}'] {
            let text = format!("a{c}\nb");
            assert!(
                written(text.as_str().into()).starts_with("key: \"a\\U0000"),
                "{c:?}"
            );
        }
    }

    fn values() -> impl Strategy<Value = Yaml> {
        let text = prop_oneof![
            "(\\PC|\n|\t| ){0,20}",
            "[a-z0-9:._-]{0,6}",
            "(yes|on|null|~|1e3)"
        ];
        let leaf = prop_oneof![
            text.prop_map(Yaml::Text),
            any::<u32>().prop_map(Yaml::from),
            any::<bool>().prop_map(Yaml::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Yaml::Sequence),
                prop::collection::btree_map("\\PC{0,8}", inner, 0..4)
                    .prop_map(|entries| Yaml::Mapping(entries.into_iter().collect())),
            ]
        })
    }

    /// What a reader should see.
    fn seen(value: &Yaml) -> serde_norway::Value {
        match value {
            Yaml::Plain(text) => serde_norway::from_str(text).unwrap(),
            Yaml::Text(text) => text.as_str().into(),
            Yaml::Sequence(items) => items.iter().map(seen).collect::<Vec<_>>().into(),
            Yaml::Mapping(entries) => entries
                .iter()
                .map(|(key, value)| (key.as_str().into(), seen(value)))
                .collect::<serde_norway::Mapping>()
                .into(),
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(value in values()) {
            let text = value.to_string();
            let read: serde_norway::Value = serde_norway::from_str(&text)
                .map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
            prop_assert_eq!(read, seen(&value), "{}", text);
        }
    }
}
