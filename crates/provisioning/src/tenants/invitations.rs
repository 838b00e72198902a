//! Invitations: a role for the user who first signs in with an address.

use super::{
    Tenants, archived,
    members::{self, below_claim, member},
    named,
};
use crate::errors::MembershipError;
use domain::{
    access::{Action, TenantRole},
    audit::AuditAction,
    caller::Caller,
    ids::{InvitationId, TenantId, UserId},
    problem::{FieldError, Problem},
    tenancy::{Invitation, InvitationInput, InviteOutcome, InvitedUser},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    new_id,
    records::UserRecord,
    tenant_records::{Invited, MemberChanged, NewInvitation, TenantRecord},
};
use std::cmp::Reverse;

/// How long an invitation is open.
const OPEN_FOR: SignedDuration = SignedDuration::from_hours(14 * 24);

impl Tenants {
    /// Adds the user with this verified address, or else invites the address.
    ///
    /// # Errors
    /// Forbidden, invalid, already a member, already invited, or another user than one with this address.
    pub async fn invite(
        &self,
        caller: &Caller,
        tenant: TenantId,
        input: InvitationInput,
    ) -> Result<InviteOutcome, Problem> {
        let id: InvitationId = new_id();
        let entry = about(caller, AuditAction::Invite, tenant, id);
        let record = self
            .authorized(caller, Action::ManageMembers, tenant, entry.clone())
            .await?;
        let input = input.checked().map_err(Problem::invalid)?;
        let invited_by = caller.user_id.ok_or_else(Problem::unauthenticated)?;
        let mut known = self.known(&input.email).await?;
        if let Some(chosen) = input.user_id {
            known.retain(|user| user.id == chosen);
            if known.is_empty() {
                let message = "No user with this ID has signed in with this verified address.";
                return Err(Problem::invalid(vec![FieldError::new("user_id", message)]));
            }
        } else if known.iter().any(|user| !user.suspended) {
            known.retain(|user| !user.suspended);
        }
        match known.as_slice() {
            [] => {
                let invitation = self.open(entry, invited_by, &record, id, &input).await?;
                Ok(InviteOutcome::Invitation(invitation))
            }
            [user] => {
                self.add(caller, &record, user, input.role).await?;
                Ok(InviteOutcome::Added(view(user)))
            }
            several => Ok(InviteOutcome::Ambiguous(several.iter().map(view).collect())),
        }
    }

    /// The users with this verified address, from several identity providers, who signed in last first.
    async fn known(&self, email: &str) -> Result<Vec<UserRecord>, Problem> {
        let mut users = self.db.users().by_email(email).await?;
        users.retain(|user| user.email_verified);
        users.sort_by_key(|user| Reverse(user.last_seen_at));
        Ok(users)
    }

    async fn add(
        &self,
        caller: &Caller,
        record: &TenantRecord,
        known: &UserRecord,
        role: TenantRole,
    ) -> Result<(), Problem> {
        let tenant = record.tenant.id;
        let entry = members::about(caller, AuditAction::GrantMembership, tenant, known.id);
        let entry = named(entry, &known.name);
        if let Some(member) = member(record, known.id) {
            if let Some(problem) = below_claim(member, role) {
                return self.refuse(entry, problem).await;
            }
            if member.role >= role {
                return Err(MembershipError::AlreadyMember {
                    name: member.name.clone(),
                    role: member.role,
                }
                .into());
            }
        }
        match self
            .db
            .tenants()
            .set_member(tenant, known.id, role, entry)
            .await?
        {
            MemberChanged::Missing => Err(archived(&record.tenant.name)),
            MemberChanged::Done | MemberChanged::AlreadySo => Ok(()),
        }
    }

    async fn open(
        &self,
        entry: AuditEntry,
        invited_by: UserId,
        record: &TenantRecord,
        id: InvitationId,
        input: &InvitationInput,
    ) -> Result<Invitation, Problem> {
        let new = NewInvitation {
            id,
            tenant_id: record.tenant.id,
            email: input.email.clone(),
            role: input.role,
            invited_by,
            created_at: entry.at,
            expires_at: entry.at + OPEN_FOR,
        };
        let audit = named(entry, &input.email).with_detail(input.role.as_str());
        match self.db.tenants().invite(new, audit).await? {
            Invited::Open(invitation) => Ok(invitation),
            Invited::Already(earlier) => Err(MembershipError::AlreadyInvited {
                email: earlier.email,
                role: earlier.role,
                invited_by: earlier.invited_by,
            }
            .into()),
            Invited::Missing => Err(archived(&record.tenant.name)),
        }
    }

    /// Withdraws an open invitation.
    ///
    /// # Errors
    /// Not found, or forbidden.
    pub async fn cancel_invitation(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: InvitationId,
    ) -> Result<(), Problem> {
        let entry = about(caller, AuditAction::CancelInvitation, tenant, id);
        self.authorized(caller, Action::ManageMembers, tenant, entry.clone())
            .await?;
        if self
            .db
            .tenants()
            .cancel_invitation(tenant, id, entry)
            .await?
        {
            Ok(())
        } else {
            Err(Problem::not_found("invitation"))
        }
    }
}

fn view(user: &UserRecord) -> InvitedUser {
    InvitedUser {
        user_id: user.id,
        name: user.name.clone(),
        email: user.email.clone(),
        issuer: user.issuer.clone(),
        suspended: user.suspended,
        last_seen_at: user.last_seen_at,
    }
}

fn about(caller: &Caller, action: AuditAction, tenant: TenantId, id: InvitationId) -> AuditEntry {
    let target = format!("invitation/{id}");
    AuditEntry::by(caller, action, Timestamp::now(), target, "").in_tenant(tenant)
}
