//! The caller of a request. Every method of the core takes a [`Caller`].

use crate::{
    access::{
        Action, PlatformAction, PlatformRole, TenantRole, TokenReach, allows, allows_on_platform,
    },
    ids::{TenantId, TokenId, UserId},
};
use serde::{Deserialize, Serialize};

/// How a request arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    Session,
    ApiToken(TokenId),
    /// The portal itself, for example at an end time.
    Portal,
    /// `hangar` on the portal's machine.
    CommandLine,
}

impl Channel {
    /// As in the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::ApiToken(_) => "api_token",
            Self::Portal => "portal",
            Self::CommandLine => "command_line",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    pub tenant_id: TenantId,
    pub role: TenantRole,
}

/// An authenticated user (or the portal itself) with their current roles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// `None` is the portal itself.
    pub user_id: Option<UserId>,
    pub name: String,
    /// The email address from the identity provider.
    pub email: String,
    pub platform_role: PlatformRole,
    pub memberships: Vec<Membership>,
    pub channel: Channel,
    /// The restrictions of the request's token; `None`: not restricted.
    pub token_reach: Option<TokenReach>,
    /// The client's address.
    pub source: Option<String>,
}

impl Caller {
    /// The portal acting by itself.
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

    /// The operator who runs `hangar` on the portal's machine.
    pub fn command_line() -> Self {
        Self {
            name: "Command line".into(),
            channel: Channel::CommandLine,
            ..Self::portal()
        }
    }

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

    /// The tenants in which the caller may do `action`.
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

/// A set of tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TenantScope {
    All,
    Only(Vec<TenantId>),
}
