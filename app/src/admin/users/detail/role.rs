//! The platform role: each grant with its source, and the form that changes the granted one.

use domain::access::PlatformRole;
use domain::users::{GrantSource, PlatformGrant, UserDetail};
use leptos::prelude::*;

use crate::admin::users::RoleSource;
use crate::form::{ConfirmForm, FormState};
use crate::ui::{Card, Symbol};

/// What an admin can change about the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RoleChange {
    Grant,
    Revoke {
        /// A claim grants the admin role as well.
        stays_admin: bool,
    },
    /// Nothing: no other user could manage the platform.
    LastAdmin,
    /// Nothing: only a claim grants the role.
    OnlyClaim,
}

impl RoleChange {
    fn of(user: &UserDetail) -> Self {
        let admin = |grant: &&PlatformGrant| grant.role == PlatformRole::Admin;
        let mut admins = user.platform_grants.iter().filter(admin);
        let granted = admins
            .clone()
            .any(|grant| matches!(grant.source, GrantSource::Manual { .. }));
        let claimed = admins.any(|grant| matches!(grant.source, GrantSource::Claim { .. }));
        match (granted, claimed) {
            (true, false) if user.last_admin => Self::LastAdmin,
            (true, stays_admin) => Self::Revoke { stays_admin },
            (false, true) => Self::OnlyClaim,
            (false, false) => Self::Grant,
        }
    }

    fn is_possible(self) -> bool {
        matches!(self, Self::Grant | Self::Revoke { .. })
    }

    fn button(self) -> &'static str {
        match self {
            Self::Grant => "Make platform admin",
            Self::Revoke { stays_admin: true } => "Revoke granted role",
            Self::Revoke { .. } | Self::LastAdmin | Self::OnlyClaim => "Revoke admin role",
        }
    }

    fn explanation(self, name: &str) -> String {
        match self {
            Self::Grant => format!(
                "{name} will be able to view and change everything in every tenant, and to make other users platform admins."
            ),
            Self::Revoke { stays_admin: false } => {
                format!("{name} keeps only the roles in tenants. The change takes effect immediately.")
            }
            Self::Revoke { stays_admin: true } => format!(
                "{name} remains platform admin, because a claim of the identity provider grants the role as well. Remove the claim there."
            ),
            Self::LastAdmin => format!(
                "{name} is the only active platform admin. Make another user platform admin first."
            ),
            Self::OnlyClaim => "Only a claim of the identity provider grants this role. Remove the claim there; the change takes effect at the next sign-in."
                .to_owned(),
        }
    }
}

#[component]
pub fn Role(user: UserDetail, form: FormState) -> impl IntoView {
    let change = RoleChange::of(&user);
    let explanation = change.explanation(&user.user.name);
    let confirmation = user.confirmation().to_owned();
    let role = match change {
        RoleChange::Grant => PlatformRole::Admin,
        RoleChange::Revoke { .. } | RoleChange::LastAdmin | RoleChange::OnlyClaim => {
            PlatformRole::User
        }
    };
    let grants = if user.platform_grants.is_empty() {
        line(PlatformRole::User, None).into_any()
    } else {
        let grants = user.platform_grants.into_iter();
        grants
            .map(|grant| line(grant.role, Some(grant.source)))
            .collect_view()
            .into_any()
    };
    view! {
        <Card title="Platform role">
            <ul class="grid gap-2 mb-4">{grants}</ul>
            <p id="role-why" class="text-muted mb-3">
                {explanation}
            </p>
            <ConfirmForm
                form=form
                name=confirmation
                button=change.button()
                symbol=Symbol::User
                blocked_by=(!change.is_possible()).then_some("role-why")
            >
                <input type="hidden" name="id" value=user.user.id.to_string() />
                <input type="hidden" name="role" value=role.as_str() />
                <input type="hidden" name="version" value=user.version />
            </ConfirmForm>
        </Card>
    }
    .into_any()
}

fn line(role: PlatformRole, source: Option<GrantSource>) -> impl IntoView {
    let name = match role {
        PlatformRole::Admin => "Admin",
        PlatformRole::User => "User",
    };
    view! {
        <li>
            <b>{name}</b>
            <small class="block text-muted break-words">
                <RoleSource source=source />
            </small>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use domain::users::User;
    use uuid::Uuid;

    use super::*;

    fn admin_by(sources: Vec<GrantSource>, last_admin: bool) -> UserDetail {
        let grant = |source| PlatformGrant {
            role: PlatformRole::Admin,
            source,
        };
        UserDetail {
            user: User {
                id: Uuid::from_u128(1).into(),
                name: "Ada".into(),
                email: "ada@example.com".into(),
                email_verified: true,
                issuer: "https://login.example.com".into(),
                platform_role: PlatformRole::Admin,
                platform_source: sources.first().cloned(),
                tenants: 0,
                suspended: false,
                last_seen_at: None,
            },
            subject: "ada".into(),
            platform_grants: sources.into_iter().map(grant).collect(),
            tenant_grants: Vec::new(),
            withheld_claims: Vec::new(),
            sessions: 0,
            tokens: 0,
            last_admin,
            version: 1,
        }
    }

    #[test]
    fn a_role_from_a_claim_and_that_of_the_last_admin_cannot_be_revoked() {
        let granted = || GrantSource::Manual { by: None, at: None };
        let claim = || GrantSource::Claim { why: None };
        let cases = [
            (vec![], false, RoleChange::Grant),
            (
                vec![granted()],
                false,
                RoleChange::Revoke { stays_admin: false },
            ),
            (vec![granted()], true, RoleChange::LastAdmin),
            (vec![claim()], true, RoleChange::OnlyClaim),
            (
                vec![granted(), claim()],
                true,
                RoleChange::Revoke { stays_admin: true },
            ),
        ];
        for (sources, last, expected) in cases {
            assert_eq!(RoleChange::of(&admin_by(sources, last)), expected);
        }
    }
}
