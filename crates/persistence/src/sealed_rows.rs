//! Every sealed secret of the database, for rotations of the key that they lie under.

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

/// Where secrets of a kind lie.
struct SealedColumn {
    table: &'static str,
    /// What its columns begin with.
    prefix: &'static str,
    /// The last word of what a secret is bound to.
    column: &'static str,
    /// Which rows hold one.
    holding: &'static str,
}

fn place(kind: SealedKind) -> SealedColumn {
    match kind {
        SealedKind::Credential => SealedColumn {
            table: "credentials",
            prefix: "secret",
            column: "secret",
            holding: "deleted_at IS NULL",
        },
        SealedKind::WorkspaceToken => SealedColumn {
            table: "workspaces",
            prefix: "token",
            column: "token",
            holding: "token_key_id IS NOT NULL",
        },
    }
}

impl SealedRows<'_> {
    /// Which keys are in use, and for what.
    pub async fn keys_in_use(self) -> Stored<Vec<KeyUse>> {
        doing("look which keys are in use", async {
            let mut uses = Vec::new();
            for kind in SealedKind::ALL {
                let SealedColumn {
                    table,
                    prefix,
                    holding,
                    ..
                } = place(kind);
                let rows = query(AssertSqlSafe(format!(
                    "SELECT {prefix}_key_id AS key_id, COUNT(*) AS count, MIN(name) AS example \
                     FROM {table} WHERE {holding} GROUP BY {prefix}_key_id \
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

    /// Up to `limit` secrets that are not under `key_id`, by row, those after the row `after` only.
    pub async fn not_under(
        self,
        kind: SealedKind,
        key_id: &str,
        after: Uuid,
        limit: u32,
    ) -> Stored<Vec<SealedRow>> {
        doing("look for secrets under other keys", async {
            let SealedColumn {
                table,
                prefix,
                holding,
                ..
            } = place(kind);
            let mut sql = Sql::new(format!(
                "SELECT id, name, tenant_id, {prefix}_key_id AS key_id, \
                 {prefix}_wrapped_key AS wrapped_key, {prefix}_ciphertext AS ciphertext \
                 FROM {table} WHERE {holding} AND {prefix}_key_id <> "
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

    /// Puts a data key that was wrapped anew in place of the one in each row, where it still is the one that was read.
    /// Answers how many were; the others have been changed meanwhile.
    pub async fn put_rewrapped(self, rows: &[(SealedRow, Sealed)]) -> Stored<u64> {
        doing("put keys that were wrapped anew", async {
            let mut writing = self.0.write().await?;
            let mut count = 0;
            for (row, wrapped) in rows {
                let SealedColumn { table, prefix, .. } = place(row.kind);
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
    let SealedColumn { table, column, .. } = place(kind);
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
