//! The default place of the portal's keys: a folder of the data directory with `current.key`, created at the first
//! start, previous keys as `*.key`, and `in-use`, the ids of the keys that protect secrets. The last detects a wrong
//! or missing key.

use crate::{
    key::Key,
    keyring::{KeyError, Keyring},
    private_file::{write_private, write_private_first},
};
use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

const CURRENT: &str = "current.key";
const IN_USE: &str = "in-use";

#[derive(Clone, Debug)]
pub struct KeyDirectory(PathBuf);

impl KeyDirectory {
    /// The folder at `path`, which does not have to exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Reads the keys of the folder and adds those of the configuration. Without a `configured` key the current one
    /// is that of the folder, created at the first start. Fails if a key in use is missing (so that a lost key is not
    /// taken for a first start), or a file cannot be read, is not a key, or is readable by others.
    pub fn open(&self, configured: Option<Key>, old: Vec<Key>) -> Result<Keyring, KeyError> {
        let in_use = self.in_use()?;
        let (mut own, mut old) = (None, old);
        for path in self.key_files()? {
            let key = read_key(&path)?;
            if path.ends_with(CURRENT) {
                own = Some(key);
            } else {
                old.push(key);
            }
        }
        let current = match (configured, own) {
            (Some(configured), own) => {
                old.extend(own);
                configured
            }
            (None, Some(own)) => own,
            (None, None) => match in_use.first() {
                None => self.make_first()?,
                Some(needed) => return Err(self.lost(needed, &old)),
            },
        };
        let keyring = Keyring::new(current, old);
        for id in &in_use {
            keyring.require(id, &self.sealed_here())?;
        }
        self.note_use(in_use, keyring.current().id())?;
        Ok(keyring)
    }

    /// The key with this id, if the folder now contains it.
    pub fn find(&self, id: &str) -> Result<Option<Key>, KeyError> {
        for path in self.key_files()? {
            let key = read_key(&path)?;
            if key.id() == id {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// Creates a new current key. The previous one stays in the folder and still decrypts. Returns the id of the new
    /// key.
    pub fn replace_current(&self) -> Result<String, KeyError> {
        let current = self.0.join(CURRENT);
        if current.exists() {
            let before = read_key(&current)?;
            // Copied before it is replaced: an interruption leaves one key twice instead of none.
            let kept = self.0.join(format!("{}.key", before.id()));
            write_private(&kept, format!("{}\n", *before.to_text()).as_bytes())
                .map_err(|source| failed("write", &kept, source))?;
        }
        let fresh = Key::generate();
        write_private(&current, format!("{}\n", *fresh.to_text()).as_bytes())
            .map_err(|source| failed("write", &current, source))?;
        Ok(fresh.id().to_owned())
    }

    /// Records that only these keys are in use, so that all others may be missing from now on.
    pub fn forget_others(&self, still: &[String]) -> Result<(), KeyError> {
        let path = self.0.join(IN_USE);
        write_private(&path, format!("{}\n", still.join("\n")).as_bytes())
            .map_err(|source| failed("write", &path, source))
    }

    fn sealed_here(&self) -> String {
        format!(
            "a secret of the portal (see {})",
            self.0.join(IN_USE).display()
        )
    }

    fn lost(&self, needed: &str, old: &[Key]) -> KeyError {
        let at_hand: Vec<_> = old.iter().map(Key::id).collect();
        KeyError::Missing {
            needed: needed.to_owned(),
            where_sealed: self.sealed_here(),
            at_hand: if at_hand.is_empty() {
                "none".to_owned()
            } else {
                at_hand.join(", ")
            },
        }
    }

    fn make_first(&self) -> Result<Key, KeyError> {
        let path = self.0.join(CURRENT);
        let key = Key::generate();
        let made = write_private_first(&path, format!("{}\n", *key.to_text()).as_bytes())
            .map_err(|source| failed("write", &path, source))?;
        // Another process has started for the first time too: both use the existing file.
        if made { Ok(key) } else { read_key(&path) }
    }

    fn key_files(&self) -> Result<Vec<PathBuf>, KeyError> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("read", &self.0, error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|source| failed("read", &self.0, source))?
                .path();
            if path.extension().is_some_and(|extension| extension == "key") {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    fn in_use(&self) -> Result<BTreeSet<String>, KeyError> {
        let path = self.0.join(IN_USE);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.split_whitespace().map(str::to_owned).collect()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
            Err(error) => Err(failed("read", &path, error)),
        }
    }

    fn note_use(&self, mut in_use: BTreeSet<String>, id: &str) -> Result<(), KeyError> {
        if !in_use.insert(id.to_owned()) {
            return Ok(());
        }
        let path = self.0.join(IN_USE);
        let ids: Vec<_> = in_use.into_iter().collect();
        write_private(&path, format!("{}\n", ids.join("\n")).as_bytes())
            .map_err(|source| failed("write", &path, source))
    }
}

fn read_key(path: &Path) -> Result<Key, KeyError> {
    let mode = fs::metadata(path)
        .map_err(|source| failed("read", path, source))?
        .permissions()
        .mode()
        & 0o777;
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed {
            path: path.to_owned(),
            mode,
        });
    }
    let text = fs::read_to_string(path).map_err(|source| failed("read", path, source))?;
    Key::from_text(&Zeroizing::new(text)).ok_or_else(|| KeyError::NoKey(path.display().to_string()))
}

fn failed(doing: &'static str, path: &Path, source: std::io::Error) -> KeyError {
    KeyError::File {
        doing,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> (tempfile::TempDir, KeyDirectory) {
        let directory = tempfile::tempdir().unwrap();
        let keys = KeyDirectory::new(directory.path().join("keys"));
        (directory, keys)
    }

    #[test]
    fn the_first_start_makes_a_key_for_its_owner_only_and_the_next_finds_it() {
        let (_directory, keys) = folder();
        let first = keys.open(None, Vec::new()).unwrap();
        let second = keys.open(None, Vec::new()).unwrap();
        assert_eq!(first.current().id(), second.current().id());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&keys.0.join(CURRENT)), 0o600);
        assert_eq!(mode(&keys.0), 0o700);
    }

