//! Files with secrets: readable only by their owner, and written atomically.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Writes a file with mode 0600 atomically and durably, and creates its folder (0700) if it is missing. On an error
/// the file is unchanged.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = make_folder(path)?;
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::from(ErrorKind::InvalidInput))?;
    // Concurrent writers use separate temporary files.
    let unfinished = folder.join(format!(
        ".{}.{:016x}",
        name.to_string_lossy(),
        rand::random::<u64>()
    ));
    let written = write_new(&unfinished, content).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        let _ = fs::remove_file(&unfinished);
    }
    written?;
    File::open(folder)?.sync_all()
}

/// Like [`write_private`], unless the file exists. `false`: another process has created it.
pub fn write_private_first(path: &Path, content: &[u8]) -> io::Result<bool> {
    let folder = make_folder(path)?;
    let unfinished = folder.join(format!(".first.{:016x}", rand::random::<u64>()));
    write_new(&unfinished, content)?;
    // Unlike renaming, linking does not replace an existing file.
    let linked = fs::hard_link(&unfinished, path);
    let _ = fs::remove_file(&unfinished);
    match linked {
        Ok(()) => File::open(folder)?.sync_all().map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    }
}

fn make_folder(path: &Path) -> io::Result<&Path> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    Ok(folder)
}

fn write_new(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn others_can_read_neither_the_file_nor_its_folder_and_nothing_is_left_over() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("deep/er/file");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn the_first_writer_wins() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        assert!(write_private_first(&path, b"one").unwrap());
        assert!(!write_private_first(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }
}
