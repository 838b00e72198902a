//! Errors of a configuration: each names the key, the rule and what to do.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub key: String,
    /// What is wrong and how to correct it.
    pub message: String,
}

/// All errors of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds an error at `key`.
    pub fn add(&mut self, key: impl Into<String>, message: impl Into<String>) {
        self.0.push(Fault {
            key: key.into(),
            message: message.into(),
        });
    }

    /// Adds an error and returns `None`.
    pub fn none<T>(&mut self, key: impl Into<String>, message: impl Into<String>) -> Option<T> {
        self.add(key, message);
        None
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

/// A configuration with errors.
#[derive(Debug, thiserror::Error)]
#[error("the configuration in {place} is invalid:\n{faults}")]
pub struct ConfigurationError {
    pub place: String,
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
