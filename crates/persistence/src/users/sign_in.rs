//! Signing in: the user's profile, the roles that claims give, and the invitations to the user's address.

use super::one;
use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    error::Stored,
    handles::Users,
    new_id,
    records::{SignedIn, UserRecord},
    rows::{id, word},
    sql::query,
    tenants::invitations::{self, Accepted},
    transaction::doing,
};
use domain::{
    access::PlatformRole,
    audit::{AuditAction, AuditChange, AuditOutcome},
    ids::UserId,
};
use jiff::Timestamp;

impl Users<'_> {
    /// Stores the profile of a user who has just signed in, keyed by issuer and subject, with the audit
    /// entry. Roles that claims give are replaced; granted roles stay. Open invitations to the address are
    /// accepted if it is verified and the user is not suspended, each with an entry.
    pub async fn sign_in(self, profile: SignedIn, now: Timestamp) -> Stored<UserRecord> {
        doing("store a sign-in", async {
            // PostgreSQL's text cannot contain this character, and no name needs it.
            let name = profile.name.replace('\0', "");
            let email = profile.email.replace('\0', "");
            let mut writing = self.0.write().await?;
            let stored = query(
                "INSERT INTO users (id, issuer, subject, email, email_verified, name, name_folded, \
                 suspended, last_seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8) \
                 ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, \
                 email_verified = excluded.email_verified, name = excluded.name, \
                 name_folded = excluded.name_folded, last_seen_at = excluded.last_seen_at \
                 RETURNING id",
            )
            .bind(new_id::<UserId>())
            .bind(profile.issuer.clone())
            .bind(profile.subject.clone())
            .bind(email.clone())
            .bind(profile.email_verified)
            .bind(name.clone())
            .bind(name.to_lowercase())
            .bind(now)
            .fetch_one(writing.connection())
            .await?;
            let id: UserId = id(&stored, "id")?;
            write_claimed_roles(writing.connection(), id, &profile).await?;
            let mut user = read(writing.connection(), id).await?;
            let mut accepted = Vec::new();
            // Only the provider can say that an address belongs to the user.
            if profile.email_verified && !user.suspended {
                accepted = invitations::accept(writing.connection(), id, &email, now).await?;
                if !accepted.is_empty() {
                    user = read(writing.connection(), id).await?;
                }
            }
            let signed_in = AuditEntry {
                id: new_id(),
                at: now,
                user_id: Some(id),
                who: name,
                channel: "session".into(),
                source: profile.source.clone(),
                action: AuditAction::SignIn,
                tenant_id: None,
                target: format!("user/{id}"),
                target_name: user.email.clone(),
                detail: None,
                outcome: AuditOutcome::Done,
                changes: Vec::new(),
            };
            writing.append(&signed_in).await?;
            accepted.sort_by_key(|accepted| accepted.tenant.id);
            for accepted in &accepted {
                writing
                    .append(&acceptance(accepted, signed_in.clone()))
                    .await?;
            }
            // Roles may have changed for the user's other sessions.
            writing.announce(Change::Access { user_id: id });
            writing.commit().await?;
            Ok(user)
        })
        .await
    }
}

async fn read(connection: &mut Transaction, id: UserId) -> Result<UserRecord, Cause> {
    let user = one(connection, id).await?;
    Ok(user.ok_or("the profile just stored is not there")?)
}

/// As the entry of the sign-in that accepted it.
fn acceptance(accepted: &Accepted, signed_in: AuditEntry) -> AuditEntry {
    AuditEntry {
        id: new_id(),
        action: AuditAction::AcceptInvitation,
        tenant_id: Some(accepted.tenant.id),
        target: format!("invitation/{}", accepted.id),
        target_name: accepted.tenant.name.clone(),
        detail: Some(format!(
            "{} invited {} as {}",
            accepted.invited_by,
            accepted.email,
            accepted.role.as_str()
        )),
        ..signed_in
    }
    .with_changes([AuditChange::new(
        "role",
        accepted.before.map(|role| role.as_str()),
        Some(accepted.after.as_str()),
    )])
}

/// Replaces the roles that claims gave before.
async fn write_claimed_roles(
    connection: &mut Transaction,
    id: UserId,
    profile: &SignedIn,
) -> Result<(), Cause> {
    write_claimed_platform_role(connection, id, profile).await?;
    query("DELETE FROM tenant_grants WHERE user_id = $1 AND source = 'claim'")
        .bind(id)
        .execute(&mut *connection)
        .await?;
    // Lowest first: where two claims name a tenant the higher role is written last and stays.
    let mut claimed = profile.claimed_tenants.clone();
    claimed.sort_by_key(|claimed| (claimed.role, claimed.tenant_id));
    for claimed in claimed {
        query(
            "INSERT INTO tenant_grants (user_id, tenant_id, source, role, why) \
             VALUES ($1, $2, 'claim', $3, $4) ON CONFLICT (user_id, tenant_id, source) \
             DO UPDATE SET role = excluded.role, why = excluded.why",
        )
        .bind(id)
        .bind(claimed.tenant_id)
        .bind(claimed.role.as_str())
        .bind(claimed.why)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Counts the user's version up if the role changes, so that an admin's change of the earlier version is
/// refused.
async fn write_claimed_platform_role(
    connection: &mut Transaction,
    id: UserId,
    profile: &SignedIn,
) -> Result<(), Cause> {
    let role = profile.claimed_platform_role;
    let before = query("SELECT role FROM platform_grants WHERE user_id = $1 AND source = 'claim'")
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
    let before: Option<PlatformRole> = before.map(|row| word(&row, "role")).transpose()?;
    query(
        "INSERT INTO platform_grants (user_id, source, role, why) VALUES ($1, 'claim', $2, $3) \
         ON CONFLICT (user_id, source) DO UPDATE SET role = excluded.role, why = excluded.why",
    )
    .bind(id)
    .bind(role.as_str())
    .bind(profile.claimed_platform_why.clone())
    .execute(&mut *connection)
    .await?;
    if before.is_some_and(|before| before != role) {
        super::changes::count_up(connection, id).await?;
    }
    Ok(())
}
