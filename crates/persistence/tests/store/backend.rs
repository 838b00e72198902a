//! A fresh database for each test: an SQLite file in a folder of its own, or a database of its own
//! on the PostgreSQL server that `HANGAR_TEST_POSTGRES_URL` names.

use domain::{audit::AuditAction, ids::UserId};
use persistence::{Database, HeadKey, HeadKeys, change::Change, new_id};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};
use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    path::Path,
    sync::Arc,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{sync::broadcast::Receiver, time::timeout};
use url::Url;

/// Runs each of these functions as a test on SQLite and as one on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let backend = crate::backend::Backend::sqlite().await;
                super::$name(&backend).await;
                backend.end().await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let backend = crate::backend::Backend::postgres().await;
                super::$name(&backend).await;
                backend.end().await;
            })+
        }
    };
}

/// Runs each of these functions as a test of clusters and as one of nodes, on both databases.
macro_rules! on_both_databases_for_each_kind {
    ($($name:ident),+ $(,)?) => {
        mod clusters {
            $(async fn $name(backend: &crate::backend::Backend) {
                super::$name::<domain::cluster::ClusterKind>(backend).await;
            })+
            on_both_databases!($($name),+);
        }
        mod nodes {
            $(async fn $name(backend: &crate::backend::Backend) {
                super::$name::<domain::node::view::NodeKind>(backend).await;
            })+
            on_both_databases!($($name),+);
        }
    };
}

/// The keys `key-0` to `key-255`.
struct TestKeys(&'static str);

impl HeadKeys for TestKeys {
    fn current(&self) -> &str {
        self.0
    }

    fn get(&self, id: &str) -> Option<HeadKey> {
        let number = id.strip_prefix("key-")?.parse().ok()?;
        Some([number; 32].into())
    }
}

/// Keys for the heads of the audit log, of which this one signs.
pub fn keys_with(current: &'static str) -> Option<Arc<dyn HeadKeys>> {
    Some(Arc::new(TestKeys(current)))
}

pub fn head_keys() -> Option<Arc<dyn HeadKeys>> {
    keys_with("key-1")
}

/// How long a change may take to arrive before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Backend {
    pub database: Database,
    pub location: String,
    folder: Option<TempDir>,
}

impl Backend {
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = folder.path().join("hangar.db").display().to_string();
        Self {
            database: Database::open(&location, head_keys()).await.unwrap(),
            location,
            folder: Some(folder),
        }
    }

    pub async fn postgres() -> Self {
        let location = copy_of_template().await;
        Self {
            database: Database::open(&location, head_keys()).await.unwrap(),
            location,
            folder: None,
        }
    }

    /// Another portal on the same database, as after a restart or on another machine.
    pub async fn another(&self) -> Database {
        Database::open(&self.location, head_keys()).await.unwrap()
    }

    pub fn is_postgres(&self) -> bool {
        self.folder.is_none()
    }

    /// A connection past the store, for looking behind it and for tampering.
    pub async fn raw(&self) -> AnyConnection {
        let url = match self.folder {
            Some(_) => format!("sqlite:{}", self.location),
            None => self.location.clone(),
        };
        sqlx::any::install_default_drivers();
        AnyConnection::connect(&url).await.unwrap()
    }

    /// A time in SQL, from microseconds since 1970.
    pub fn time(&self, at: Option<i64>) -> String {
        match at {
            None => "NULL".into(),
            Some(at) if self.is_postgres() => {
                format!("timestamptz 'epoch' + interval '1 microsecond' * {at}")
            }
            Some(at) => at.to_string(),
        }
    }

    /// What `sql` counts, behind the store's back.
    pub async fn count(&self, sql: &str) -> i64 {
        let row = sqlx::query(AssertSqlSafe(sql.to_owned()))
            .fetch_one(&mut self.raw().await)
            .await
            .unwrap();
        row.get(0)
    }

    pub async fn end(self) {
        self.database.close().await;
        if self.is_postgres() {
            drop(self.database);
            drop_postgres_database(&self.location).await;
        }
    }

    /// What `changes` has heard since it was last asked. A change of our own marks the end, so that
    /// there is nothing to wait for.
    pub async fn heard(&self, changes: &mut Receiver<Change>) -> Vec<Change> {
        let user_id: UserId = new_id();
        let audit = crate::fixtures::audit_of_user(user_id, AuditAction::SignOutEverywhere);
        self.database
            .users()
            .sign_out_everywhere(user_id, false, audit)
            .await
            .unwrap();
        heard_until(changes, Change::Access { user_id }).await
    }

    /// Listens from now on: on PostgreSQL what was announced before may still be on its way.
    pub async fn listen(&self) -> Receiver<Change> {
        let mut changes = self.database.subscribe();
        self.heard(&mut changes).await;
        changes
    }
}

