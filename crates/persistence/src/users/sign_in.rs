//! Signing in: the user's profile, the roles that claims give, and the invitations to the user's address.

use super::{claimed_roles, one};
use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    connection::Transaction,
    error::Stored,
    handles::Users,
    new_id,
    records::{SignedIn, UserRecord},
    rows::id,
    sql::query,
    tenants::invitations::{self, Accepted},
    transaction::doing,
};
use domain::{
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
                 suspended, last_seen_at, withheld_claims) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, $8, $9) \
                 ON CONFLICT (issuer, subject) DO UPDATE SET email = excluded.email, \
                 email_verified = excluded.email_verified, name = excluded.name, \
                 name_folded = excluded.name_folded, last_seen_at = excluded.last_seen_at, \
                 withheld_claims = excluded.withheld_claims RETURNING id",
            )
            .bind(new_id::<UserId>())
            .bind(profile.issuer.clone())
            .bind(profile.subject.clone())
            .bind(email.clone())
            .bind(profile.email_verified)
            .bind(name.clone())
            .bind(name.to_lowercase())
            .bind(now)
            .bind(profile.claimed.withheld.join("\n"))
            .fetch_one(writing.connection())
            .await?;
            let id: UserId = id(&stored, "id")?;
            let claimed =
                claimed_roles::replace(writing.connection(), id, &profile.claimed).await?;
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
                detail: withheld(&profile.claimed.withheld),
                outcome: AuditOutcome::Done,
                changes: Vec::new(),
            };
            let mut entries = vec![signed_in.clone()];
            let claimed = claimed.into_iter();
            entries.extend(claimed.map(|change| change.entry(signed_in.clone())));
            let accepted = accepted.iter();
            entries.extend(accepted.map(|accepted| acceptance(accepted, signed_in.clone())));
            // The platform's chain is locked before those of tenants, and those in the order of their ids.
            entries.sort_by_key(|entry| entry.tenant_id);
            for entry in &entries {
                writing.append(entry).await?;
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

fn withheld(claims: &[String]) -> Option<String> {
    (!claims.is_empty()).then(|| {
        format!(
            "the identity provider left out the claims {}",
            claims.join(", ")
        )
    })
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
