//! Secrets in a configuration: a value, or a file such as a mounted Kubernetes Secret.

use super::fault::Faults;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use std::path::{Path, PathBuf};

/// A value that is never printed.
#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value.into())
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// The secret at `key`: its value, or the content of the file that `KEY_file` names, without the final newline.
pub fn resolve(
    key: &str,
    value: Option<Secret>,
    file: Option<&PathBuf>,
    folder: &Path,
    faults: &mut Faults,
) -> Option<Secret> {
    match (value, file) {
        (Some(_), Some(_)) => faults.none(
            key,
            format!("is set twice; keep either `{key}` or `{key}_file`"),
        ),
        (None, Some(file)) => match std::fs::read_to_string(folder.join(file)) {
            Ok(text) => Some(Secret::from(text.trim_end_matches(['\r', '\n']).to_owned())),
            Err(error) => faults.none(
                format!("{key}_file"),
                format!("cannot read {}: {error}", file.display()),
            ),
        },
        (value, None) => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_in_debug_output() {
        let shown = format!("{:?}", Secret::from("canary-7".to_owned()));
        assert!(!shown.contains("canary-7"), "{shown}");
    }

    #[test]
    fn a_secret_file_is_read_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("key"), "s3cret\n").unwrap();
        let mut faults = Faults::default();
        let secret = resolve("x", None, Some(&"key".into()), folder.path(), &mut faults);
        assert_eq!(secret.unwrap().expose(), "s3cret");
        assert!(faults.is_empty());
    }

    #[test]
    fn a_secret_given_twice_or_in_a_missing_file_is_a_fault() {
        let folder = Path::new("/nonexistent");
        for value in [Some(Secret::from("v".to_owned())), None] {
            let mut faults = Faults::default();
            assert!(resolve("x", value, Some(&"key".into()), folder, &mut faults).is_none());
            assert!(!faults.is_empty());
        }
    }
}