/// Everything heard before `last`.
pub async fn heard_until(changes: &mut Receiver<Change>, last: Change) -> Vec<Change> {
    let mut heard = Vec::new();
    loop {
        let change = timeout(PATIENCE, changes.recv())
            .await
            .expect("the change is announced")
            .unwrap();
        if change == last {
            return heard;
        }
        heard.push(change);
    }
}

/// The PostgreSQL server for tests.
pub fn postgres_server() -> Url {
    let url = std::env::var("HANGAR_TEST_POSTGRES_URL").unwrap_or_else(|_| {
        panic!(
            "HANGAR_TEST_POSTGRES_URL is not set, and this test needs PostgreSQL. Run `cargo xtask \
             test`, which starts one, or set the variable to a server whose user may create \
             databases, such as postgres://postgres@127.0.0.1:5432/postgres"
        )
    });
    url.parse().unwrap()
}

/// The URL of a new, empty database.
pub async fn postgres_database() -> String {
    create_database("template1").await
}

/// The URL of a new database with all migrations. Copying one takes a tenth of the time that migrating does.
async fn copy_of_template() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/postgres");
    let migrations = fs::read_dir(folder).unwrap();
    let mut migrations: Vec<_> = migrations.map(|file| file.unwrap().path()).collect();
    migrations.sort();
    let mut digest = DefaultHasher::new();
    for migration in migrations {
        fs::read(migration).unwrap().hash(&mut digest);
    }
    let template = format!("hangar_template_{:x}", digest.finish());

    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(postgres_server().as_str())
        .await
        .unwrap();
    // Held until the connection ends; each test is a process of its own.
    sqlx::query("SELECT pg_advisory_lock(4211)")
        .execute(&mut connection)
        .await
        .unwrap();
    let known = sqlx::query("SELECT 1 FROM pg_database WHERE datname = $1")
        .bind(&template)
        .fetch_optional(&mut connection)
        .await
        .unwrap();
    if known.is_none() {
        let location = postgres_database().await;
        Database::open(&location, head_keys())
            .await
            .unwrap()
            .close()
            .await;
        let name = location.rsplit('/').next().unwrap();
        let rename = format!("ALTER DATABASE {name} RENAME TO {template}");
        connection.execute(AssertSqlSafe(rename)).await.unwrap();
    }
    connection.close().await.unwrap();
    create_database(&template).await
}

async fn create_database(template: &str) -> String {
    sqlx::any::install_default_drivers();
    let mut url = postgres_server();
    let name = format!("hangar_{}", new_id::<uuid::Uuid>().simple());
    let mut connection = AnyConnection::connect(url.as_str()).await.unwrap();
    let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
    connection.execute(AssertSqlSafe(create)).await.unwrap();
    connection.close().await.unwrap();
    url.set_path(&name);
    url.to_string()
}

pub async fn drop_postgres_database(location: &str) {
    let url: Url = location.parse().unwrap();
    let name = url.path().trim_start_matches('/');
    let mut connection = AnyConnection::connect(postgres_server().as_str())
        .await
        .unwrap();
    connection
        .execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)")))
        .await
        .unwrap();
}
