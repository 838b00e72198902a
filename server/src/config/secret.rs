//! Secrets in a configuration: a value, or a file such as a mounted Kubernetes Secret.

use super::{fault::Faults, one_line};
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

/// The secret at `key`: its value, or the content of the file that `KEY_file` names, without the final line end. An empty
/// secret is an error: a variable or file that was left empty must not count as none.
pub fn resolve(
    key: &str,
    value: Option<Secret>,
    file: Option<&PathBuf>,
    folder: &Path,
    faults: &mut Faults,
) -> Option<Secret> {
    let (key, secret) = match (value, file) {
        (Some(_), Some(_)) => {
            return faults.none(
                key,
                format!("is set twice; keep either `{key}` or `{key}_file`"),
            );
        }
        (None, Some(file)) => {
            let key = format!("{key}_file");
            let read = std::fs::read_to_string(folder.join(file))
                .map_err(|error| format!("cannot read {}: {error}", file.display()))
                .and_then(|text| {
                    let text = one_line(&text);
                    text.map(|text| Secret::from(text.to_owned()))
                        .map_err(|rule| format!("{} {rule}", file.display()))
                });
            match read {
                Ok(secret) => (key, secret),
                Err(message) => return faults.none(key, message),
            }
        }
        (Some(secret), None) => (key.to_owned(), secret),
        (None, None) => return None,
    };
    if secret.expose().is_empty() {
        return faults.none(key, "is empty; give it a value, or remove it");
    }
    Some(secret)
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
    fn a_secret_file_is_read_letter_by_letter_without_its_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let read = |content: &[u8]| {
            std::fs::write(folder.path().join("key"), content).unwrap();
            let mut faults = Faults::default();
            let secret = resolve("x", None, Some(&"key".into()), folder.path(), &mut faults);
            let keys: Vec<_> = faults.iter().map(|fault| fault.key.clone()).collect();
            (secret.map(|secret| secret.expose().to_owned()), keys)
        };
        for (content, text) in [
            ("00501234567890\n", "00501234567890"),
            ("s3cret\r\n", "s3cret"),
            ("\"quoted\" \n", "\"quoted\" "),
            ("true", "true"),
        ] {
            assert_eq!(read(content.as_bytes()), (Some(text.to_owned()), vec![]));
        }
        for content in [
            &b"\xef\xbb\xbfs3cret"[..],
            b"two\nlines",
            b"tab\there",
            b"\xff\xfe",
            b"",
            b"\n",
        ] {
            assert_eq!(
                read(content),
                (None, vec!["x_file".to_owned()]),
                "{content:?}"
            );
        }
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
