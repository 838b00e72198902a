//! One user as admins see them.

use super::{
    grant_source,
    list::{IS_ADMIN, USER, user},
    withheld_claims,
};
use crate::{
    Cause,
    connection::Transaction,
    error::Stored,
    handles::Users,
    rows::{self, number, text, word},
    sql::{Sql, query},
    transaction::doing,
};
use domain::{
    access::PlatformRole,
    ids::UserId,
    users::{PlatformGrant, TenantGrant, UserDetail},
};
use jiff::Timestamp;

impl Users<'_> {
    /// One user, with the number of sessions and tokens that expire after `now`.
    pub async fn detail(self, id: UserId, now: Timestamp) -> Stored<Option<UserDetail>> {
        doing("read the details of a user", async {
            let mut reading = self.0.read().await?;
            let found = one(&mut reading, id, now).await?;
            reading.commit().await?;
            Ok(found)
        })
        .await
    }
}

pub(super) async fn one(
    connection: &mut Transaction,
    id: UserId,
    now: Timestamp,
) -> Result<Option<UserDetail>, Cause> {
    let mut sql = Sql::new(USER);
    sql.push("WHERE u.id = ").bind(id);
    let Some(row) = sql.query().fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let mut counts = Sql::new("SELECT (SELECT COUNT(*) FROM sessions s WHERE s.user_id = ");
    counts
        .bind(id)
        .push(" AND s.expires_at > ")
        .bind(now)
        .push(") AS sessions, (SELECT COUNT(*) FROM api_tokens a WHERE a.user_id = ")
        .bind(id)
        .push(" AND a.expires_at > ")
        .bind(now)
        .push(") AS tokens");
    let counted = counts.query().fetch_one(&mut *connection).await?;
    let found = user(&row)?;
    let counts_as_admin = found.platform_role == PlatformRole::Admin && !found.suspended;
    Ok(Some(UserDetail {
        subject: text(&row, "subject")?,
        withheld_claims: withheld_claims(&row)?,
        platform_grants: platform_grants(&mut *connection, id).await?,
        tenant_grants: tenant_grants(&mut *connection, id).await?,
        sessions: u32::try_from(number(&counted, "sessions")?)?,
        tokens: u32::try_from(number(&counted, "tokens")?)?,
        last_admin: counts_as_admin && !another_admin(connection, id).await?,
        version: number(&row, "version")?,
        user: found,
    }))
}

/// Whether another user than `id` is a platform admin and not suspended.
pub(crate) async fn another_admin(connection: &mut Transaction, id: UserId) -> Result<bool, Cause> {
    let mut sql = Sql::new("SELECT COUNT(*) AS others FROM users u WHERE u.suspended = FALSE AND ");
    sql.push(IS_ADMIN).push(" AND u.id <> ").bind(id);
    Ok(number(&sql.query().fetch_one(connection).await?, "others")? > 0)
}

/// Those that give more than everybody has.
async fn platform_grants(
    connection: &mut Transaction,
    id: UserId,
) -> Result<Vec<PlatformGrant>, Cause> {
    let rows = query(
        "SELECT role, source, why, granted_by, granted_at FROM platform_grants \
         WHERE user_id = $1 AND role = 'admin' ORDER BY source",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(PlatformGrant {
                role: word(row, "role")?,
                source: grant_source(row)?,
            })
        })
        .collect()
}

async fn tenant_grants(
    connection: &mut Transaction,
    id: UserId,
) -> Result<Vec<TenantGrant>, Cause> {
    let rows = query(
        "SELECT g.role, g.source, g.why, g.granted_by, g.granted_at, t.id AS tenant_id, \
         t.slug AS tenant_slug, t.name AS tenant_name FROM tenant_grants g \
         JOIN tenants t ON t.id = g.tenant_id WHERE g.user_id = $1 AND t.archived_at IS NULL \
         ORDER BY t.name_folded, t.id, g.source",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(TenantGrant {
                tenant: rows::tenant(row)?,
                role: word(row, "role")?,
                source: grant_source(row)?,
            })
        })
        .collect()
}
