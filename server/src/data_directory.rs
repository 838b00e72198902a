//! The data directory: only its owner may read what the portal keeps there, and only one portal uses it.

use anyhow::{Context as _, Result, bail};
use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::ErrorKind,
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

/// What the portal keeps there, including the files in these folders.
const OURS: [&str; 6] = [
    "keys",
    "broker",
    "hangar.db",
    "hangar.db-wal",
    "hangar.db-shm",
    LOCK,
];
const LOCK: &str = "portal.lock";
const OTHERS: u32 = 0o077;
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Creates the data directory if it is missing, and withdraws permissions of other users to the directory and to what the
/// portal keeps in it.
///
/// # Errors
/// The directory cannot be created or is shared with other users, or permissions cannot be withdrawn.
pub fn prepare(path: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).with_context(|| {
        let path = path.display();
        format!("cannot create the data directory {path}; choose another one with --data-dir")
    })?;
    let mode = mode(path)?;
    if mode & STICKY != 0 {
        bail!(
            "{} is shared with other users (mode {mode:o}) and cannot be the data directory; choose a directory of its \
             own with --data-dir",
            path.display()
        );
    }
    // The root of a mounted volume belongs to another user, who must not let everybody replace what is in it.
    if let Err(error) = withdraw(path)
        && mode & OTHERS_WRITE != 0
    {
        return Err(error).context("choose another data directory with --data-dir");
    }
    for name in OURS {
        let path = path.join(name);
        if !path.exists() {
            continue;
        }
        withdraw(&path)?;
        if path.is_dir() {
            let entries = fs::read_dir(&path).with_context(|| cannot_read(&path))?;
            for entry in entries {
                withdraw(&entry.with_context(|| cannot_read(&path))?.path())?;
            }
        }
    }
    Ok(())
}

/// Makes a file or folder accessible to its owner only.
fn withdraw(path: &Path) -> Result<()> {
    let mode = mode(path)?;
    if mode & OTHERS == 0 {
        return Ok(());
    }
    fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS)).with_context(|| {
        format!(
            "{} is accessible to other users (mode {mode:o}), and this cannot be changed; run `chmod go-rwx` as its \
             owner",
            path.display()
        )
    })?;
    tracing::warn!(
        path = %path.display(),
        mode = format!("{mode:o}"),
        "was accessible to other users and is not any more; replace keys that others may have read"
    );
    Ok(())
}

fn mode(path: &Path) -> Result<u32> {
    let metadata = fs::metadata(path).with_context(|| cannot_read(path))?;
    Ok(metadata.permissions().mode() & 0o7777)
}

fn cannot_read(path: &Path) -> String {
    format!("cannot read {}", path.display())
}

/// Held while a portal runs.
#[derive(Debug)]
pub struct DataDirectoryLock {
    /// Closing the file ends the lock; `None`: the file system has no locks.
    _file: Option<File>,
}

/// Claims the data directory for a portal. `shared`: other portals with the same setting may use it too, as replicas do
/// whose database is PostgreSQL.
///
/// # Errors
/// Another portal uses the directory, or the lock file cannot be used.
pub fn lock(path: &Path, shared: bool) -> Result<DataDirectoryLock> {
    let file = path.join(LOCK);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).mode(0o600);
    let opened = options.open(&file);
    let locked = opened.and_then(|opened| {
        let locked = match shared {
            true => opened.try_lock_shared(),
            false => opened.try_lock(),
        };
        match locked {
            Ok(()) => Ok(Some(opened)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    });
    match locked {
        Ok(Some(opened)) => Ok(DataDirectoryLock {
            _file: Some(opened),
        }),
        Ok(None) => bail!(
            "another portal uses the data directory {}; stop it, or choose another directory with --data-dir",
            path.display()
        ),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::Unsupported | ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            tracing::warn!(
                path = %file.display(),
                %error,
                "cannot lock the data directory: make sure that no other portal uses it"
            );
            Ok(DataDirectoryLock { _file: None })
        }
        Err(error) => Err(error).with_context(|| format!("cannot lock {}", file.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn loosened_permissions_are_withdrawn() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("deep/data");
        prepare(&data).unwrap();
        assert_eq!(mode(&data).unwrap(), 0o700);
        let files = [
            "keys/current.key",
            "keys/in-use",
            "broker/authority.pem",
            "hangar.db",
            "hangar.db-wal",
            LOCK,
        ];
        for file in files {
            let path = data.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "canary").unwrap();
            set(&path, 0o664);
        }
        let foreign = data.join("notes.txt");
        fs::write(&foreign, "").unwrap();
        set(&foreign, 0o644);
        set(&data.join("keys"), 0o2770);
        for loosened in [0o755, 0o770, 0o777, 0o701] {
            set(&data, loosened);
            prepare(&data).unwrap();
            assert_eq!(mode(&data).unwrap(), 0o700, "{loosened:o}");
        }
        for file in files {
            assert_eq!(mode(&data.join(file)).unwrap(), 0o600, "{file}");
        }
        assert_eq!(mode(&data.join("keys")).unwrap() & 0o777, 0o700);
        assert_eq!(mode(&data.join("broker")).unwrap(), 0o700);
        assert_eq!(mode(&foreign).unwrap(), 0o644);
    }

    #[test]
    fn a_directory_like_tmp_is_refused_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        set(folder.path(), 0o1777);
        assert!(prepare(folder.path()).is_err());
        assert_eq!(mode(folder.path()).unwrap(), 0o1777);
    }

    #[test]
    fn one_portal_or_several_replicas() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let first = lock(path, false).unwrap();
        assert!(lock(path, false).is_err() && lock(path, true).is_err());
        drop(first);
        let replicas = [lock(path, true).unwrap(), lock(path, true).unwrap()];
        assert!(lock(path, false).is_err());
        drop(replicas);
        lock(path, false).unwrap();
        assert_eq!(mode(&path.join(LOCK)).unwrap(), 0o600);
    }
}
