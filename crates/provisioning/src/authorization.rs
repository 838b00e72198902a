//! Decides whether a caller may do something, and records refusals.

use crate::errors::AccessError;
use domain::{
    access::{Action, PlatformAction, TokenScope, allows, allows_on_platform},
    audit::AuditOutcome,
    caller::Caller,
    error::causes,
    ids::TenantId,
    problem::Problem,
};
use persistence::{Database, audit_records::AuditEntry};

/// Lets `caller` do `action` to `what` (“cluster”) of `tenant`.
///
/// # Errors
/// Not found if the caller may not see the tenant (foreign and missing look the same), forbidden if
/// they may see it but not do this.
pub fn authorize(
    caller: &Caller,
    action: Action,
    tenant: TenantId,
    what: &str,
) -> Result<(), Problem> {
    if caller.may(action, tenant) {
        return Ok(());
    }
    // Every scope includes this, so it asks for membership and for the tenant of a token.
    if !caller.may(Action::ReadTenant, tenant) {
        return Err(Problem::not_found(what));
    }
    if allows(action, caller.platform_role, caller.role_in(tenant)) {
        Err(lacks_scope(action.phrase(), |scope| scope.includes(action)).into())
    } else {
        Err(AccessError::TenantRole(action).into())
    }
}

/// Lets `caller` list what they may do `action` to; which tenants that includes, the caller's scope
/// says.
///
/// # Errors
/// Forbidden to a token that lacks the scope.
pub fn authorize_listing(caller: &Caller, action: Action) -> Result<(), Problem> {
    let includes = |scope: &TokenScope| scope.includes(action);
    match &caller.token_reach {
        Some(reach) if !reach.scopes.iter().any(includes) => {
            let title = action.title().to_lowercase();
            Err(lacks_scope(&title, |scope| scope.includes(action)).into())
        }
        _ => Ok(()),
    }
}

/// Lets `caller` do what concerns the whole platform.
///
/// # Errors
/// Forbidden.
pub fn authorize_on_platform(caller: &Caller, action: PlatformAction) -> Result<(), Problem> {
    if caller.may_on_platform(action) {
        return Ok(());
    }
    let reach = caller.token_reach.as_ref();
    let error = match reach.filter(|_| allows_on_platform(action, caller.platform_role)) {
        Some(reach) if reach.tenant_id.is_some() => AccessError::TokenTenant(action),
        Some(_) => lacks_scope(action.phrase(), |scope| scope == TokenScope::Admin),
        None => AccessError::PlatformRole(action),
    };
    Err(error.into())
}

/// As [`authorize`], for what changes something or gives out a secret: a refusal is recorded.
/// `attempt` is the entry as it would be if this were done, of as much as is known by now.
///
/// # Errors
/// As [`authorize`]. A refusal that cannot be recorded is logged and stays a refusal.
pub async fn authorize_change(
    db: &Database,
    caller: &Caller,
    action: Action,
    tenant: TenantId,
    what: &str,
    attempt: impl FnOnce() -> AuditEntry + Send,
) -> Result<(), Problem> {
    match authorize(caller, action, tenant, what) {
        Ok(()) => Ok(()),
        Err(problem) => Err(refused(db, attempt().in_tenant(tenant), problem).await),
    }
}

/// As [`authorize_on_platform`], for what changes something: a refusal is recorded as in
/// [`authorize_change`].
///
/// # Errors
/// As [`authorize_on_platform`].
pub async fn authorize_platform_change(
    db: &Database,
    caller: &Caller,
    action: PlatformAction,
    attempt: impl FnOnce() -> AuditEntry + Send,
) -> Result<(), Problem> {
    match authorize_on_platform(caller, action) {
        Ok(()) => Ok(()),
        Err(problem) => Err(refused(db, attempt(), problem).await),
    }
}

/// Records that `attempt` was refused (the same refusals of a minute once, with their number), for rules outside the permission table (the last admin, the
/// caller's own account), and returns `problem`.
pub async fn refused(db: &Database, attempt: AuditEntry, problem: Problem) -> Problem {
    let entry = attempt
        .with_outcome(AuditOutcome::Refused)
        .with_detail(problem.detail.clone());
    if let Err(error) = db.audit().append_refusal(entry).await {
        tracing::error!(error = %causes(&error), "a refusal could not be recorded");
    }
    problem
}

