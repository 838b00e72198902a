//! What admins change of users: platform roles, suspension, sessions.
//!
//! A change that could remove the last admin first locks the user, then all grants of admins in one
//! order: of several such changes at once, each sees what the one before it did.

use super::{
    detail::{self, another_admin},
    sessions, tokens,
};
use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    database::Database,
    error::Stored,
    handles::Users,
    rows::{Row, number, optional_text, truth},
    sql::{Sql, query},
    transaction::{Writing, doing},
    user_records::UserChange,
};
use domain::{access::PlatformRole, audit::AuditChange, ids::UserId};

impl Users<'_> {
    /// Grants a platform role, or revokes the granted one (`User`), if the user still has this `version`
    /// (`None`: any); announces it. The entry's `who` and `at` are stored with the grant; the changed role is
    /// added to the entry.
    pub async fn set_platform_role(
        self,
        id: UserId,
        role: PlatformRole,
        version: Option<i64>,
        audit: AuditEntry,
    ) -> Stored<UserChange> {
        doing("change a platform role", async {
            let mut writing = self.0.write().await?;
            let Some(user) = lock(self.0, writing.connection(), id).await? else {
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
                     VALUES ($1, 'manual', 'admin', $2, $3) ON CONFLICT (user_id, source) DO \
                     UPDATE \
                     SET role = excluded.role, granted_by = excluded.granted_by, \
                     granted_at = excluded.granted_at",
                )
                .bind(id)
                .bind(audit.who.clone())
                .bind(audit.at)
                .execute(writing.connection())
                .await?;
            } else {
                if !user.claimed
                    && !user.suspended
                    && !another_admin(writing.connection(), id).await?
                {
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
        })
        .await
    }

    /// Suspends a user, ends their sessions and revokes their tokens, or restores a user; announces it.
    pub async fn set_suspended(
        self,
        id: UserId,
        suspended: bool,
        audit: AuditEntry,
    ) -> Stored<UserChange> {
        doing("suspend or restore a user", async {
            let mut writing = self.0.write().await?;
            let Some(user) = lock(self.0, writing.connection(), id).await? else {
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
            if !suspended {
                return finish(writing, id, audit).await;
            }
            sessions::end_all(writing.connection(), id).await?;
            let revoked = tokens::revoke_all(writing.connection(), id).await?;
            finish(writing, id, audit.with_changes([revoked])).await
        })
        .await
    }

    /// Ends every session of a user and, if `tokens`, revokes every token; announces it. The entry is written if
    /// the user exists.
    pub async fn sign_out_everywhere(
        self,
        id: UserId,
        tokens: bool,
        mut audit: AuditEntry,
    ) -> Stored<()> {
        doing("end a user's sessions", async {
            let mut writing = self.0.write().await?;
            sessions::end_all(writing.connection(), id).await?;
            if tokens {
                let revoked = tokens::revoke_all(writing.connection(), id).await?;
                audit = audit.with_changes([revoked]);
            }
            let user = query("SELECT id FROM users WHERE id = $1")
                .bind(id)
                .fetch_optional(writing.connection())
                .await?;
            if user.is_some() {
                writing.append(&audit).await?;
            }
            writing.announce(Change::Access { user_id: id });
            writing.commit().await
        })
        .await
    }
}

/// Reads the user as changed, writes the audit entry, announces and commits.
async fn finish(
    mut writing: Writing<'_>,
    id: UserId,
    audit: AuditEntry,
) -> Result<UserChange, Cause> {
    let user = detail::one(writing.connection(), id, audit.at)
        .await?
        .ok_or("the user just changed is not there")?;
    writing.append(&audit).await?;
    writing.announce(Change::Access { user_id: id });
    writing.commit().await?;
    Ok(UserChange::Done(Box::new(user)))
}

/// A user of whom no platform role changes until the transaction ends.
struct Locked {
    version: i64,
    suspended: bool,
    /// Admin by a manual grant.
    granted: bool,
    /// Admin by a claim.
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
        granted |= holds(admin, "manual")?;
        claimed |= holds(admin, "claim")?;
    }
    Ok(Some(Locked {
        version: number(&row, "version")?,
        suspended: truth(&row, "suspended")?,
        granted,
        claimed,
    }))
}

/// Makes changes of the earlier version stale.
pub(crate) async fn count_up(connection: &mut Transaction, id: UserId) -> Result<(), Cause> {
    query("UPDATE users SET version = version + 1 WHERE id = $1")
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}
