//! The name of a cluster: a DNS label, because namespaces, Services and host names are made of it.

use crate::problem::FieldError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A valid cluster name: 1 to 48 characters of `a-z`, `0-9` and `-`, starting with a letter and not ending in `-`.
/// Names derived from it, the namespace `vcluster-NAME` and the pod label `NAME-<hash>`, must stay within 63
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "String", into = "String")]
pub struct ClusterName(String);

impl ClusterName {
    /// In characters.
    pub const MAX_LENGTH: usize = 48;

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cluster's namespace on the host, named as the vcluster command line does.
    pub fn namespace(&self) -> String {
        format!("vcluster-{}", self.0)
    }
}

impl FromStr for ClusterName {
    type Err = FieldError;

    fn from_str(text: &str) -> Result<Self, FieldError> {
        crate::dns_label::check(text, Self::MAX_LENGTH, "Name is required.")
            .map_err(|message| FieldError::new("name", message))?;
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for ClusterName {
    type Error = FieldError;
    fn try_from(text: String) -> Result<Self, FieldError> {
        text.parse()
    }
}

impl From<ClusterName> for String {
    fn from(name: ClusterName) -> Self {
        name.0
    }
}

impl fmt::Display for ClusterName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_names_are_accepted() {
        for name in ["a", "payments-ci", "a1", "x--y", &"a".repeat(48)] {
            assert_eq!(name.parse::<ClusterName>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn each_refusal_names_the_rule_that_was_broken() {
        for (name, says) in [
            ("", "required"),
            ("Payments", "lowercase"),
            ("a b", "hyphen instead"),
            ("a_b", "hyphen instead"),
            ("käse", "not allowed"),
            ("1st", "Start with a letter"),
            ("-a", "Start with a letter"),
            ("a-", "End with a letter"),
            (&"a".repeat(49), "at most 48"),
        ] {
            let error = name.parse::<ClusterName>().unwrap_err();
            assert!(error.message.contains(says), "{name}: {}", error.message);
            assert_eq!(error.field, "name");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_is_a_dns_label(text in "\\PC{0,70}") {
            if let Ok(name) = text.parse::<ClusterName>() {
                let label = name.namespace();
                prop_assert!(label.len() <= 63);
                prop_assert!(label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
                prop_assert!(!label.ends_with('-'));
            }
        }
    }
}
