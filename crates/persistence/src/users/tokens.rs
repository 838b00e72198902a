//! API tokens, found by a digest of their secret.

use super::one;
use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    error::Stored,
    handles::Tokens,
    records::{TokenRecord, UserRecord},
    rows::{Row, id, number, optional_id, optional_time, tenant, text, time},
    sql::{Sql, query},
    transaction::doing,
};
use domain::{
    access::TokenScope,
    audit::AuditChange,
    ids::{TokenId, UserId},
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

const SELECT: &str = "SELECT token.id, token.user_id, token.name, token.prefix, token.digest, \
    token.scopes, token.created_at, token.expires_at, token.last_used_at, token.tenant_id, \
    tenant.slug AS tenant_slug, tenant.name AS tenant_name \
    FROM api_tokens token LEFT JOIN tenants tenant ON tenant.id = token.tenant_id";

/// How exactly the last use is known: a token used all the time is not written all the time.
const USE_PRECISION: SignedDuration = SignedDuration::from_mins(1);

impl Tokens<'_> {
    /// Stores a token, unless its owner has `most` that have not expired; deletes the expired ones. `false`: nothing was
    /// written.
    pub async fn create(self, token: TokenRecord, most: u32, audit: AuditEntry) -> Stored<bool> {
        doing("store an API token", async {
            let mut writing = self.0.write().await?;
            // Of two requests at once the second counts the token of the first.
            let mut sql = Sql::new("SELECT id FROM users WHERE id = ");
            sql.bind(token.user_id)
                .push(self.0.dialect().lock_referred_rows());
            sql.query().fetch_optional(writing.connection()).await?;
            query("DELETE FROM api_tokens WHERE user_id = $1 AND expires_at <= $2")
                .bind(token.user_id)
                .bind(audit.at)
                .execute(writing.connection())
                .await?;
            let row = query("SELECT COUNT(*) AS tokens FROM api_tokens WHERE user_id = $1")
                .bind(token.user_id)
                .fetch_one(writing.connection())
                .await?;
            if number(&row, "tokens")? >= i64::from(most) {
                return Ok(false);
            }
            query(
                "INSERT INTO api_tokens (id, user_id, name, prefix, digest, created_at, \
                 expires_at, last_used_at, scopes, tenant_id) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            )
            .bind(token.id)
            .bind(token.user_id)
            .bind(token.name.clone())
            .bind(token.prefix.clone())
            .bind(token.digest.clone())
            .bind(token.created_at)
            .bind(token.expires_at)
            .bind(token.last_used_at)
            .bind(scope_words(&token.scopes))
            .bind(token.tenant.as_ref().map(|tenant| tenant.id))
            .execute(writing.connection())
            .await?;
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(true)
        })
        .await
    }

    /// Tokens of a user that expire after `now`, newest first.
    pub async fn list(self, user: UserId, now: Timestamp) -> Stored<Vec<TokenRecord>> {
        doing("list API tokens", async {
            let mut sql = Sql::new(SELECT);
            sql.push(" WHERE token.user_id = ")
                .bind(user)
                .push(" AND token.expires_at > ")
                .bind(now)
                .push(" ORDER BY token.created_at DESC, token.id DESC");
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter().map(record).collect()
        })
        .await
    }

    /// The token with this digest, if it expires after `now`, with its owner.
    pub async fn by_digest(
        self,
        digest: &str,
        now: Timestamp,
    ) -> Stored<Option<(TokenRecord, UserRecord)>> {
        doing("look up an API token", async {
            let mut sql = Sql::new(SELECT);
            sql.push(" WHERE token.digest = ")
                .bind(digest)
                .push(" AND token.expires_at > ")
                .bind(now);
            let row = sql.query().fetch_optional(self.0.readers()).await?;
            let Some(row) = row else {
                return Ok(None);
            };
            let token = record(&row)?;
            let user = one(self.0.readers(), token.user_id).await?;
            Ok(user.map(|user| (token, user)))
        })
        .await
    }

    /// Stores when a token was last used, to the minute.
    pub async fn note_use(self, id: TokenId, now: Timestamp) -> Stored<()> {
        doing("store the use of an API token", async {
            let mut writing = self.0.write().await?;
            query(
                "UPDATE api_tokens SET last_used_at = $2 \
                 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
            )
            .bind(id)
            .bind(now)
            .bind(now - USE_PRECISION)
            .execute(writing.connection())
            .await?;
            writing.commit().await
        })
        .await
    }

    /// Deletes a token of this user; announces it. `false`: the user has no such token.
    pub async fn revoke(self, user: UserId, id: TokenId, audit: AuditEntry) -> Stored<bool> {
        doing("revoke an API token", async {
            let mut writing = self.0.write().await?;
            let removed = query("DELETE FROM api_tokens WHERE id = $1 AND user_id = $2")
                .bind(id)
                .bind(user)
                .execute(writing.connection())
                .await?;
            if removed == 0 {
                return Ok(false);
            }
            writing.append(&audit).await?;
            writing.announce(Change::Access { user_id: user });
            writing.commit().await?;
            Ok(true)
        })
        .await
    }
}

/// Deletes every token of a user. The change of their number is for the audit entry.
pub(super) async fn revoke_all(
    connection: &mut Transaction,
    user: UserId,
) -> Result<AuditChange, Cause> {
    let revoked = query("DELETE FROM api_tokens WHERE user_id = $1")
        .bind(user)
        .execute(connection)
        .await?;
    Ok(AuditChange::new(
        "api_tokens",
        Some(revoked.to_string()),
        Some("0"),
    ))
}

fn record(row: &Row) -> Result<TokenRecord, Cause> {
    Ok(TokenRecord {
        id: id(row, "id")?,
        user_id: id(row, "user_id")?,
        name: text(row, "name")?,
        prefix: text(row, "prefix")?,
        digest: text(row, "digest")?,
        scopes: scopes(&text(row, "scopes")?),
        tenant: match optional_id::<Uuid>(row, "tenant_id")? {
            Some(_) => Some(tenant(row)?),
            None => None,
        },
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
        last_used_at: optional_time(row, "last_used_at")?,
    })
}

/// Words with blanks between them.
fn scope_words(scopes: &[TokenScope]) -> String {
    let words: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(" ")
}

/// The scopes that this version knows; one of a later version gives nothing here.
fn scopes(words: &str) -> Vec<TokenScope> {
    TokenScope::ALL
        .into_iter()
        .filter(|scope| words.split(' ').any(|word| word == scope.as_str()))
        .collect()
}
