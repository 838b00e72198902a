//! Members of tenants: roles that users grant, beside those that claims give.

use super::{invitations::cancel_all, lock_tenant};
use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    error::Stored,
    handles::Tenants,
    rows::{id, optional_time, text, truth, word},
    sql::query,
    tenant_records::MemberChanged,
    transaction::doing,
    users::grant_source,
};
use domain::{
    access::TenantRole,
    audit::AuditChange,
    ids::{TenantId, UserId},
    tenancy::Member,
    users::GrantSource,
};
use jiff::Timestamp;

impl Tenants<'_> {
    /// Grants a role in place of the one granted before, and cancels the user's invitations; announces
    /// it. The entry's `who` and `at` are stored with the grant; the changed role is added to the entry.
    pub async fn set_member(
        self,
        tenant: TenantId,
        user: UserId,
        role: TenantRole,
        audit: AuditEntry,
    ) -> Stored<MemberChanged> {
        doing("grant a role in a tenant", async {
            let mut writing = self.0.write().await?;
            let connection = writing.connection();
            if !lock_tenant(self.0, connection, tenant).await? {
                return Ok(MemberChanged::Missing);
            }
            let profile = query("SELECT email, email_verified FROM users WHERE id = $1")
                .bind(user)
                .fetch_optional(&mut *connection)
                .await?;
            let Some(profile) = profile else {
                return Ok(MemberChanged::Missing);
            };
            let before = granted(connection, tenant, user).await?;
            if before == Some(role) {
                return Ok(MemberChanged::AlreadySo);
            }
            grant(connection, tenant, user, role, &audit.who, audit.at).await?;
            if truth(&profile, "email_verified")? {
                // Otherwise the user's next sign-in would accept the invitation and replace this role.
                let address = text(&profile, "email")?;
                cancel_all(connection, tenant, Some(&address), audit.at).await?;
            }
            let change = AuditChange::new(
                "role",
                before.map(|role| role.as_str()),
                Some(role.as_str()),
            );
            writing.append(&audit.with_changes([change])).await?;
            writing.announce(Change::Access { user_id: user });
            writing.commit().await?;
            Ok(MemberChanged::Done)
        })
        .await
    }

    /// Revokes the role that was granted by a user; announces it.
    pub async fn remove_member(
        self,
        tenant: TenantId,
        user: UserId,
        audit: AuditEntry,
    ) -> Stored<MemberChanged> {
        doing("revoke a role in a tenant", async {
            let mut writing = self.0.write().await?;
            let connection = writing.connection();
            if !lock_tenant(self.0, connection, tenant).await? {
                return Ok(MemberChanged::Missing);
            }
            let Some(before) = granted(connection, tenant, user).await? else {
                return Ok(MemberChanged::AlreadySo);
            };
            query(
                "DELETE FROM tenant_grants \
                 WHERE user_id = $1 AND tenant_id = $2 AND source = 'manual'",
            )
            .bind(user)
            .bind(tenant)
            .execute(&mut *connection)
            .await?;
            let change = AuditChange::new("role", Some(before.as_str()), None::<String>);
            writing.append(&audit.with_changes([change])).await?;
            writing.announce(Change::Access { user_id: user });
            writing.commit().await?;
            Ok(MemberChanged::Done)
        })
        .await
    }
}

/// The members of a tenant, by name.
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
            // The claim came first; a granted role counts where it is higher.
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

/// The role that a user has granted.
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

/// Grants a role in the name of a user, in place of the one granted before.
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
