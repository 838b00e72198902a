//! The migrations, embedded. Each database has its own files, which must mean the same.

use crate::{OpenError, dialect::Dialect};
use sqlx::{
    AnyConnection, AnyPool, Row, SqlStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

/// Version, name, and the text for SQLite and PostgreSQL.
const MIGRATIONS: [(i64, &str, &str, &str); 7] = [
    (
        1,
        "initial",
        include_str!("../../../migrations/sqlite/0001_initial.sql"),
        include_str!("../../../migrations/postgres/0001_initial.sql"),
    ),
    (
        2,
        "nodes",
        include_str!("../../../migrations/sqlite/0002_nodes.sql"),
        include_str!("../../../migrations/postgres/0002_nodes.sql"),
    ),
    (
        3,
        "cluster_indexes",
        include_str!("../../../migrations/sqlite/0003_cluster_indexes.sql"),
        include_str!("../../../migrations/postgres/0003_cluster_indexes.sql"),
    ),
    (
        4,
        "people_and_tenants",
        include_str!("../../../migrations/sqlite/0004_people_and_tenants.sql"),
        include_str!("../../../migrations/postgres/0004_people_and_tenants.sql"),
    ),
    (
        5,
        "audit_outcomes",
        include_str!("../../../migrations/sqlite/0005_audit_outcomes.sql"),
        include_str!("../../../migrations/postgres/0005_audit_outcomes.sql"),
    ),
    (
        6,
        "credentials",
        include_str!("../../../migrations/sqlite/0006_credentials.sql"),
        include_str!("../../../migrations/postgres/0006_credentials.sql"),
    ),
    (
        7,
        "token_reach",
        include_str!("../../../migrations/sqlite/0007_token_reach.sql"),
        include_str!("../../../migrations/postgres/0007_token_reach.sql"),
    ),
];

/// The newest schema there is.
pub(crate) const NEWEST: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Brings the schema up to date.
pub(crate) async fn migrate(pool: &AnyPool, dialect: Dialect) -> Result<(), OpenError> {
    let migrations = MIGRATIONS.map(|(version, name, sqlite, postgres)| {
        let text = match dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        };
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            SqlStr::from_static(text),
            false,
        )
    });
    Migrator::with_migrations(migrations.to_vec())
        .run(pool)
        .await
        .map_err(|error| match error {
            MigrateError::VersionMissing(found) => OpenError::NewerSchema {
                found,
                known: NEWEST,
            },
            MigrateError::VersionMismatch(version) => OpenError::AlteredMigration { version },
            other => OpenError::Migration(other),
        })
}

/// Who made the tables of an SQLite file.
pub(crate) enum Origin {
    /// There are none yet.
    Empty,
    /// Hangar, with this schema.
    Hangar(i64),
    /// Something else.
    Foreign,
}

/// Looks at the tables of an SQLite file.
pub(crate) async fn origin(connection: &mut AnyConnection) -> Result<Origin, sqlx::Error> {
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
