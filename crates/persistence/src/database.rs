//! Opening and closing the database.

use crate::{
    HeadKeys, OpenError, Sessions,
    changes::Feed,
    connection::Pool,
    dialect::Dialect,
    error::StoreError,
    location::{self, Location},
    schema::{self, Origin},
    sql::query,
    transaction::doing,
};
use jiff::Timestamp;
use sqlx::{
    Connection, Executor, PgConnection, SqliteConnection, SqlitePool,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use std::{
    fmt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};
use tokio::time::timeout;
use url::Url;

/// How long PostgreSQL may take to answer when the portal starts.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a request waits for a connection, before it is told that the database is unavailable.
const WAIT: Duration = Duration::from_secs(2);
const POSTGRES_CONNECTIONS: u32 = 16;
const SQLITE_READERS: u32 = 4;

/// For every connection to SQLite: wait for another process that writes, enforce foreign keys, sort in
/// memory.
const SQLITE_ALWAYS: &str = "PRAGMA busy_timeout = 1500; PRAGMA foreign_keys = ON; \
    PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000;";
/// For the writer: readers and the writer do not block each other, and a crash of the process loses
/// nothing.
const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;";
/// Plans for the values of each statement: a generic plan for a search reads too much for a common word. Wait for a lock
/// as long as on SQLite.
const POSTGRES_ALWAYS: &str =
    "SET plan_cache_mode = force_custom_plan; SET lock_timeout = '1500ms'";
const SQLITE_READER: &str = "PRAGMA query_only = ON;";

/// The open database with its feed of changes. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    /// SQLite: one connection, since there can be one writer. PostgreSQL: the same as `readers`.
    writers: Pool,
    readers: Pool,
    feed: Feed,
    file: Option<DatabaseFile>,
    head_keys: Option<Arc<dyn HeadKeys>>,
}

struct DatabaseFile {
    path: PathBuf,
    read_only: bool,
}

impl Database {
    /// Opens the database at `location`, a path or `sqlite:PATH` for SQLite or a `postgres://` URL,
    /// creates it if it is an SQLite file that is missing, and brings its schema up to date.
    ///
    /// A read-only SQLite file (or `sqlite:PATH?mode=ro`) is opened too: reads work, and each write
    /// fails saying why.
    ///
    /// `head_keys` authenticate the audit log. Without them nothing can be recorded in it.
    ///
    /// # Errors
    /// [`OpenError`] says what is wrong and what to do about it.
    pub async fn open(
        location: &str,
        head_keys: Option<Arc<dyn HeadKeys>>,
    ) -> Result<Self, OpenError> {
        let mut inner = match Location::parse(location)? {
            Location::Sqlite { path, read_only } => open_sqlite(path, read_only).await?,
            Location::Postgres { url } => open_postgres(url).await?,
        };
        inner.head_keys = head_keys;
        let database = Self {
            inner: Arc::new(inner),
        };
        if database.read_only_file().is_none() {
            database
                .create_register()
                .await
                .map_err(OpenError::Register)?;
        }
        Ok(database)
    }

    /// Browser sessions.
    pub fn sessions(&self) -> Sessions {
        Sessions::new(self.clone())
    }

    /// Whether every write will fail because the database's file was opened read-only.
    pub fn is_read_only(&self) -> bool {
        self.inner.file.as_ref().is_some_and(|file| file.read_only)
    }

    /// Writes a row, to find out whether the database takes writes now.
    ///
    /// # Errors
    /// If it does not: its disk is full, it is locked, or it is away.
    pub async fn check_writable(&self) -> Result<(), StoreError> {
        doing("write to the database", async {
            let mut writing = self.write().await?;
            query(
                "INSERT INTO write_probe (id, at) VALUES (1, $1) \
                 ON CONFLICT (id) DO UPDATE SET at = excluded.at",
            )
            .bind(Timestamp::now())
            .execute(writing.connection())
            .await?;
            writing.commit().await
        })
        .await
    }

    /// Waits for running statements and closes every connection.
    pub async fn close(&self) {
        self.inner.readers.close().await;
        self.inner.writers.close().await;
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.inner.readers.dialect()
    }

    pub(crate) fn writers(&self) -> &Pool {
        &self.inner.writers
    }

    pub(crate) fn readers(&self) -> &Pool {
        &self.inner.readers
    }

    pub(crate) fn head_keys(&self) -> Option<&dyn HeadKeys> {
        self.inner.head_keys.as_deref()
    }

    pub(crate) fn feed(&self) -> &Feed {
        &self.inner.feed
    }

    /// The database file, if it is read-only now.
    pub(crate) fn read_only_file(&self) -> Option<PathBuf> {
        let file = self.inner.file.as_ref()?;
        let refused = |path: &Path| {
            path.metadata()
                .is_ok_and(|found| found.permissions().readonly())
        };
        (file.read_only || refused(&file.path)).then(|| file.path.clone())
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("dialect", &self.dialect())
            .finish_non_exhaustive()
    }
}

