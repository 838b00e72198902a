//! JSON files that clouds issue, read field by field: unknown fields are refused by name.

use super::{Faults, presentable};
use serde_json::{Map, Value};

/// A JSON object in a field of a form.
pub(super) struct Document<'a> {
    field: &'a str,
    /// Where it is, for messages: `` or `subject-credentials.`.
    path: String,
    members: Map<String, Value>,
}

impl<'a> Document<'a> {
    /// Reads `text`; what is wrong with it is added to `faults`.
    pub fn read(field: &'a str, text: &str, faults: &mut Faults) -> Option<Self> {
        match serde_json::from_str(text) {
            Ok(Value::Object(members)) => Some(Self {
                field,
                path: String::new(),
                members,
            }),
            Ok(_) => {
                faults.add(field, "Must be a JSON object: { … }.");
                None
            }
            // The reader's own message could show what it stumbled over.
            Err(error) => {
                faults.add(
                    field,
                    format!(
                        "Not JSON: line {}, column {}. Paste the file as it was downloaded.",
                        error.line(),
                        error.column()
                    ),
                );
                None
            }
        }
    }

    /// The object in the member `name`.
    pub fn object(&mut self, name: &str, faults: &mut Faults) -> Option<Document<'a>> {
        match self.members.remove(name) {
            Some(Value::Object(members)) => Some(Document {
                field: self.field,
                path: format!("{}{name}.", self.path),
                members,
            }),
            _ => {
                faults.add(self.field, format!("“{}{name}” is missing.", self.path));
                None
            }
        }
    }

    /// The text of the member `name`, which `fits` or is refused with `rule`: “must be …”.
    pub fn text(
        &mut self,
        name: &str,
        fits: impl Fn(&str) -> bool,
        rule: &str,
        faults: &mut Faults,
    ) -> Option<String> {
        let fault = match self.members.remove(name) {
            Some(Value::String(text)) if fits(&text) => return Some(text),
            Some(_) => format!("“{}{name}” {rule}.", self.path),
            None => format!("“{}{name}” is missing; it {rule}.", self.path),
        };
        faults.add(self.field, fault);
        None
    }

    /// As [`Self::text`], where it may be missing.
    pub fn optional_text(
        &mut self,
        name: &str,
        fits: impl Fn(&str) -> bool,
        rule: &str,
        faults: &mut Faults,
    ) -> Option<String> {
        if self.members.contains_key(name) {
            self.text(name, fits, rule, faults)
        } else {
            None
        }
    }

    /// Refuses the fields that were not read.
    pub fn nothing_else(self, faults: &mut Faults) {
        for name in self.members.keys() {
            let message = match presentable(name) {
                Some(name) => format!("“{}{name}” does not belong here.", self.path),
                None => "It has a member that does not belong here.".to_owned(),
            };
            faults.add(self.field, message);
        }
    }
}
