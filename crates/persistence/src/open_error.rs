//! Why a database cannot be opened, and what to do about it. No message contains a password.

use crate::Cause;
use sqlx::migrate::MigrateError;
use std::{io, path::PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing was given.
    #[error(
        "no database is given: give a path for SQLite, such as hangar.db, or a PostgreSQL URL, \
         postgres://user:password@host/database"
    )]
    NotGiven,
    /// Neither SQLite nor PostgreSQL.
    #[error(
        "a database of the kind “{scheme}” cannot be used: give a path for SQLite, such as \
         hangar.db, or a PostgreSQL URL, postgres://user:password@host/database"
    )]
    UnknownKind { scheme: String },
    /// The PostgreSQL URL is none.
    #[error(
        "the PostgreSQL URL cannot be read ({reason}): write it as \
         postgres://user:password@host:5432/database and percent-encode special characters"
    )]
    BadUrl { reason: String },
    /// SQLite was to keep its data in memory.
    #[error(
        "SQLite in memory cannot be used, because it ends with its connection: give the path of a \
         file, such as hangar.db"
    )]
    InMemory,
    /// The part after `?` in an SQLite URL.
    #[error(
        "the SQLite URL ends in “?{query}”, which means nothing here: leave it out, or use \
         “?mode=ro” to open the file for reading only"
    )]
    BadQuery { query: String },
    /// The folder of the file is missing.
    #[error(
        "there is no folder {} for the database file: create it, or choose another path",
        path.display()
    )]
    NoFolder { path: PathBuf },
    /// The path leads to a folder.
    #[error(
        "{} is a folder: give the path of a file in it, such as hangar.db",
        path.display()
    )]
    IsFolder { path: PathBuf },
    /// A file that was to be only read is missing.
    #[error(
        "there is no database file {} to be read: check the path, or leave “?mode=ro” out to create it",
        path.display()
    )]
    Missing { path: PathBuf },
    /// The file cannot be opened or created.
    #[error(
        "the database file {} cannot be opened: let the user that runs Hangar read and write it and \
         its folder",
        path.display()
    )]
    File { path: PathBuf, source: io::Error },
    /// The file is something else.
    #[error(
        "{} is not an SQLite database: choose another path, or move that file away",
        path.display()
    )]
    NotADatabase { path: PathBuf },
    /// An SQLite database of another program.
    #[error(
        "the database {} belongs to another program: choose another path",
        path.display()
    )]
    Foreign { path: PathBuf },
    /// SQLite fails.
    #[error(
        "the SQLite database {} cannot be used: see the cause, and restore a backup if it is damaged",
        path.display()
    )]
    Sqlite { path: PathBuf, source: sqlx::Error },
    /// PostgreSQL does not answer or does not let us in.
    #[error(
        "PostgreSQL at {place} cannot be used: check that it runs, and the URL's host, database, \
         user and password"
    )]
    Postgres { place: String, source: sqlx::Error },
    /// The database is of a later version.
    #[error(
        "the database was written by a newer Hangar (its schema is {found}, this one knows {known}): \
         run that version or a later one, or restore a backup from before"
    )]
    NewerSchema {
        /// The schema of the database.
        found: i64,
        /// The newest schema this Hangar knows.
        known: i64,
    },
    /// The database is of an earlier version and cannot be changed.
    #[error(
        "the database has schema {found} and needs {known}, but its file is read-only: give write \
         permission on it and its folder once, so that it can be brought up to date"
    )]
    OldReadOnly {
        /// The schema of the database; 0: none.
        found: i64,
        /// The schema needed.
        known: i64,
    },
    /// A migration was applied in another form.
    #[error(
        "schema change {version} was made to this database in another form, as by an unreleased \
         Hangar: start with a new database, or with the Hangar that made this one"
    )]
    AlteredMigration { version: i64 },
    /// A migration fails.
    #[error(
        "the database cannot be brought up to date: see the cause; the user needs the right to \
         create tables"
    )]
    Migration(#[source] MigrateError),
    #[error("the audit log of the new database cannot be prepared: see the cause")]
    Register(#[source] Cause),
}