/// The token's owner may, the token may not.
fn lacks_scope(action: &str, includes: impl Fn(TokenScope) -> bool) -> AccessError {
    AccessError::TokenScope {
        action: action.to_owned(),
        scopes: TokenScope::ALL
            .into_iter()
            .filter(|scope| includes(*scope))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        access::{PlatformRole, TenantRole, TokenReach},
        caller::{Channel, Membership},
        problem::ProblemKind,
    };
    use persistence::new_id;

    fn caller(role: PlatformRole, member: Option<(TenantId, TenantRole)>) -> Caller {
        Caller {
            user_id: Some(new_id()),
            platform_role: role,
            memberships: member
                .map(|(tenant_id, role)| Membership { tenant_id, role })
                .into_iter()
                .collect(),
            channel: Channel::Session,
            ..Caller::portal()
        }
    }

    fn with_token(caller: Caller, scopes: &[TokenScope], tenant: Option<TenantId>) -> Caller {
        Caller {
            channel: Channel::ApiToken(new_id()),
            token_reach: Some(TokenReach {
                scopes: scopes.to_vec(),
                tenant_id: tenant,
            }),
            ..caller
        }
    }

    #[test]
    fn who_sees_a_tenant_is_forbidden_and_who_does_not_finds_nothing() {
        let tenant = new_id();
        let viewer = caller(PlatformRole::User, Some((tenant, TenantRole::Viewer)));
        let refusal = authorize(&viewer, Action::DeleteCluster, tenant, "cluster").unwrap_err();
        assert_eq!(refusal.kind, ProblemKind::Forbidden);
        let refusal = authorize(&viewer, Action::ReadCluster, new_id(), "cluster").unwrap_err();
        assert_eq!(refusal, Problem::not_found("cluster"));
    }

    #[test]
    fn a_token_is_told_the_scope_it_lacks_where_its_owner_may() {
        let tenant = new_id();
        let developer = caller(PlatformRole::User, Some((tenant, TenantRole::Developer)));
        let token = with_token(developer, &[TokenScope::Nodes], None);
        let refusal = authorize(&token, Action::OrderCluster, tenant, "cluster").unwrap_err();
        assert_eq!(refusal.kind, ProblemKind::Forbidden);
        assert_eq!(refusal.code, "token_scope_missing");
        assert!(refusal.detail.contains("“clusters”"), "{refusal}");
        let refusal = authorize(&token, Action::ReadCluster, tenant, "cluster").unwrap_err();
        assert!(refusal.detail.contains("“read” or “clusters”"), "{refusal}");
        // No scope would help.
        let refusal = authorize(&token, Action::ManageMembers, tenant, "tenant").unwrap_err();
        assert_eq!(refusal.code, "forbidden");
    }

    #[test]
    fn a_token_for_one_tenant_finds_nothing_in_the_others() {
        let (one, other) = (new_id(), new_id());
        let admin = caller(PlatformRole::Admin, None);
        let token = with_token(admin, &TokenScope::ALL, Some(one));
        assert_eq!(
            authorize(&token, Action::ReadCluster, one, "cluster"),
            Ok(())
        );
        let refusal = authorize(&token, Action::ReadCluster, other, "cluster").unwrap_err();
        assert_eq!(refusal, Problem::not_found("cluster"));
        let refusal = authorize_on_platform(&token, PlatformAction::ManageUsers).unwrap_err();
        assert_eq!(refusal.code, "token_limited_to_tenant");
    }

    #[test]
    fn only_the_admin_scope_reaches_the_platform() {
        let admin = || caller(PlatformRole::Admin, None);
        for action in PlatformAction::ALL {
            let narrow = [TokenScope::Read, TokenScope::Clusters, TokenScope::Nodes];
            let refusal = authorize_on_platform(&with_token(admin(), &narrow, None), action);
            assert!(refusal.unwrap_err().detail.contains("“admin”"));
            let wide = with_token(admin(), &[TokenScope::Admin], None);
            assert_eq!(authorize_on_platform(&wide, action), Ok(()));
        }
    }
}
