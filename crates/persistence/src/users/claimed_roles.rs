//! The roles that claims give: those of the latest sign-in take the place of those before.

use super::changes::count_up;
use crate::{
    Cause,
    audit_records::AuditEntry,
    connection::Transaction,
    new_id,
    records::ClaimedRoles,
    rows::{id, optional_text, word},
    sql::query,
};
use domain::{
    access::{PlatformRole, TenantRole},
    audit::{AuditAction, AuditChange},
    ids::{TenantId, UserId},
};
use std::collections::BTreeMap;

/// A role that a user gained or lost because of claims.
pub(super) struct RoleChange {
    /// `None`: the platform.
    tenant: Option<TenantId>,
    before: Option<&'static str>,
    after: Option<&'static str>,
    /// The rule that gives the role, or gave it.
    why: Option<String>,
}

/// A role in a tenant and the rule that gives it.
type Grant = (TenantRole, Option<String>);

impl RoleChange {
    /// As the entry of the sign-in that changed the role.
    pub fn entry(self, signed_in: AuditEntry) -> AuditEntry {
        let is_lost = matches!(self.after, None | Some("user"));
        let (action, field) = match (self.tenant, is_lost) {
            (None, false) => (AuditAction::GrantRole, "platform_role"),
            (None, true) => (AuditAction::RevokeRole, "platform_role"),
            (Some(_), false) => (AuditAction::GrantMembership, "role"),
            (Some(_), true) => (AuditAction::RevokeMembership, "role"),
        };
        let detail = match self.why {
            Some(why) if is_lost => Some(format!("no longer given by: {why}")),
            why => why,
        };
        AuditEntry {
            id: new_id(),
            user_id: None,
            who: "Claim rules".into(),
            channel: "claim".into(),
            action,
            tenant_id: self.tenant,
            target_name: signed_in.who.clone(),
            detail,
            ..signed_in
        }
        .with_changes([AuditChange::new(field, self.before, self.after)])
    }
}

/// Replaces the roles that claims gave before, but for those to keep, and returns what changed.
pub(super) async fn replace(
    connection: &mut Transaction,
    user: UserId,
    claimed: &ClaimedRoles,
) -> Result<Vec<RoleChange>, Cause> {
    let mut changes = Vec::from_iter(replace_platform_role(connection, user, claimed).await?);
    let before = tenant_grants(connection, user).await?;
    let after = wanted(&before, claimed);
    for (tenant, (role, why)) in &before {
        if !after.contains_key(tenant) {
            query(
                "DELETE FROM tenant_grants \
                 WHERE user_id = $1 AND tenant_id = $2 AND source = 'claim'",
            )
            .bind(user)
            .bind(*tenant)
            .execute(&mut *connection)
            .await?;
            changes.push(RoleChange {
                tenant: Some(*tenant),
                before: Some(role.as_str()),
                after: None,
                why: why.clone(),
            });
        }
    }
    for (tenant, (role, why)) in after {
        let earlier = before.get(&tenant);
        if earlier.is_some_and(|earlier| earlier.0 == role && earlier.1 == why) {
            continue;
        }
        query(
            "INSERT INTO tenant_grants (user_id, tenant_id, source, role, why) \
             VALUES ($1, $2, 'claim', $3, $4) ON CONFLICT (user_id, tenant_id, source) \
             DO UPDATE SET role = excluded.role, why = excluded.why",
        )
        .bind(user)
        .bind(tenant)
        .bind(role.as_str())
        .bind(why.clone())
        .execute(&mut *connection)
        .await?;
        let before = earlier.map(|earlier| earlier.0.as_str());
        if before != Some(role.as_str()) {
            changes.push(RoleChange {
                tenant: Some(tenant),
                before,
                after: Some(role.as_str()),
                why,
            });
        }
    }
    Ok(changes)
}

/// The highest role in each tenant of those that claims give and those to keep.
fn wanted(before: &BTreeMap<TenantId, Grant>, claimed: &ClaimedRoles) -> BTreeMap<TenantId, Grant> {
    let given = claimed
        .tenants
        .iter()
        .map(|given| (given.tenant_id, (given.role, given.why.clone())));
    let kept = before
        .iter()
        .filter(|(tenant, grant)| claimed.kept.tenants.contains(&(**tenant, grant.0)))
        .map(|(tenant, grant)| (*tenant, grant.clone()));
    let mut wanted: BTreeMap<TenantId, Grant> = BTreeMap::new();
    for (tenant, grant) in given.chain(kept) {
        if wanted.get(&tenant).is_none_or(|known| known.0 < grant.0) {
            wanted.insert(tenant, grant);
        }
    }
    wanted
}

async fn tenant_grants(
    connection: &mut Transaction,
    user: UserId,
) -> Result<BTreeMap<TenantId, Grant>, Cause> {
    let rows = query(
        "SELECT tenant_id, role, why FROM tenant_grants WHERE user_id = $1 AND source = 'claim'",
    )
    .bind(user)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let grant = (word(row, "role")?, optional_text(row, "why")?);
            Ok((id(row, "tenant_id")?, grant))
        })
        .collect()
}

/// Counts the user's version up if the role changes, so that an admin's change of the earlier version is
/// refused.
async fn replace_platform_role(
    connection: &mut Transaction,
    user: UserId,
    claimed: &ClaimedRoles,
) -> Result<Option<RoleChange>, Cause> {
    let row =
        query("SELECT role, why FROM platform_grants WHERE user_id = $1 AND source = 'claim'")
            .bind(user)
            .fetch_optional(&mut *connection)
            .await?;
    let (before, earlier_why): (Option<PlatformRole>, _) = match &row {
        Some(row) => (Some(word(row, "role")?), optional_text(row, "why")?),
        None => (None, None),
    };
    let was_admin = before == Some(PlatformRole::Admin);
    let role = claimed.platform_role;
    if role == PlatformRole::User && was_admin && claimed.kept.platform_admin {
        return Ok(None);
    }
    query(
        "INSERT INTO platform_grants (user_id, source, role, why) VALUES ($1, 'claim', $2, $3) \
         ON CONFLICT (user_id, source) DO UPDATE SET role = excluded.role, why = excluded.why",
    )
    .bind(user)
    .bind(role.as_str())
    .bind(claimed.platform_why.clone())
    .execute(&mut *connection)
    .await?;
    if before.is_some_and(|before| before != role) {
        count_up(connection, user).await?;
    }
    let is_admin = role == PlatformRole::Admin;
    Ok((is_admin != was_admin).then(|| RoleChange {
        tenant: None,
        before: Some(before.unwrap_or_default().as_str()),
        after: Some(role.as_str()),
        why: claimed.platform_why.clone().or(earlier_why),
    }))
}
