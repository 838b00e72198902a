//! Members of tenants: who holds which role, and roles given and taken away by people.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    database::Database,
    invitations,
    rows::{id, optional_time, text, truth, word},
    sql::query,
    tenant_changes,
    tenant_records::MemberChanged,
    user_lookup::grant_source,
};
use domain::{
    access::TenantRole,
    audit::AuditChange,
    ids::{TenantId, UserId},
    tenancy::Member,
    users::GrantSource,
};
use jiff::Timestamp;

/// Those of a tenant, by name.
pub(crate) async fn of_tenant(
    connection: &mut Transaction,
    tenant: TenantId,
) -> Result<Vec<Member>, Cause> {
    let rows = query(
        "SELECT u.id, u.name, u.email, u.suspended, u.last_seen_at, g.role, g.source, g.why, \
         g.granted_by, g.granted_at FROM tenant_grants g JOIN users u ON u.id = g.user_id \
         WHERE g.tenant_id = $1 ORDER BY u.name_folded, u.id, g.source",
    )
    .bind(tenant)
    .fetch_all(connection)
    .await?;
    let mut members: Vec<Member> = Vec::new();
    for row in &rows {
        let user_id: UserId = id(row, "id")?;
        let role: TenantRole = word(row, "role")?;
        let source = grant_source(row)?;
        let granted = matches!(source, GrantSource::Manual { .. }).then_some(role);
        match members.last_mut().filter(|last| last.user_id == user_id) {
            // The claim came first; what a person granted counts where it is higher.
            Some(member) => {
                member.granted = granted;
                if role > member.role {
                    member.role = role;
                    member.source = source;
                }
            }
            None => members.push(Member {
                user_id,
                name: text(row, "name")?,
                email: text(row, "email")?,
                role,
                source,
                granted,
                suspended: truth(row, "suspended")?,
                last_seen_at: optional_time(row, "last_seen_at")?,
            }),
        }
    }
    Ok(members)
}

/// The role that a person has granted.
pub(crate) async fn granted(
    connection: &mut Transaction,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<TenantRole>, Cause> {
    let row = query(
        "SELECT role FROM tenant_grants \
         WHERE user_id = $1 AND tenant_id = $2 AND source = 'manual'",
    )
    .bind(user)
    .bind(tenant)
    .fetch_optional(connection)
    .await?;
    row.map(|row| word(&row, "role")).transpose()
}

/// Grants a role in the name of a person, in place of the one granted before.
pub(crate) async fn grant(
    connection: &mut Transaction,
    tenant: TenantId,
    user: UserId,
    role: TenantRole,
    by: &str,
    at: Timestamp,
) -> Result<(), Cause> {
    query(
        "INSERT INTO tenant_grants (user_id, tenant_id, source, role, granted_by, granted_at) \
         VALUES ($1, $2, 'manual', $3, $4, $5) ON CONFLICT (user_id, tenant_id, source) \
         DO UPDATE SET role = excluded.role, granted_by = excluded.granted_by, \
         granted_at = excluded.granted_at",
    )
    .bind(user)
    .bind(tenant)
    .bind(role.as_str())
    .bind(by.to_owned())
    .bind(at)
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn set(
    database: &Database,
    tenant: TenantId,
    user: UserId,
    role: TenantRole,
    audit: AuditEntry,
) -> Result<MemberChanged, Cause> {
    let mut writing = database.write().await?;
    let connection = writing.connection();
    if !tenant_changes::lock_tenant(database, connection, tenant).await? {
        return Ok(MemberChanged::Missing);
    }
    let person = query("SELECT email, email_verified FROM users WHERE id = $1")
        .bind(user)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(person) = person else {
        return Ok(MemberChanged::Missing);
    };
    let before = granted(connection, tenant, user).await?;
    if before == Some(role) {
        return Ok(MemberChanged::AlreadySo);
    }
    grant(connection, tenant, user, role, &audit.who, audit.at).await?;
    if truth(&person, "email_verified")? {
        // Otherwise their next sign-in would accept it, and undo what is decided here.
        let address = text(&person, "email")?;
        invitations::cancel_all(connection, tenant, Some(&address), audit.at).await?;
    }
    let change = AuditChange::new(
        "role",
        before.map(|role| role.as_str()),
        Some(role.as_str()),
    );
    audit::append(connection, &audit.with_changes([change])).await?;
    writing.announce(Change::Access { user_id: user });
    writing.commit().await?;
    Ok(MemberChanged::Done)
}

pub(crate) async fn remove(
    database: &Database,
    tenant: TenantId,
    user: UserId,
    audit: AuditEntry,
) -> Result<MemberChanged, Cause> {
    let mut writing = database.write().await?;
    let connection = writing.connection();
    if !tenant_changes::lock_tenant(database, connection, tenant).await? {
        return Ok(MemberChanged::Missing);
    }
    let Some(before) = granted(connection, tenant, user).await? else {
        return Ok(MemberChanged::AlreadySo);
    };
    query("DELETE FROM tenant_grants WHERE user_id = $1 AND tenant_id = $2 AND source = 'manual'")
        .bind(user)
        .bind(tenant)
        .execute(&mut *connection)
        .await?;
    let change = AuditChange::new("role", Some(before.as_str()), None::<String>);
    audit::append(connection, &audit.with_changes([change])).await?;
    writing.announce(Change::Access { user_id: user });
    writing.commit().await?;
    Ok(MemberChanged::Done)
}