    #[test]
    fn a_key_that_was_lost_is_asked_for_and_not_made_anew() {
        let (_directory, keys) = folder();
        let id = keys
            .open(None, Vec::new())
            .unwrap()
            .current()
            .id()
            .to_owned();
        fs::remove_file(keys.0.join(CURRENT)).unwrap();
        let said = keys.open(None, Vec::new()).unwrap_err().to_string();
        assert!(said.contains(&id), "{said}");
        assert!(!keys.0.join(CURRENT).exists());
    }

    #[test]
    fn a_wrong_key_is_refused_with_the_id_of_the_right_one() {
        let (_directory, keys) = folder();
        let right = Key::generate();
        let (id, text) = (right.id().to_owned(), right.to_text());
        keys.open(Some(right), Vec::new()).unwrap();
        let said = keys
            .open(Some(Key::generate()), Vec::new())
            .unwrap_err()
            .to_string();
        assert!(said.contains(&id), "{said}");
        assert!(!said.contains(&**text), "{said}");
        // It may come back as an old one.
        let old = Key::from_text(&text).unwrap();
        keys.open(Some(Key::generate()), vec![old]).unwrap();
    }

    #[test]
    fn a_configured_key_seals_and_the_folders_own_go_on_opening() {
        let (_directory, keys) = folder();
        let own = keys
            .open(None, Vec::new())
            .unwrap()
            .current()
            .id()
            .to_owned();
        let configured = Key::generate();
        let id = configured.id().to_owned();
        let keyring = keys.open(Some(configured), Vec::new()).unwrap();
        assert_eq!(keyring.current().id(), id);
        assert!(keyring.get(&own).is_some());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        let (_directory, keys) = folder();
        keys.open(None, Vec::new()).unwrap();
        let path = keys.0.join(CURRENT);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let said = keys.open(None, Vec::new()).unwrap_err().to_string();
        assert!(said.contains("640") && said.contains("chmod 600"), "{said}");
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_without_showing_it() {
        let (_directory, keys) = folder();
        write_private(&keys.0.join("old.key"), b"canary").unwrap();
        let error = keys.open(None, Vec::new()).unwrap_err();
        assert!(error.to_string().contains("old.key"));
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
