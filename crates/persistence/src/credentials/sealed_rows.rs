//! All sealed secrets, for the rotation of the key-encryption key.

use crate::{
    Cause,
    credential_records::{KeyUse, SealedKind, SealedRow},
    error::Stored,
    handles::SealedRows,
    rows::{self, Row, number, text},
    sealed::{Sealed, SecretOwner},
    sql::{Sql, query},
    transaction::doing,
};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// The columns with the secrets of a kind.
struct SealedColumn {
    table: &'static str,
    prefix: &'static str,
    /// The last part of what a secret is bound to.
    column: &'static str,
    /// The rows with a secret.
    condition: &'static str,
}

fn columns(kind: SealedKind) -> SealedColumn {
    match kind {
        SealedKind::Credential => SealedColumn {
            table: "credentials",
            prefix: "secret",
            column: "secret",
            condition: "deleted_at IS NULL",
        },
        SealedKind::WorkspaceToken => SealedColumn {
            table: "workspaces",
            prefix: "token",
            column: "token",
            condition: "token_key_id IS NOT NULL",
        },
    }
}

impl SealedRows<'_> {
    /// The keys in use, by kind of secret.
    pub async fn keys_in_use(self) -> Stored<Vec<KeyUse>> {
        doing("list the keys in use", async {
            let mut uses = Vec::new();
            for kind in SealedKind::ALL {
                let SealedColumn {
                    table,
                    prefix,
                    condition,
                    ..
                } = columns(kind);
                let rows = query(AssertSqlSafe(format!(
                    "SELECT {prefix}_key_id AS key_id, COUNT(*) AS count, MIN(name) AS example \
                     FROM {table} WHERE {condition} GROUP BY {prefix}_key_id \
                     ORDER BY {prefix}_key_id"
                )))
                .fetch_all(self.0.readers())
                .await?;
                for row in &rows {
                    uses.push(KeyUse {
                        key_id: text(row, "key_id")?,
                        kind,
                        count: u64::try_from(number(row, "count")?)?,
                        example: text(row, "example")?,
                    });
                }
            }
            Ok(uses)
        })
        .await
    }

    /// Up to `limit` secrets that are wrapped by another key than `key_id`, by id, after the row `after`.
    pub async fn not_under(
        self,
        kind: SealedKind,
        key_id: &str,
        after: Uuid,
        limit: u32,
    ) -> Stored<Vec<SealedRow>> {
        doing("list secrets under other keys", async {
            let SealedColumn {
                table,
                prefix,
                condition,
                ..
            } = columns(kind);
            let mut sql = Sql::new(format!(
                "SELECT id, name, tenant_id, {prefix}_key_id AS key_id, \
                 {prefix}_wrapped_key AS wrapped_key, {prefix}_ciphertext AS ciphertext \
                 FROM {table} WHERE {condition} AND {prefix}_key_id <> "
            ));
            sql.bind(key_id)
                .push(" AND id > ")
                .bind(after)
                .push(" ORDER BY id LIMIT ")
                .bind(i64::from(limit));
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter().map(|row| sealed_row(row, kind)).collect()
        })
        .await
    }

    /// Replaces the data key of each row by the rewrapped one, unless it changed since it was read. Returns how many
    /// were replaced.
    pub async fn put_rewrapped(self, rows: &[(SealedRow, Sealed)]) -> Stored<u64> {
        doing("store rewrapped keys", async {
            let mut writing = self.0.write().await?;
            let mut count = 0;
            for (row, wrapped) in rows {
                let SealedColumn { table, prefix, .. } = columns(row.kind);
                let put = query(AssertSqlSafe(format!(
                    "UPDATE {table} SET {prefix}_key_id = $2, {prefix}_wrapped_key = $3 \
                     WHERE id = $1 AND {prefix}_key_id = $4 AND {prefix}_wrapped_key = $5"
                )))
                .bind(row.id)
                .bind(wrapped.key_id.clone())
                .bind(wrapped.wrapped_key.clone())
                .bind(row.sealed.key_id.clone())
                .bind(row.sealed.wrapped_key.clone())
                .execute(writing.connection())
                .await?;
                count += put;
            }
            writing.commit().await?;
            Ok(count)
        })
        .await
    }
}

fn sealed_row(row: &Row, kind: SealedKind) -> Result<SealedRow, Cause> {
    let id: Uuid = rows::id(row, "id")?;
    let SealedColumn { table, column, .. } = columns(kind);
    Ok(SealedRow {
        kind,
        name: text(row, "name")?,
        owner: SecretOwner {
            tenant_id: rows::id(row, "tenant_id")?,
            place: format!("{table}/{id}/{column}"),
        },
        id,
        sealed: Sealed {
            key_id: text(row, "key_id")?,
            wrapped_key: text(row, "wrapped_key")?,
            ciphertext: text(row, "ciphertext")?,
        },
    })
}
