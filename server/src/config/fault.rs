//! What is wrong with a configuration: each fault names the key, the rule it breaks and the way out.

use std::fmt;

/// One thing wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The key, such as `sign_in.providers.corp.issuer`.
    pub key: String,
    /// What is wrong and how to put it right.
    pub message: String,
}

/// Everything wrong, found in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Notes a fault at `key`.
    pub fn add(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault {
            key: key.into(),
            message: message.into(),
        });
    }

    /// Notes a fault and answers nothing in its place.
    pub fn none<T>(&mut self, key: impl Into<String>, message: impl Into<String>) -> Option<T> {
        self.add(key, message);
        None
    }

    /// Whether all is well.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The faults.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the configuration in {place} cannot be used:\n{faults}")]
pub struct ConfigurationError {
    /// The file, or “the environment”.
    pub place: String,
    /// What is wrong.
    pub faults: Faults,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            if fault.key.is_empty() {
                write!(f, "  {}", fault.message)?;
            } else {
                write!(f, "  {}: {}", fault.key, fault.message)?;
            }
        }
        Ok(())
    }
}
