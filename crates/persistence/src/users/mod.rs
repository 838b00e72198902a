//! Users: sign-ins, roles, sessions and tokens.

mod changes;
mod claimed_roles;
mod detail;
mod list;
pub(crate) mod sessions;
mod sign_in;
mod tokens;

use crate::{
    Cause,
    connection::Executor,
    error::Stored,
    handles::Users,
    records::{MembershipRecord, UserRecord},
    rows::{self, Row, id, number, optional_id, optional_text, optional_time, text, truth, word},
    sql::Sql,
    transaction::doing,
};
use domain::{
    access::{PlatformRole, TenantRole},
    ids::UserId,
    users::GrantSource,
};
use uuid::Uuid;

/// Users with the roles that count: one row for each tenant and environment of a user. Archived tenants
/// and environments are left out.
const USER: &str = "SELECT u.id, u.issuer, u.subject, u.email, u.email_verified, u.name, \
    u.suspended, u.last_seen_at, u.withheld_claims, (SELECT COUNT(*) FROM platform_grants p \
    WHERE p.user_id = u.id AND p.role = 'admin') AS admin_grants, g.role, t.id AS tenant_id, \
    t.slug AS tenant_slug, t.name AS tenant_name, e.id AS environment_id, \
    e.slug AS environment_slug, e.name AS environment_name \
    FROM users u LEFT JOIN tenant_grants g ON g.user_id = u.id \
    LEFT JOIN tenants t ON t.id = g.tenant_id AND t.archived_at IS NULL \
    LEFT JOIN environments e ON e.tenant_id = t.id AND e.archived_at IS NULL ";
/// Keeps the rows of a user, a tenant and an environment together.
const IN_ORDER: &str = " ORDER BY u.id, t.name_folded, t.id, e.name_folded, e.id, g.source";

impl Users<'_> {
    pub async fn get(self, id: UserId) -> Stored<Option<UserRecord>> {
        doing("read a user", async { one(self.0.readers(), id).await }).await
    }

    /// Users of any issuer with this address, compared without case in ASCII only: other alphabets have
    /// letters that fold to the same one and are different addresses.
    pub async fn by_email(self, email: &str) -> Stored<Vec<UserRecord>> {
        doing("look up users by address", async {
            let mut sql = Sql::new(USER);
            sql.push("WHERE lower(u.email) = ")
                .bind(email.to_ascii_lowercase())
                .push(IN_ORDER);
            collect(&sql.query().fetch_all(self.0.readers()).await?)
        })
        .await
    }
}

pub(crate) async fn one<'e>(
    connection: impl Into<Executor<'e>>,
    id: UserId,
) -> Result<Option<UserRecord>, Cause> {
    let mut sql = Sql::new(USER);
    sql.push("WHERE u.id = ").bind(id).push(IN_ORDER);
    let rows = sql.query().fetch_all(connection).await?;
    Ok(collect(&rows)?.pop())
}

fn collect(rows: &[Row]) -> Result<Vec<UserRecord>, Cause> {
    let mut users: Vec<UserRecord> = Vec::new();
    for row in rows {
        let id: UserId = id(row, "id")?;
        if users.last().is_none_or(|user| user.id != id) {
            users.push(user(row)?);
        }
        if let Some(user) = users.last_mut() {
            add_membership(&mut user.memberships, row)?;
        }
    }
    Ok(users)
}

fn user(row: &Row) -> Result<UserRecord, Cause> {
    Ok(UserRecord {
        id: id(row, "id")?,
        issuer: text(row, "issuer")?,
        subject: text(row, "subject")?,
        email: text(row, "email")?,
        email_verified: truth(row, "email_verified")?,
        name: text(row, "name")?,
        platform_role: if number(row, "admin_grants")? > 0 {
            PlatformRole::Admin
        } else {
            PlatformRole::User
        },
        suspended: truth(row, "suspended")?,
        memberships: Vec::new(),
        withheld_claims: withheld_claims(row)?,
        last_seen_at: optional_time(row, "last_seen_at")?,
    })
}

fn withheld_claims(row: &Row) -> Result<Vec<String>, Cause> {
    let lines = text(row, "withheld_claims")?;
    Ok(lines.lines().map(str::to_owned).collect())
}

/// From `source`, `why`, `granted_by` and `granted_at`.
pub(crate) fn grant_source(row: &Row) -> Result<GrantSource, Cause> {
    Ok(if text(row, "source")? == "claim" {
        GrantSource::Claim {
            why: optional_text(row, "why")?,
        }
    } else {
        GrantSource::Manual {
            by: optional_text(row, "granted_by")?,
            at: optional_time(row, "granted_at")?,
        }
    })
}

/// Adds the tenant and environment of a row, if it has any. Of several grants the highest counts.
fn add_membership(memberships: &mut Vec<MembershipRecord>, row: &Row) -> Result<(), Cause> {
    if optional_id::<Uuid>(row, "tenant_id")?.is_none() {
        return Ok(());
    }
    let tenant = rows::tenant(row)?;
    let role: TenantRole = word(row, "role")?;
    if memberships.last().is_none_or(|last| last.tenant != tenant) {
        memberships.push(MembershipRecord {
            tenant,
            environments: Vec::new(),
            role,
        });
    }
    let Some(membership) = memberships.last_mut() else {
        return Ok(());
    };
    membership.role = membership.role.max(role);
    if optional_id::<Uuid>(row, "environment_id")?.is_some() {
        let environment = rows::environment(row)?;
        if membership.environments.last() != Some(&environment) {
            membership.environments.push(environment);
        }
    }
    Ok(())
}
