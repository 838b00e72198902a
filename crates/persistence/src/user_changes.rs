//! What admins do to people: platform roles by hand, suspension, signing out everywhere.
//!
//! Each of them that could take the last admin away first locks the user, then all grants of
//! admins in one order: of several at the same time one goes first, and the next sees what it did.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    database::Database,
    rows::{Row, number, optional_text, truth},
    sessions,
    sql::{Sql, query},
    transaction::Writing,
    user_detail::{self, another_admin},
    user_records::UserChange,
};
use domain::{access::PlatformRole, audit::AuditChange, ids::UserId};

pub(crate) async fn set_platform_role(
    database: &Database,
    id: UserId,
    role: PlatformRole,
    version: Option<i64>,
    audit: AuditEntry,
) -> Result<UserChange, Cause> {
    let mut writing = database.write().await?;
    let Some(user) = lock(database, writing.connection(), id).await? else {
        return Ok(UserChange::Missing);
    };
    if version.is_some_and(|version| user.version != version) {
        return Ok(UserChange::Stale);
    }
    let granted = role == PlatformRole::Admin;
    if user.granted == granted {
        return Ok(UserChange::AlreadySo);
    }
    if granted {
        query(
            "INSERT INTO platform_grants (user_id, source, role, granted_by, granted_at) \
             VALUES ($1, 'manual', 'admin', $2, $3) ON CONFLICT (user_id, source) DO UPDATE \
             SET role = excluded.role, granted_by = excluded.granted_by, \
             granted_at = excluded.granted_at",
        )
        .bind(id)
        .bind(audit.who.clone())
        .bind(audit.at)
        .execute(writing.connection())
        .await?;
    } else {
        if !user.claimed && !user.suspended && !another_admin(writing.connection(), id).await? {
            return Ok(UserChange::LastAdmin);
        }
        query("DELETE FROM platform_grants WHERE user_id = $1 AND source = 'manual'")
            .bind(id)
            .execute(writing.connection())
            .await?;
    }
    count_up(writing.connection(), id).await?;
    let before = if granted { "user" } else { "admin" };
    let change = AuditChange::new("platform_role", Some(before), Some(role.as_str()));
    finish(writing, id, audit.with_changes([change])).await
}

pub(crate) async fn set_suspended(
    database: &Database,
    id: UserId,
    suspended: bool,
    audit: AuditEntry,
) -> Result<UserChange, Cause> {
    let mut writing = database.write().await?;
    let Some(user) = lock(database, writing.connection(), id).await? else {
        return Ok(UserChange::Missing);
    };
    if user.suspended == suspended {
        return Ok(UserChange::AlreadySo);
    }
    let is_admin = user.granted || user.claimed;
    if suspended && is_admin && !another_admin(writing.connection(), id).await? {
        return Ok(UserChange::LastAdmin);
    }
    query("UPDATE users SET suspended = $2, version = version + 1 WHERE id = $1")
        .bind(id)
        .bind(suspended)
        .execute(writing.connection())
        .await?;
    if suspended {
        sessions::end_all(writing.connection(), id).await?;
    }
    finish(writing, id, audit).await
}

/// Reads the user as changed, writes the audit entry, announces and commits.
async fn finish(
    mut writing: Writing<'_>,
    id: UserId,
    audit: AuditEntry,
) -> Result<UserChange, Cause> {
    let user = user_detail::one(writing.connection(), id, audit.at)
        .await?
        .ok_or("the user just changed is not there")?;
    audit::append(writing.connection(), &audit).await?;
    writing.announce(Change::Access { user_id: id });
    writing.commit().await?;
    Ok(UserChange::Done(Box::new(user)))
}

pub(crate) async fn end_sessions(
    database: &Database,
    id: UserId,
    audit: &AuditEntry,
) -> Result<(), Cause> {
    let mut writing = database.write().await?;
    sessions::end_all(writing.connection(), id).await?;
    let somebody = query("SELECT id FROM users WHERE id = $1")
        .bind(id)
        .fetch_optional(writing.connection())
        .await?;
    if somebody.is_some() {
        audit::append(writing.connection(), audit).await?;
    }
    writing.announce(Change::Access { user_id: id });
    writing.commit().await
}

/// Somebody whose row and whose platform roles stay as they are until the transaction ends.
struct Locked {
    version: i64,
    suspended: bool,
    /// Whether a user has made them an admin of the platform.
    granted: bool,
    /// Whether a claim has.
    claimed: bool,
}

async fn lock(
    database: &Database,
    connection: &mut Transaction,
    id: UserId,
) -> Result<Option<Locked>, Cause> {
    let mut sql = Sql::new("SELECT version, suspended FROM users WHERE id = ");
    sql.bind(id).push(database.dialect().lock_referred_rows());
    let Some(row) = sql.query().fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let mut sql = Sql::new(
        "SELECT user_id, source FROM platform_grants WHERE role = 'admin' \
         ORDER BY user_id, source",
    );
    sql.push(database.dialect().lock_referred_rows());
    let admins = sql.query().fetch_all(connection).await?;
    let holds = |admin: &Row, source: &str| -> Result<bool, Cause> {
        Ok(crate::rows::id::<UserId>(admin, "user_id")? == id
            && optional_text(admin, "source")?.as_deref() == Some(source))
    };
    let (mut granted, mut claimed) = (false, false);
    for admin in &admins {
        granted |= holds(admin, "user")?;
        claimed |= holds(admin, "claim")?;
    }
    Ok(Some(Locked {
        version: number(&row, "version")?,
        suspended: truth(&row, "suspended")?,
        granted,
        claimed,
    }))
}

/// Requests that saw the user as they were before are stale from now on.
pub(crate) async fn count_up(connection: &mut Transaction, id: UserId) -> Result<(), Cause> {
    query("UPDATE users SET version = version + 1 WHERE id = $1")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
