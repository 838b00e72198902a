//! Both schemas must mean the same: tables, columns, what may be empty, keys and unique indexes.

use crate::backend::Backend;
use sqlx::{AnyConnection, AssertSqlSafe, Row, any::AnyRow};
use std::collections::BTreeMap;

/// A schema in lines that both databases can say.
type Lines = Vec<String>;

async fn rows(connection: &mut AnyConnection, sql: String) -> Vec<AnyRow> {
    sqlx::query(AssertSqlSafe(sql))
        .fetch_all(connection)
        .await
        .unwrap()
}

fn text(row: &AnyRow, column: &str) -> String {
    row.get(column)
}

/// An index as both write it: without casts, parentheses and quotes.
fn plain(definition: &str) -> String {
    definition
        .replace("::text", "")
        .replace(['(', ')', '"'], " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

async fn sqlite_schema(connection: &mut AnyConnection) -> Lines {
    let mut lines = Lines::new();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' \
        ESCAPE '\\' AND name NOT LIKE 'sqlite%'";
    for table in rows(connection, tables.into()).await {
        let table = text(&table, "name");
        let columns =
            format!("SELECT name, type, \"notnull\" AS required FROM pragma_table_info('{table}')");
        for column in rows(connection, columns).await {
            lines.push(format!(
                "{table}.{} {} required={}",
                text(&column, "name"),
                match &*text(&column, "type") {
                    "TEXT" => "text",
                    "INTEGER" => "number",
                    other => panic!("{table} has a column of type {other}"),
                },
                column.get::<i64, _>("required") == 1
            ));
        }
        let indexes = format!(
            "SELECT l.name, l.origin, l.\"unique\" AS is_unique, m.sql \
             FROM pragma_index_list('{table}') l LEFT JOIN sqlite_master m ON m.name = l.name"
        );
        let mut integer_key = true;
        for index in rows(connection, indexes).await {
            let name = text(&index, "name");
            let (origin, unique) = (
                text(&index, "origin"),
                index.get::<i64, _>("is_unique") == 1,
            );
            integer_key &= origin != "pk";
            match index.get::<Option<String>, _>("sql") {
                Some(sql) => {
                    let (_, rest) = sql.split_once(" ON ").unwrap();
                    lines.push(format!("{name} unique={unique} {}", plain(rest)));
                }
                None => {
                    let columns = format!("SELECT name FROM pragma_index_info('{name}')");
                    let columns: Vec<_> = rows(connection, columns)
                        .await
                        .iter()
                        .map(|row| text(row, "name"))
                        .collect();
                    lines.push(format!("{table} {origin} {}", columns.join(", ")));
                }
            }
        }
        if integer_key {
            // A number as primary key has no index of its own.
            let key = format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 1");
            let key = rows(connection, key).await;
            lines.push(format!("{table} pk {}", text(&key[0], "name")));
        }
        let keys = format!(
            "SELECT id, \"table\" AS target, \"from\" AS source, \"to\" AS wanted \
             FROM pragma_foreign_key_list('{table}') ORDER BY id, seq"
        );
        let mut foreign: BTreeMap<i64, (Vec<String>, String, Vec<String>)> = BTreeMap::new();
        for key in rows(connection, keys).await {
            let entry = foreign.entry(key.get("id")).or_default();
            entry.0.push(text(&key, "source"));
            entry.1 = text(&key, "target");
            entry.2.push(text(&key, "wanted"));
        }
        for (source, target, wanted) in foreign.into_values() {
            lines.push(format!(
                "{table} refers {} to {target} {}",
                source.join(", "),
                wanted.join(", ")
            ));
        }
    }
    lines.sort();
    lines
}

async fn postgres_schema(connection: &mut AnyConnection) -> Lines {
    let mut lines = Lines::new();
    let columns = "SELECT table_name::text, column_name::text, data_type::text, \
        collation_name::text, is_nullable::text FROM information_schema.columns \
        WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'";
    for column in rows(connection, columns.into()).await {
        let kind = match &*text(&column, "data_type") {
            "text" => {
                // Sorted by bytes, as SQLite does.
                assert_eq!(text(&column, "collation_name"), "C");
                "text"
            }
            "uuid" | "jsonb" => "text",
            "bigint" | "boolean" | "timestamp with time zone" => "number",
            other => panic!("a column of type {other}"),
        };
        lines.push(format!(
            "{}.{} {kind} required={}",
            text(&column, "table_name"),
            text(&column, "column_name"),
            text(&column, "is_nullable") == "NO"
        ));
    }
    let constraints = "SELECT conrelid::regclass::text AS name, contype::text AS kind, \
        pg_get_constraintdef(oid) AS definition FROM pg_constraint \
        WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f')";
    for constraint in rows(connection, constraints.into()).await {
        let table = text(&constraint, "name");
        if table.starts_with('_') {
            continue;
        }
        let definition = plain(&text(&constraint, "definition"));
        let definition = definition.trim_end_matches(" DEFERRABLE INITIALLY DEFERRED");
        lines.push(match &*text(&constraint, "kind") {
            "p" => format!(
                "{table} pk {}",
                definition.trim_start_matches("PRIMARY KEY ")
            ),
            "u" => format!("{table} u {}", definition.trim_start_matches("UNIQUE ")),
            _ => format!(
                "{table} refers {}",
                definition
                    .trim_start_matches("FOREIGN KEY ")
                    .replace("REFERENCES", "to")
            ),
        });
    }
    let indexes = "SELECT indexname::text AS name, indexdef AS definition FROM pg_indexes i \
        WHERE schemaname = 'public' AND tablename NOT LIKE '\\_%' AND NOT EXISTS \
        (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname)";
    for index in rows(connection, indexes.into()).await {
        let definition = text(&index, "definition");
        let (before, rest) = definition.split_once(" ON public.").unwrap();
        lines.push(format!(
            "{} unique={} {}",
            text(&index, "name"),
            before.contains("UNIQUE"),
            plain(&rest.replace("USING btree ", ""))
        ));
    }
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn the_schemas_for_sqlite_and_postgres_mean_the_same() {
    let (sqlite, postgres) = (Backend::sqlite().await, Backend::postgres().await);
    let one = sqlite_schema(&mut sqlite.raw().await).await;
    let other = postgres_schema(&mut postgres.raw().await).await;
    assert!(one.len() > 100, "the schema was read: {one:#?}");
    let only = |these: &Lines, those: &Lines| -> Lines {
        these
            .iter()
            .filter(|line| !those.contains(line))
            .cloned()
            .collect()
    };
    assert_eq!(
        (only(&one, &other), only(&other, &one)),
        (Lines::new(), Lines::new())
    );
    sqlite.end().await;
    postgres.end().await;
}

/// A resource is stored before its operation, to which it refers. When the operation comes, SQLite
/// looks for who waits for it: without an index in the whole table.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_to_what_is_not_yet_stored_has_an_index() {
    let backend = Backend::sqlite().await;
    let keys = "SELECT m.name AS name, f.\"from\" AS source, EXISTS (SELECT 1 \
        FROM pragma_index_list(m.name) l, pragma_index_info(l.name) i \
        WHERE i.seqno = 0 AND i.name = f.\"from\" AND l.partial = 0) AS indexed \
        FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
        WHERE m.type = 'table' AND f.\"table\" LIKE '%operations'";
    let keys = rows(&mut backend.raw().await, keys.into()).await;
    let told: Vec<_> = keys
        .iter()
        .map(|key| {
            let indexed = key.get::<i64, _>("indexed") == 1;
            (text(key, "name"), text(key, "source"), indexed)
        })
        .collect();
    let expected = ["clusters", "nodes"].map(|table| (table.into(), "operation_id".into(), true));
    assert_eq!(told, expected);
    backend.end().await;
}
