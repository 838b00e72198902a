//! Invitations: opened, cancelled, and accepted by the first verified sign-in with their address.

use super::{lock_tenant, members};
use crate::{
    Cause,
    audit_records::AuditEntry,
    connection::Transaction,
    error::Stored,
    handles::Tenants,
    rows::{self, Row, id, text, time, word},
    sql::{Sql, query},
    tenant_records::{Invited, NewInvitation},
    transaction::doing,
};
use domain::{
    access::TenantRole,
    ids::{InvitationId, TenantId, UserId},
    tenancy::{Invitation, TenantRef},
};
use jiff::Timestamp;

/// The columns of an [`Invitation`], of those neither accepted nor cancelled.
const OPEN: &str = "SELECT i.id, i.email, i.role, i.created_at, i.expires_at, i.tenant_id, \
    t.slug AS tenant_slug, t.name AS tenant_name, u.name AS invited_by \
    FROM invitations i JOIN users u ON u.id = i.invited_by JOIN tenants t ON t.id = i.tenant_id \
    WHERE i.accepted_at IS NULL AND i.cancelled_at IS NULL ";

impl Tenants<'_> {
    /// Opens an invitation, in place of an expired one to the same address.
    pub async fn invite(self, new: NewInvitation, audit: AuditEntry) -> Stored<Invited> {
        doing("invite a user", async {
            let mut writing = self.0.write().await?;
            if !lock_tenant(self.0, writing.connection(), new.tenant_id).await? {
                return Ok(Invited::Missing);
            }
            let folded = new.email.to_ascii_lowercase();
            let mut sql = Sql::new(OPEN);
            sql.push("AND i.tenant_id = ")
                .bind(new.tenant_id)
                .push(" AND i.email_folded = ")
                .bind(folded.clone());
            let row = sql.query().fetch_optional(writing.connection()).await?;
            if let Some(earlier) = row.as_ref().map(invitation).transpose()? {
                if earlier.expires_at > new.created_at {
                    return Ok(Invited::Already(earlier));
                }
                cancel_one(writing.connection(), earlier.id, new.created_at).await?;
            }
            query(
                "INSERT INTO invitations (id, tenant_id, email, email_folded, role, invited_by, \
                 created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            )
            .bind(new.id)
            .bind(new.tenant_id)
            .bind(new.email.clone())
            .bind(folded)
            .bind(new.role.as_str())
            .bind(new.invited_by)
            .bind(new.created_at)
            .bind(new.expires_at)
            .execute(writing.connection())
            .await?;
            let mut sql = Sql::new(OPEN);
            sql.push("AND i.id = ").bind(new.id);
            let stored = invitation(&sql.query().fetch_one(writing.connection()).await?)?;
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(Invited::Open(stored))
        })
        .await
    }

    /// Cancels an open invitation. `false`: no such invitation is open. Its address becomes the target name
    /// of the entry.
    pub async fn cancel_invitation(
        self,
        tenant: TenantId,
        id: InvitationId,
        mut audit: AuditEntry,
    ) -> Stored<bool> {
        doing("cancel an invitation", async {
            let mut writing = self.0.write().await?;
            let found = query(
                "UPDATE invitations SET cancelled_at = $3 WHERE id = $1 AND tenant_id = $2 \
                 AND accepted_at IS NULL AND cancelled_at IS NULL RETURNING email",
            )
            .bind(id)
            .bind(tenant)
            .bind(audit.at)
            .fetch_optional(writing.connection())
            .await?;
            let Some(row) = found else {
                return Ok(false);
            };
            audit.target_name = text(&row, "email")?;
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(true)
        })
        .await
    }
}

fn invitation(row: &Row) -> Result<Invitation, Cause> {
    Ok(Invitation {
        id: id(row, "id")?,
        email: text(row, "email")?,
        role: word(row, "role")?,
        invited_by: text(row, "invited_by")?,
        created_at: time(row, "created_at")?,
        expires_at: time(row, "expires_at")?,
    })
}

/// The invitations of a tenant that expire after `now`, newest first.
pub(crate) async fn of_tenant(
    connection: &mut Transaction,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Vec<Invitation>, Cause> {
    let mut sql = Sql::new(OPEN);
    sql.push("AND i.tenant_id = ")
        .bind(tenant)
        .push(" AND i.expires_at > ")
        .bind(now)
        .push(" ORDER BY i.created_at DESC, i.id DESC");
    let rows = sql.query().fetch_all(connection).await?;
    rows.iter().map(invitation).collect()
}

async fn cancel_one(
    connection: &mut Transaction,
    id: InvitationId,
    at: Timestamp,
) -> Result<(), Cause> {
    query("UPDATE invitations SET cancelled_at = $2 WHERE id = $1")
        .bind(id)
        .bind(at)
        .execute(connection)
        .await?;
    Ok(())
}

/// Cancels the open invitations of a tenant, or only those to one address.
pub(crate) async fn cancel_all(
    connection: &mut Transaction,
    tenant: TenantId,
    address: Option<&str>,
    at: Timestamp,
) -> Result<(), Cause> {
    let mut sql = Sql::new("UPDATE invitations SET cancelled_at = ");
    sql.bind(at)
        .push(" WHERE accepted_at IS NULL AND cancelled_at IS NULL AND tenant_id = ")
        .bind(tenant);
    if let Some(address) = address {
        sql.push(" AND email_folded = ")
            .bind(address.to_ascii_lowercase());
    }
    sql.query().execute(connection).await?;
    Ok(())
}

/// An invitation that was just accepted.
pub(crate) struct Accepted {
    pub id: InvitationId,
    pub tenant: TenantRef,
    pub email: String,
    pub invited_by: String,
    pub role: TenantRole,
    /// The role granted before.
    pub before: Option<TenantRole>,
    /// The role granted now: the higher of the two.
    pub after: TenantRole,
}

/// Accepts every open invitation to the verified address `email` that has not expired. From then on
/// the role belongs to issuer and subject, not to the address.
pub(crate) async fn accept(
    connection: &mut Transaction,
    user: UserId,
    email: &str,
    now: Timestamp,
) -> Result<Vec<Accepted>, Cause> {
    let mut sql = Sql::new(OPEN);
    sql.push("AND t.archived_at IS NULL AND i.email_folded = ")
        .bind(email.to_ascii_lowercase())
        .push(" AND i.expires_at > ")
        .bind(now)
        .push(" ORDER BY i.id");
    let rows = sql.query().fetch_all(&mut *connection).await?;
    let mut accepted = Vec::new();
    for row in &rows {
        let invitation = invitation(row)?;
        let claimed = query(
            "UPDATE invitations SET accepted_at = $2, accepted_by = $3 \
             WHERE id = $1 AND accepted_at IS NULL AND cancelled_at IS NULL",
        )
        .bind(invitation.id)
        .bind(now)
        .bind(user)
        .execute(&mut *connection)
        .await?;
        if claimed == 0 {
            // Cancelled or accepted by another transaction since it was read.
            continue;
        }
        let tenant = rows::tenant(row)?;
        let before = members::granted(connection, tenant.id, user).await?;
        let after = before.map_or(invitation.role, |before| before.max(invitation.role));
        if before != Some(after) {
            members::grant(
                connection,
                tenant.id,
                user,
                after,
                &invitation.invited_by,
                now,
            )
            .await?;
        }
        accepted.push(Accepted {
            id: invitation.id,
            tenant,
            email: invitation.email,
            invited_by: invitation.invited_by,
            role: invitation.role,
            before,
            after,
        });
    }
    Ok(accepted)
}
