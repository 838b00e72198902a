//! Reads YAML into a small tree that knows its lines, within bounds: a few bytes with aliases can stand for gigabytes, so
//! each alias counts as what it stands for.

use domain::yaml::Yaml;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::HashMap;

/// How deep it may be nested.
const MAX_DEPTH: usize = 20;

/// What a text may hold.
#[derive(Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) bytes: usize,
    pub(crate) values: usize,
    pub(crate) aliases: bool,
}

/// A value and the line it begins in, from 1.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
}

/// What a value is.
#[derive(Clone, Debug)]
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

    fn children(&self) -> Vec<&Self> {
        match &self.kind {
            Kind::Scalar(_) | Kind::Plain(_) => Vec::new(),
            Kind::Sequence(items) => items.iter().collect(),
            Kind::Mapping(entries) => entries.iter().map(|(_, _, value)| value).collect(),
        }
    }

    /// How many values it holds with itself, and how deep they are nested.
    fn size(&self) -> (usize, usize) {
        let sizes = self.children().into_iter().map(Self::size);
        sizes.fold((1, 0), |(values, depth), (more, deep)| {
            (values + more, depth.max(deep + 1))
        })
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
struct Open {
    line: usize,
    anchor: usize,
    content: Content,
}

enum Content {
    Sequence(Vec<Node>),
    Mapping(Vec<(String, usize, Node)>, Option<(String, usize)>),
}

/// Reads `text`.
///
/// # Errors
/// A sentence with the line.
pub(crate) fn scan(text: &str, bounds: Bounds) -> Result<Node, String> {
    if text.len() > bounds.bytes {
        return Err(format!("At most {} KiB.", bounds.bytes / 1024));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut open: Vec<Open> = Vec::new();
    let mut anchored: HashMap<usize, Node> = HashMap::new();
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
        let anchor = match &event {
            Event::Alias(anchor)
            | Event::Scalar(_, _, anchor, _)
            | Event::SequenceStart(anchor, _)
            | Event::MappingStart(anchor, _) => *anchor,
            _ => 0,
        };
        if anchor != 0 && !bounds.aliases {
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
        let too_deep = || format!("Line {line}: nested deeper than {MAX_DEPTH} levels.");
        let begun = match &event {
            Event::SequenceStart(..) => Some(Content::Sequence(Vec::new())),
            Event::MappingStart(..) => Some(Content::Mapping(Vec::new(), None)),
            _ => None,
        };
        if let Some(content) = begun {
            open.push(Open {
                line,
                anchor,
                content,
            });
            if open.len() > MAX_DEPTH {
                return Err(too_deep());
            }
            continue;
        }
        let (anchor, node) = match event {
            Event::Alias(_) => {
                let Some(found) = anchored.get(&anchor) else {
                    return Err(format!("Line {line}: an alias stands for itself."));
                };
                let (more, depth) = found.size();
                if open.len() + depth > MAX_DEPTH {
                    return Err(too_deep());
                }
                values += more - 1;
                let kind = found.kind.clone();
                (0, Node { line, kind })
            }
            // A plain scalar of several lines is text: nothing else has spaces in it.
            Event::Scalar(text, ScalarStyle::Plain, ..) if !text.contains('\n') => {
                let kind = Kind::Plain(text.into_owned());
                (anchor, Node { line, kind })
            }
            Event::Scalar(text, ..) => {
                let kind = Kind::Scalar(text.into_owned());
                (anchor, Node { line, kind })
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(done) = open.pop() else { continue };
                let kind = match done.content {
                    Content::Sequence(items) => Kind::Sequence(items),
                    Content::Mapping(entries, _) => Kind::Mapping(entries),
                };
                let line = done.line;
                (done.anchor, Node { line, kind })
            }
            Event::DocumentStart(_) if root.is_some() => {
                return Err(format!(
                    "Line {line}: only one document; remove the second."
                ));
            }
            _ => continue,
        };
        values += 1;
        if values > bounds.values {
            return Err(format!("Line {line}: more than {} values.", bounds.values));
        }
        if anchor != 0 {
            anchored.insert(anchor, node.clone());
        }
        place(node, &mut open, &mut root)?;
    }
    root.ok_or_else(|| "It is empty.".to_owned())
}

/// Puts a finished value where it belongs.
fn place(node: Node, open: &mut [Open], root: &mut Option<Node>) -> Result<(), String> {
    match open.last_mut().map(|open| &mut open.content) {
        None => *root = Some(node),
        Some(Content::Sequence(items)) => items.push(node),
        Some(Content::Mapping(entries, key)) => match key.take() {
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
