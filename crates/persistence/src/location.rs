//! The configured location of the database, and the checks of a file before it is opened.

use crate::OpenError;
use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Read},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use url::Url;

/// A database as configured. Not `Debug`: the URL holds a password.
pub(crate) enum Location {
    Sqlite { path: PathBuf, read_only: bool },
    Postgres { url: Url },
}

impl Location {
    /// Reads a path, `sqlite:PATH` (with `?mode=ro` at most) or `postgres://…`.
    pub fn parse(text: &str) -> Result<Self, OpenError> {
        let text = text.trim();
        let (scheme, rest) = match text.split_once(':') {
            Some((scheme, rest)) if rest.starts_with("//") || scheme == "sqlite" => (scheme, rest),
            _ => ("", text),
        };
        match scheme {
            "postgres" | "postgresql" => {
                let url = Url::parse(text).map_err(|error| OpenError::BadUrl {
                    reason: error.to_string(),
                })?;
                if url.host_str().is_none_or(str::is_empty) {
                    return Err(OpenError::BadUrl {
                        reason: "it names no host".into(),
                    });
                }
                Ok(Self::Postgres { url })
            }
            "sqlite" => Self::sqlite(rest.strip_prefix("//").unwrap_or(rest)),
            "" => Self::sqlite(text),
            other => Err(OpenError::UnknownKind {
                scheme: other.to_owned(),
            }),
        }
    }

    fn sqlite(text: &str) -> Result<Self, OpenError> {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let read_only = match query {
            "mode=ro" => true,
            "" | "mode=rw" | "mode=rwc" => false,
            other => {
                return Err(OpenError::BadQuery {
                    query: other.to_owned(),
                });
            }
        };
        match path {
            "" => return Err(OpenError::NotGiven),
            ":memory:" => return Err(OpenError::InMemory),
            _ => {}
        }
        // Absolute, so that messages are clear and a change of directory does not matter.
        let path = std::path::absolute(path).map_err(|source| OpenError::File {
            path: path.into(),
            source,
        })?;
        Ok(Self::Sqlite { path, read_only })
    }
}

/// Makes sure that `path` is an SQLite database or an empty file of ours, and answers whether it is
/// read-only.
pub(crate) fn prepare_file(path: &Path, read_only: bool) -> Result<bool, OpenError> {
    let failed = |source| OpenError::File {
        path: path.to_owned(),
        source,
    };
    match path.metadata() {
        Ok(found) if found.is_dir() => Err(OpenError::IsFolder {
            path: path.to_owned(),
        }),
        Ok(_) => {
            if !is_database(path).map_err(failed)? {
                return Err(OpenError::NotADatabase {
                    path: path.to_owned(),
                });
            }
            Ok(read_only || !is_writable(path).map_err(failed)?)
        }
        Err(error) if error.kind() == ErrorKind::NotFound && read_only => Err(OpenError::Missing {
            path: path.to_owned(),
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(Path::new("/"));
            if !folder.is_dir() {
                return Err(OpenError::NoFolder {
                    path: folder.to_owned(),
                });
            }
            create(path).map_err(failed)?;
            Ok(false)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Creates an empty file that only its owner can read; SQLite gives its companions the same rights.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    match options.open(path) {
        // Another process created it first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        created => created.map(drop),
    }
}

/// Whether the file begins as SQLite's do, or is empty.
fn is_database(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut start)?;
    Ok(start.is_empty() || start == b"SQLite format 3\0")
}

/// Whether the file may be written. A file without any write permission is left alone even by a user
/// whom the system would let write it all the same.
pub(crate) fn is_writable(path: &Path) -> io::Result<bool> {
    if path.metadata()?.permissions().readonly() {
        return Ok(false);
    }
    match OpenOptions::new().write(true).open(path) {
        Ok(_) => Ok(true),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Host, port and database of a PostgreSQL URL, without the password.
pub(crate) fn place(url: &Url) -> String {
    format!(
        "{}:{}{}",
        url.host_str().unwrap_or_default(),
        url.port().unwrap_or(5432),
        url.path()
    )
}