async fn open_sqlite(path: PathBuf, read_only: bool) -> Result<Inner, OpenError> {
    let read_only = location::prepare_file(&path, read_only)?;
    let failed = |source| OpenError::Sqlite {
        path: path.clone(),
        source,
    };
    let options = if read_only {
        open_for_reading(path.clone()).await?
    } else {
        let options = SqliteConnectOptions::new().filename(&path);
        let mut connection = SqliteConnection::connect_with(&options)
            .await
            .map_err(failed)?;
        connection.execute(SQLITE_ALWAYS).await.map_err(failed)?;
        if let Origin::Foreign = schema::origin(&mut connection).await.map_err(failed)? {
            return Err(OpenError::Foreign { path });
        }
        connection.execute(SQLITE_WRITER).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        options
    };
    let writers = Pool::Sqlite(sqlite_pool(&options, 1, SQLITE_WRITER));
    if !read_only {
        schema::migrate(&writers).await?;
    }
    Ok(Inner {
        writers,
        readers: Pool::Sqlite(sqlite_pool(&options, SQLITE_READERS, SQLITE_READER)),
        feed: Feed::local(),
        file: Some(DatabaseFile { path, read_only }),
        head_keys: None,
    })
}

/// Options for a file that cannot be written, if its schema is current.
async fn open_for_reading(path: PathBuf) -> Result<SqliteConnectOptions, OpenError> {
    let options = SqliteConnectOptions::new().filename(&path).read_only(true);
    let looked = match look(options.clone()).await {
        // SQLite needs files beside this one even to read it. Where they cannot be created no process can
        // write, so the file is opened as immutable.
        Err(_) if !beside(&path, "-wal").exists() => look(options.immutable(true)).await,
        looked => looked,
    };
    let (options, origin) = looked.map_err(|source| OpenError::Sqlite {
        path: path.clone(),
        source,
    })?;
    match origin {
        Origin::Foreign => Err(OpenError::Foreign { path }),
        Origin::Hangar(schema::NEWEST) => Ok(options),
        Origin::Hangar(found) if found > schema::NEWEST => Err(OpenError::NewerSchema {
            found,
            known: schema::NEWEST,
        }),
        Origin::Hangar(found) => Err(OpenError::OldReadOnly {
            found,
            known: schema::NEWEST,
        }),
        Origin::Empty => Err(OpenError::OldReadOnly {
            found: 0,
            known: schema::NEWEST,
        }),
    }
}

/// Opens an SQLite file once to read its origin.
async fn look(
    options: SqliteConnectOptions,
) -> Result<(SqliteConnectOptions, Origin), sqlx::Error> {
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let origin = schema::origin(&mut connection).await?;
    connection.close().await?;
    Ok((options, origin))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn sqlite_pool(options: &SqliteConnectOptions, size: u32, pragmas: &'static str) -> SqlitePool {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(WAIT)
        .idle_timeout(None)
        .max_lifetime(None)
        // A file does not close connections.
        .test_before_acquire(false)
        // SQLite ends a transaction by itself when the disk is full, on an I/O error, or without memory. sqlx does not
        // notice: its rollback fails, and it would count one transaction too many on this connection for ever.
        .after_release(|connection, _| {
            Box::pin(async move {
                // The rollback of an abandoned transaction is done by then.
                connection.ping().await?;
                Ok(!connection.is_in_transaction())
            })
        })
        .after_connect(move |connection, _| {
            Box::pin(async move {
                connection.execute(SQLITE_ALWAYS).await?;
                connection.execute(pragmas).await?;
                Ok(())
            })
        })
        .connect_lazy_with(options.clone())
}

async fn open_postgres(url: Url) -> Result<Inner, OpenError> {
    let failed = |source| OpenError::Postgres {
        place: location::place(&url),
        source,
    };
    let options = PgConnectOptions::from_str(url.as_str()).map_err(failed)?;
    // One connection first: the pool would retry and then only report a timeout.
    let connection = timeout(PATIENCE, PgConnection::connect_with(&options))
        .await
        .map_err(|_| failed(sqlx::Error::PoolTimedOut))?
        .map_err(failed)?;
    connection.close().await.map_err(failed)?;
    let pool = Pool::Postgres(
        PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(WAIT)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(POSTGRES_ALWAYS).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options),
    );
    schema::migrate(&pool).await?;
    let feed = Feed::listen(url.to_string()).await.map_err(failed)?;
    Ok(Inner {
        writers: pool.clone(),
        readers: pool,
        feed,
        file: None,
        head_keys: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The full disk, as SQLite sees one: no page can be added.
    #[tokio::test]
    async fn writes_work_again_once_a_full_disk_has_space() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hangar.db");
        let database = Database::open(path.to_str().unwrap(), None).await.unwrap();
        let fill = async || {
            let mut writing = database.write().await?;
            query("PRAGMA max_page_count = 1")
                .execute(writing.connection())
                .await?;
            for _ in 0..100 {
                query(
                    "INSERT INTO sessions (digest, data, expires_at) \
                     VALUES (hex(randomblob(16)), hex(randomblob(4096)), 0)",
                )
                .execute(writing.connection())
                .await?;
            }
            writing.commit().await
        };
        for _ in 0..3 {
            assert!(fill().await.is_err());
        }
        database.check_writable().await.unwrap();
    }
}
