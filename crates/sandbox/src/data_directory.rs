//! Where the sandbox keeps what must survive a restart: certificates, keys, the stored objects. Everything in it is a
//! secret or holds some, so nothing is readable by other users of the machine.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// A directory of private files, or nothing at all when the sandbox lives in memory only.
#[derive(Clone, Debug)]
pub struct DataDirectory(Option<PathBuf>);

impl DataDirectory {
    pub fn in_memory() -> Self {
        Self(None)
    }

    pub fn open(path: impl Into<PathBuf>) -> Result<Self> {
        let path = path.into();
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .with_context(|| {
                format!(
                    "cannot create the sandbox's data directory {}",
                    path.display()
                )
            })?;
        Ok(Self(Some(path)))
    }

    pub fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// The content of a file; `None` when it does not exist (yet).
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        let Some(directory) = &self.0 else {
            return Ok(None);
        };
        let path = directory.join(name);
        match fs::read(&path) {
            Ok(content) => Ok(Some(content)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    pub fn read_text(&self, name: &str) -> Result<Option<String>> {
        self.read(name)?
            .map(|bytes| String::from_utf8(bytes).with_context(|| format!("{name} is not UTF-8")))
            .transpose()
    }

    /// Writes a file (mode 0600) in one step: a reader sees the old content or the new, never half of it.
    pub fn write(&self, name: &str, content: &[u8]) -> Result<()> {
        let Some(directory) = &self.0 else {
            return Ok(());
        };
        let path = directory.join(name);
        let unfinished = directory.join(format!(".{name}.new"));
        write_and_rename(&unfinished, &path, content)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

fn write_and_rename(unfinished: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    // A file left by a killed run may have other rights; a new one gets ours.
    match fs::remove_file(unfinished) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(unfinished)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn files_are_readable_by_their_owner_only() {
        let directory = tempfile::tempdir().unwrap();
        let data = DataDirectory::open(directory.path().join("sandbox")).unwrap();
        data.write("key.pem", b"secret").unwrap();
        data.write("key.pem", b"another").unwrap();

        let path = data.path().unwrap().join("key.pem");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(
            data.read_text("key.pem").unwrap().as_deref(),
            Some("another")
        );
        assert_eq!(data.read("missing").unwrap(), None);
    }

    #[test]
    fn in_memory_keeps_nothing() {
        let data = DataDirectory::in_memory();
        data.write("key.pem", b"secret").unwrap();
        assert_eq!(data.read("key.pem").unwrap(), None);
    }
}
