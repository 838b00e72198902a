//! The key-encryption keys, if they are not in the data directory.

use super::{
    fault::Faults,
    secret::{self, Secret},
};
use aws::KeyArn;
use secrets::Key;
use serde::Deserialize;
use std::path::{Path, PathBuf};

const RULE: &str = "must be 32 bytes in base64, as `openssl rand -base64 32` prints them";

/// `[keys]` in the file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysSection {
    /// Encrypts new secrets.
    current: Option<Secret>,
    current_file: Option<PathBuf>,
    /// Files with previous keys, which only decrypt.
    #[serde(default)]
    old_files: Vec<PathBuf>,
    /// A key in AWS KMS that encrypts instead of the local one.
    kms_key: Option<String>,
    /// Previous keys in AWS KMS, which only decrypt.
    #[serde(default)]
    old_kms_keys: Vec<String>,
}

/// The keys of the configuration, without those of the data directory.
#[derive(Clone, Debug, Default)]
pub struct KeysSettings {
    /// Encrypts new secrets; `None`: the key of the data directory does.
    pub current: Option<Secret>,
    /// Only decrypt.
    pub old: Vec<Secret>,
    /// Encrypts new secrets; `None`: a local key does.
    pub kms: Option<KeyArn>,
    /// Only decrypt.
    pub old_kms: Vec<KeyArn>,
}

impl KeysSection {
    /// Reads the files, which are relative to `folder`, and validates each key.
    pub fn read(self, folder: &Path, faults: &mut Faults) -> KeysSettings {
        let current = secret::resolve(
            "keys.current",
            self.current,
            self.current_file.as_ref(),
            folder,
            faults,
        );
        if current.as_ref().is_some_and(is_no_key) {
            faults.add("keys.current", RULE);
        }
        let old = self.old_files.iter().filter_map(|file| {
            let key = secret::resolve("keys.old", None, Some(file), folder, faults)?;
            if is_no_key(&key) {
                return faults.none("keys.old_files", format!("{}: {RULE}", file.display()));
            }
            Some(key)
        });
        let old = old.collect();
        let mut arn = |key: &str, text: &String| {
            text.parse::<KeyArn>()
                .map_err(|rule| faults.add(key, rule))
                .ok()
        };
        let kms = self
            .kms_key
            .as_ref()
            .and_then(|text| arn("keys.kms_key", text));
        let old_kms = self.old_kms_keys.iter();
        let old_kms = old_kms
            .filter_map(|text| arn("keys.old_kms_keys", text))
            .collect();
        KeysSettings {
            current,
            old,
            kms,
            old_kms,
        }
    }
}

fn is_no_key(text: &Secret) -> bool {
    Key::from_text(text.expose()).is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(section: KeysSection, folder: &Path) -> (KeysSettings, Faults) {
        let mut faults = Faults::default();
        (section.read(folder, &mut faults), faults)
    }

    #[test]
    fn keys_come_from_values_and_files() {
        let folder = tempfile::tempdir().unwrap();
        let (current, old) = (Key::generate(), Key::generate());
        std::fs::write(folder.path().join("old"), format!("{}\n", *old.to_text())).unwrap();
        let section = KeysSection {
            current: Some(Secret::from(current.to_text().to_string())),
            old_files: vec!["old".into()],
            ..KeysSection::default()
        };
        let (settings, faults) = read(section, folder.path());
        assert!(faults.is_empty(), "{faults}");
        let id = |text: &Secret| Key::from_text(text.expose()).unwrap().id().to_owned();
        assert_eq!(id(settings.current.as_ref().unwrap()), current.id());
        assert_eq!(id(&settings.old[0]), old.id());
    }

    #[test]
    fn what_is_no_key_is_a_fault_that_does_not_show_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("old"), "canary").unwrap();
        let section = KeysSection {
            current: Some(Secret::from("canary".to_owned())),
            old_files: vec!["old".into()],
            ..KeysSection::default()
        };
        let (_, faults) = read(section, folder.path());
        assert_eq!(faults.iter().count(), 2, "{faults}");
        assert!(!faults.to_string().contains("canary"));
    }
}
