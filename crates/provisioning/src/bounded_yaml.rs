//! Reads YAML into a small tree that knows its lines, within bounds and without aliases: a few
//! bytes of those can stand for gigabytes.

use domain::yaml::Yaml;
use saphyr_parser::{Event, Parser, ScalarStyle};

/// The longest text, in bytes.
const MAX_BYTES: usize = 64 * 1024;
/// How deep it may be nested.
const MAX_DEPTH: usize = 20;
/// How many values it may hold.
const MAX_VALUES: usize = 5_000;

/// A value and the line it begins in, from 1.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Kind {
    /// Text without its quotes.
    Scalar(String),
    /// What was written without quotes: it may be more than text to its reader.
    Plain(String),
    Sequence(Vec<Node>),
    /// Keys with their lines, and values, in order.
    Mapping(Vec<(String, usize, Node)>),
}

impl Node {
    /// The text, if it is one.
    pub(crate) fn scalar(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text) | Kind::Plain(text) => Some(text),
            _ => None,
        }
    }

    /// The entries, if it is a mapping.
    pub(crate) fn entries(&self) -> &[(String, usize, Node)] {
        match &self.kind {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The value of a key, if it is a mapping that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|(found, _, _)| found == key)
            .map(|(_, _, value)| value)
    }
}

/// As it was: what was quoted stays text, and what was not stays what it is to the next reader.
impl From<&Node> for Yaml {
    fn from(node: &Node) -> Self {
        match &node.kind {
            Kind::Scalar(text) => Self::Text(text.clone()),
            Kind::Plain(text) => Self::Plain(text.clone()),
            Kind::Sequence(items) => Self::Sequence(items.iter().map(Self::from).collect()),
            Kind::Mapping(entries) => Self::Mapping(
                entries
                    .iter()
                    .map(|(key, _, value)| (key.clone(), Self::from(value)))
                    .collect(),
            ),
        }
    }
}

/// A collection that is still being read.
enum Open {
    Sequence(usize, Vec<Node>),
    Mapping(usize, Vec<(String, usize, Node)>, Option<(String, usize)>),
}

/// Reads `text`.
///
/// # Errors
/// A sentence with the line.
pub(crate) fn scan(text: &str) -> Result<Node, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("At most {} KiB.", MAX_BYTES / 1024));
    }
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    let mut values = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            format!(
                "Line {}: not YAML: {}.",
                error.marker().line(),
                error.info()
            )
        })?;
        let line = span.start.line();
        let anchored = match &event {
            Event::Alias(_) => true,
            Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => *anchor != 0,
            _ => false,
        };
        if anchored {
            return Err(format!(
                "Line {line}: anchors (&) and aliases (*) are not allowed; write the value out."
            ));
        }
        if let Event::Scalar(.., Some(_))
        | Event::SequenceStart(_, Some(_))
        | Event::MappingStart(_, Some(_)) = &event
        {
            return Err(format!("Line {line}: tags (!) are not allowed."));
        }
        let finished = match event {
            // A plain scalar of several lines is text: nothing else has spaces in it.
            Event::Scalar(text, ScalarStyle::Plain, ..) if !text.contains('\n') => Some(Node {
                line,
                kind: Kind::Plain(text.into_owned()),
            }),
            Event::Scalar(text, ..) => Some(Node {
                line,
                kind: Kind::Scalar(text.into_owned()),
            }),
            Event::SequenceStart(..) => {
                open.push(Open::Sequence(line, Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Mapping(line, Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::Sequence(line, items)) => Some(Node {
                    line,
                    kind: Kind::Sequence(items),
                }),
                Some(Open::Mapping(line, entries, _)) => Some(Node {
                    line,
                    kind: Kind::Mapping(entries),
                }),
                None => None,
            },
            Event::DocumentStart(_) if root.is_some() => {
                return Err(format!(
                    "Line {line}: only one document; remove the second."
                ));
            }
            _ => None,
        };
        if open.len() > MAX_DEPTH {
            return Err(format!(
                "Line {line}: nested deeper than {MAX_DEPTH} levels."
            ));
        }
        let Some(node) = finished else { continue };
        values += 1;
        if values > MAX_VALUES {
            return Err(format!("Line {line}: more than {MAX_VALUES} values."));
        }
        place(node, &mut open, &mut root)?;
    }
    root.ok_or_else(|| "It is empty.".to_owned())
}

/// Puts a finished value where it belongs.
fn place(node: Node, open: &mut [Open], root: &mut Option<Node>) -> Result<(), String> {
    match open.last_mut() {
        None => *root = Some(node),
        Some(Open::Sequence(_, items)) => items.push(node),
        Some(Open::Mapping(_, entries, key)) => match key.take() {
            Some((name, line)) => entries.push((name, line, node)),
            None => {
                let line = node.line;
                let (Kind::Scalar(name) | Kind::Plain(name)) = node.kind else {
                    return Err(format!("Line {line}: a key must be plain text."));
                };
                if name == "<<" {
                    return Err(format!("Line {line}: merge keys (<<) are not allowed."));
                }
                if entries.iter().any(|(found, _, _)| found == &name) {
                    return Err(format!("Line {line}: “{name}” is there twice."));
                }
                *key = Some((name, line));
            }
        },
    }
    Ok(())
}
