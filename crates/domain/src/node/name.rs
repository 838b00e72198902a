//! The name of a node, short enough that every cloud accepts the machine name derived from it.

use crate::problem::FieldError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A valid node name: 1 to 30 characters of `a-z`, `0-9` and `-`, starting with a letter and not ending in `-`;
/// unique within its tenant. SkyPilot replaces the end of long names by a hash; 30 characters stay readable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct NodeName(String);

impl NodeName {
    /// In characters.
    pub const MAX_LENGTH: usize = 30;

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for NodeName {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        crate::dns_label::check(text, Self::MAX_LENGTH, "Name is required.")
            .map_err(|message| FieldError::new("name", message))?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for NodeName {
    type Error = FieldError;
    fn try_from(text: String) -> Result<Self, FieldError> {
        text.parse()
    }
}

impl From<NodeName> for String {
    fn from(name: NodeName) -> Self {
        name.0
    }
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_names_the_rule_that_was_broken() {
        for (name, says) in [
            ("", "required"),
            ("Trainer", "lowercase"),
            ("a b", "hyphen instead"),
            ("1st", "Start with a letter"),
            ("a-", "End with a letter"),
            (&"a".repeat(31), "at most 30"),
        ] {
            let error = name.parse::<NodeName>().unwrap_err();
            assert!(error.message.contains(says), "{name}: {}", error.message);
            assert_eq!(error.field, "name");
        }
        assert_eq!(
            "trainer-1".parse::<NodeName>().unwrap().as_str(),
            "trainer-1"
        );
    }
}
