//! Whether the triggers that keep the audit log append-only exist, as the migrations create them.

use crate::{
    Cause,
    connection::Transaction,
    dialect::Dialect,
    rows::{number, text},
    schema,
    sql::query,
};

const SQLITE: [&str; 4] = [
    "audit_entries_refuse_update",
    "audit_entries_refuse_delete",
    "audit_entries_refuse_replace",
    "audit_head_refuse_delete",
];

/// With `tgtype`: the sum of row 1, before 2, delete 8, update 16 and truncate 32.
const POSTGRES: [(&str, i64); 4] = [
    ("audit_entries_refuse_change", 1 + 2 + 8 + 16),
    ("audit_entries_refuse_truncate", 2 + 32),
    ("audit_head_refuse_delete", 1 + 2 + 8),
    ("audit_head_refuse_truncate", 2 + 32),
];

/// What is wrong with the triggers of the audit log.
pub(super) async fn faults(
    connection: &mut Transaction,
    dialect: Dialect,
) -> Result<Vec<String>, Cause> {
    let found = match dialect {
        Dialect::Sqlite => of_sqlite(connection).await?,
        Dialect::Postgres => of_postgres(connection).await?,
    };
    let required: Vec<&str> = match dialect {
        Dialect::Sqlite => SQLITE.to_vec(),
        Dialect::Postgres => POSTGRES.map(|(name, _)| name).to_vec(),
    };
    let missing = required
        .iter()
        .filter(|name| found.iter().all(|trigger| trigger.name != **name))
        .map(|name| format!("the trigger {name} is missing"));
    let wrong = found
        .iter()
        .filter(|trigger| !trigger.as_created)
        .map(|trigger| {
            format!(
                "the trigger {} is disabled or is not the one that the portal created",
                trigger.name
            )
        });
    Ok(missing.chain(wrong).collect())
}

struct Trigger {
    name: String,
    as_created: bool,
}

async fn of_sqlite(connection: &mut Transaction) -> Result<Vec<Trigger>, Cause> {
    let rows = query(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' \
         AND tbl_name IN ('audit_entries', 'audit_head') ORDER BY name",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            // SQLite keeps the text of the statement.
            let sql = text(row, "sql")?;
            Ok(Trigger {
                name: text(row, "name")?,
                as_created: schema::contains(Dialect::Sqlite, &sql),
            })
        })
        .collect()
}

async fn of_postgres(connection: &mut Transaction) -> Result<Vec<Trigger>, Cause> {
    let rows = query(
        "SELECT t.tgname::text COLLATE \"C\" AS name, t.tgtype::bigint AS type, p.prosrc AS body, \
         (t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL)::int::bigint AS active \
         FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal \
         AND t.tgrelid IN ('audit_entries'::regclass, 'audit_head'::regclass) ORDER BY 1",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let name = text(row, "name")?;
            let kind = number(row, "type")?;
            let active = number(row, "active")? == 1;
            let known = POSTGRES.contains(&(&*name, kind));
            let as_created =
                active && known && schema::contains(Dialect::Postgres, &text(row, "body")?);
            Ok(Trigger { name, as_created })
        })
        .collect()
}
