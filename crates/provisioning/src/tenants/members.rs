//! Members of tenants. The identity provider decides what a claim gives: an admin can grant more, never
//! less.

use super::{Tenants, archived, named};
use crate::errors::MembershipError;
use domain::{
    access::{Action, PlatformAction, TenantRole},
    audit::AuditAction,
    caller::Caller,
    ids::{TenantId, UserId},
    problem::Problem,
    tenancy::{Member, TenantDetail},
    users::GrantSource,
};
use jiff::Timestamp;
use persistence::{
    audit_records::AuditEntry,
    tenant_records::{MemberChanged, TenantRecord},
};

impl Tenants {
    /// Gives a user a role in the tenant, or another one.
    ///
    /// # Errors
    /// Forbidden, not found, or below the role from a claim.
    pub async fn set_member(
        &self,
        caller: &Caller,
        tenant: TenantId,
        user: UserId,
        role: TenantRole,
    ) -> Result<TenantDetail, Problem> {
        let entry = about(caller, AuditAction::GrantMembership, tenant, user);
        let record = self
            .authorized(caller, Action::ManageMembers, tenant, entry.clone())
            .await?;
        let name = match member(&record, user) {
            Some(member) => {
                if let Some(problem) = below_claim(member, role) {
                    return self.refuse(named(entry, &member.name), problem).await;
                }
                member.name.clone()
            }
            // A tenant admin knows the members only, and invites others by address.
            None if caller.may_on_platform(PlatformAction::ManageUsers) => {
                self.name_of(user).await?
            }
            None => return Err(Problem::not_found("user")),
        };
        let audit = named(entry, &name);
        match self
            .db
            .tenants()
            .set_member(tenant, user, role, audit)
            .await?
        {
            MemberChanged::Missing => Err(archived(&record.tenant.name)),
            MemberChanged::Done | MemberChanged::AlreadySo => self.detail(caller, tenant).await,
        }
    }

    async fn name_of(&self, user: UserId) -> Result<String, Problem> {
        let user = self.db.users().get(user).await?;
        user.map(|user| user.name)
            .ok_or_else(|| Problem::not_found("user"))
    }

    /// Revokes the role that was granted here; one from a claim stays.
    ///
    /// # Errors
    /// Forbidden, not found, or only from a claim.
    pub async fn remove_member(
        &self,
        caller: &Caller,
        tenant: TenantId,
        user: UserId,
    ) -> Result<TenantDetail, Problem> {
        let entry = about(caller, AuditAction::RevokeMembership, tenant, user);
        let record = self
            .authorized(caller, Action::ManageMembers, tenant, entry.clone())
            .await?;
        let Some(member) = member(&record, user) else {
            return Err(Problem::not_found("member"));
        };
        let entry = named(entry, &member.name);
        if member.granted.is_none() {
            return self.refuse(entry, from_claim(member)).await;
        }
        match self.db.tenants().remove_member(tenant, user, entry).await? {
            MemberChanged::Missing => Err(archived(&record.tenant.name)),
            // Another admin may have been first.
            MemberChanged::Done | MemberChanged::AlreadySo => self.detail(caller, tenant).await,
        }
    }
}

/// The entry about a role of `user` in `tenant`.
pub(super) fn about(
    caller: &Caller,
    action: AuditAction,
    tenant: TenantId,
    user: UserId,
) -> AuditEntry {
    let target = format!("user/{user}");
    AuditEntry::by(caller, action, Timestamp::now(), target, "").in_tenant(tenant)
}

pub(super) fn member(record: &TenantRecord, user: UserId) -> Option<&Member> {
    record.members.iter().find(|member| member.user_id == user)
}

/// The rule whose claim gives a member's role.
fn rule(member: &Member) -> Option<String> {
    match &member.source {
        GrantSource::Claim { why } => Some(why.clone().unwrap_or_else(|| "a claim".to_owned())),
        GrantSource::Manual { .. } => None,
    }
}

/// Why `role` would have no effect beside the one from a claim.
pub(super) fn below_claim(member: &Member, role: TenantRole) -> Option<Problem> {
    let rule = rule(member).filter(|_| role < member.role)?;
    let error = MembershipError::BelowClaim {
        name: member.name.clone(),
        role: member.role,
        rule,
    };
    Some(error.into())
}

fn from_claim(member: &Member) -> Problem {
    MembershipError::FromClaim {
        name: member.name.clone(),
        role: member.role,
        rule: rule(member).unwrap_or_else(|| "a claim".to_owned()),
    }
    .into()
}
