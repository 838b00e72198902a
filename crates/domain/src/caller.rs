//! Who is asking. Every service method takes a [`Caller`]; the core decides what they may.

use crate::{
    access::{
        Action, PlatformAction, PlatformRole, TenantRole, TokenReach, allows, allows_on_platform,
    },
    ids::{TenantId, TokenId, UserId},
};
use serde::{Deserialize, Serialize};

/// The way a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A browser's session.
    Session,
    /// An API token.
    ApiToken(TokenId),
    /// The portal itself (expiry and the like).
    Portal,
    /// `hangar` on the portal's machine.
    CommandLine,
}

impl Channel {
    /// The word in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::ApiToken(_) => "api_token",
            Self::Portal => "portal",
            Self::CommandLine => "command_line",
        }
    }
}

/// A role in one tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The role in it.
    pub role: TenantRole,
}

/// An authenticated person (or the portal itself) with the rights they hold at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The person; `None` is the portal itself.
    pub user_id: Option<UserId>,
    /// Their name, for greetings and the audit log.
    pub name: String,
    /// Their e-mail address as the identity provider gave it.
    pub email: String,
    /// Their role on the platform.
    pub platform_role: PlatformRole,
    /// Their tenants.
    pub memberships: Vec<Membership>,
    /// The way the request came in.
    pub channel: Channel,
    /// How far the token reaches that the request came with; `None`: as far as the person may.
    pub token_reach: Option<TokenReach>,
    /// The address it came from.
    pub source: Option<String>,
}

impl Caller {
    /// The portal acting for itself.
    pub fn portal() -> Self {
        Self {
            user_id: None,
            name: "Hangar".into(),
            email: String::new(),
            platform_role: PlatformRole::Admin,
            memberships: Vec::new(),
            channel: Channel::Portal,
            token_reach: None,
            source: None,
        }
    }

    /// Whoever runs `hangar` on the portal's machine.
    pub fn command_line() -> Self {
        Self {
            name: "Command line".into(),
            channel: Channel::CommandLine,
            ..Self::portal()
        }
    }

    /// The role in `tenant`, if a member.
    pub fn role_in(&self, tenant: TenantId) -> Option<TenantRole> {
        self.memberships
            .iter()
            .find(|membership| membership.tenant_id == tenant)
            .map(|membership| membership.role)
    }

    /// Whether the caller may do `action` in `tenant`.
    pub fn may(&self, action: Action, tenant: TenantId) -> bool {
        let reached = |reach: &TokenReach| reach.includes(action, tenant);
        self.token_reach.as_ref().is_none_or(reached)
            && allows(action, self.platform_role, self.role_in(tenant))
    }

    /// Whether the caller may do `action` on the platform.
    pub fn may_on_platform(&self, action: PlatformAction) -> bool {
        let reach = self.token_reach.as_ref();
        reach.is_none_or(TokenReach::includes_platform)
            && allows_on_platform(action, self.platform_role)
    }

    /// Where the caller may do `action`.
    pub fn extent(&self, action: Action) -> TenantScope {
        if let Some(reach) = &self.token_reach
            && !reach.scopes.iter().any(|scope| scope.includes(action))
        {
            return TenantScope::Only(Vec::new());
        }
        let only = self.token_reach.as_ref().and_then(|reach| reach.tenant_id);
        match (self.platform_role, only) {
            (PlatformRole::Admin, None) => TenantScope::All,
            (PlatformRole::Admin, Some(only)) => TenantScope::Only(vec![only]),
            (PlatformRole::User, _) => {
                let tenants = self
                    .memberships
                    .iter()
                    .map(|membership| membership.tenant_id);
                TenantScope::Only(tenants.filter(|tenant| self.may(action, *tenant)).collect())
            }
        }
    }
}

/// Where something may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantScope {
    /// Everywhere.
    All,
    /// In these tenants only.
    Only(Vec<TenantId>),
}
