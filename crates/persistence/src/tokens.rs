//! API tokens, found by a digest of their secret.

use crate::{Cause, audit, database::Database, people, rows};
use domain::ids::{TokenId, UserId};
use jiff::{SignedDuration, Timestamp};
use provisioning::{
    audit::AuditEntry,
    ports::changes::Change,
    records::{TokenRecord, UserRecord},
};

/// How exactly the last use is known: a token used all the time is not written all the time.
const USE_PRECISION: SignedDuration = SignedDuration::from_mins(1);

pub(crate) async fn store(
    database: &Database,
    token: &TokenRecord,
    audit: &AuditEntry,
) -> Result<(), Cause> {
    let mut writing = database.write().await?;
    sqlx::query(
        "INSERT INTO api_tokens (id, user_id, name, prefix, digest, created_at, expires_at, \
         last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(token.id.to_string())
    .bind(token.user_id.to_string())
    .bind(token.name.clone())
    .bind(token.prefix.clone())
    .bind(token.digest.clone())
    .bind(token.created_at.as_microsecond())
    .bind(token.expires_at.as_microsecond())
    .bind(token.last_used_at.map(Timestamp::as_microsecond))
    .execute(writing.connection())
    .await?;
    audit::append(writing.connection(), audit).await?;
    writing.commit().await
}

pub(crate) async fn of(
    database: &Database,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<TokenRecord>, Cause> {
    let rows = sqlx::query(
        "SELECT * FROM api_tokens WHERE user_id = $1 AND expires_at > $2 \
         ORDER BY created_at DESC, id DESC",
    )
    .bind(user.to_string())
    .bind(now.as_microsecond())
    .fetch_all(database.readers())
    .await?;
    rows.iter().map(rows::token).collect()
}

pub(crate) async fn by_digest(
    database: &Database,
    digest: &str,
    now: Timestamp,
) -> Result<Option<(TokenRecord, UserRecord)>, Cause> {
    let mut connection = database.readers().acquire().await?;
    let row = sqlx::query("SELECT * FROM api_tokens WHERE digest = $1 AND expires_at > $2")
        .bind(digest.to_owned())
        .bind(now.as_microsecond())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let token = rows::token(&row)?;
    let user = people::one(&mut connection, token.user_id).await?;
    Ok(user.map(|user| (token, user)))
}

pub(crate) async fn note_use(
    database: &Database,
    id: TokenId,
    now: Timestamp,
) -> Result<(), Cause> {
    let mut writing = database.write().await?;
    sqlx::query(
        "UPDATE api_tokens SET last_used_at = $2 \
         WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
    )
    .bind(id.to_string())
    .bind(now.as_microsecond())
    .bind((now - USE_PRECISION).as_microsecond())
    .execute(writing.connection())
    .await?;
    writing.commit().await
}

pub(crate) async fn remove(
    database: &Database,
    user: UserId,
    id: TokenId,
    audit: &AuditEntry,
) -> Result<bool, Cause> {
    let mut writing = database.write().await?;
    let removed = sqlx::query("DELETE FROM api_tokens WHERE id = $1 AND user_id = $2")
        .bind(id.to_string())
        .bind(user.to_string())
        .execute(writing.connection())
        .await?;
    if removed.rows_affected() == 0 {
        return Ok(false);
    }
    audit::append(writing.connection(), audit).await?;
    writing.announce(Change::Access { user_id: user });
    writing.commit().await?;
    Ok(true)
}
