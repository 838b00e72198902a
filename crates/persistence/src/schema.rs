//! The migrations, embedded. Each database has its own files, which must mean the same.

use crate::{OpenError, connection::Pool, dialect::Dialect};
use sqlx::{
    PgPool, Row, SqlStr, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// Version, name, and the text for SQLite and PostgreSQL.
const MIGRATIONS: [(i64, &str, &str, &str); 1] = [(
    1,
    "initial",
    include_str!("../../../migrations/sqlite/0001_initial.sql"),
    include_str!("../../../migrations/postgres/0001_initial.sql"),
)];

/// The newest schema there is.
pub(crate) const NEWEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Whether a migration contains `text`.
pub(crate) fn contains(dialect: Dialect, text: &str) -> bool {
    MIGRATIONS.iter().any(|(_, _, sqlite, postgres)| {
        let migration = match dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        };
        migration.contains(text)
    })
}

/// Brings the schema up to date.
pub(crate) async fn migrate(pool: &Pool) -> Result<(), OpenError> {
    let migrations = MIGRATIONS.map(|(version, name, sqlite, postgres)| {
        let text = match pool {
            Pool::Sqlite(_) => sqlite,
            Pool::Postgres(_) => postgres,
        };
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            SqlStr::from_static(text),
            false,
        )
    });
    let migrator = Migrator::with_migrations(migrations.to_vec());
    match pool {
        Pool::Sqlite(pool) => migrator.run(pool).await,
        Pool::Postgres(pool) => migrate_postgres(&migrator, pool).await,
    }
    .map_err(|error| match error {
        MigrateError::VersionMissing(found) => OpenError::NewerSchema {
            found,
            known: NEWEST,
        },
        MigrateError::VersionMismatch(version) => OpenError::AlteredMigration { version },
        other => OpenError::Migration(other),
    })
}

/// Waits for another replica that migrates, however long that takes: over a connection that has no limit for it.
async fn migrate_postgres(migrator: &Migrator, pool: &PgPool) -> Result<(), MigrateError> {
    let options = PgConnectOptions::clone(&pool.connect_options());
    let patient = PgPoolOptions::new()
        .max_connections(1)
        .connect_with(options)
        .await?;
    let migrated = migrator.run(&patient).await;
    patient.close().await;
    migrated
}

/// Which program created the tables of an SQLite file.
pub(crate) enum Origin {
    /// There are none yet.
    Empty,
    /// Hangar, with this schema.
    Hangar(i64),
    /// Something else.
    Foreign,
}

pub(crate) async fn origin(connection: &mut SqliteConnection) -> Result<Origin, sqlx::Error> {
    let tables: Vec<String> = sqlx::query(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    )
    .fetch_all(&mut *connection)
    .await?
    .iter()
    .map(|row| row.try_get("name"))
    .collect::<Result<_, _>>()?;
    if tables.is_empty() {
        return Ok(Origin::Empty);
    }
    if !tables.iter().any(|table| table == "_sqlx_migrations") {
        return Ok(Origin::Foreign);
    }
    let newest: Option<i64> = sqlx::query("SELECT MAX(version) AS newest FROM _sqlx_migrations")
        .fetch_one(connection)
        .await?
        .try_get("newest")?;
    Ok(Origin::Hangar(newest.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn every_migration_file_is_embedded_for_both_databases() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        let names = MIGRATIONS.map(|(version, name, ..)| format!("{version:04}_{name}.sql"));
        for database in ["sqlite", "postgres"] {
            let mut files: Vec<_> = fs::read_dir(folder.join(database))
                .unwrap()
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            assert_eq!(files, names, "{database}");
        }
    }
}
