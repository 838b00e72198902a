//! The people of the portal as admins see them: who they are, which roles they hold and why.

use crate::{
    access::{PlatformRole, TenantRole},
    ids::UserId,
    listing::{Paging, Position},
    tenancy::TenantRef,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a role comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GrantSource {
    /// A claim of the identity provider; it is looked at anew with each sign-in.
    Claim {
        /// The rule that matched, in words: “groups has vision-developers”. Unknown for sign-ins from before it was
        /// kept.
        why: Option<String>,
    },
    /// A person, or the command line.
    Manual {
        /// Their name; unknown for grants from before it was kept.
        by: Option<String>,
        /// When.
        at: Option<Timestamp>,
    },
}

/// A platform role that somebody holds. Of several the highest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlatformGrant {
    /// The role.
    pub role: PlatformRole,
    /// Where it comes from.
    pub source: GrantSource,
}

/// A role that somebody holds in a tenant. Of several in one tenant the highest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantGrant {
    /// The tenant.
    pub tenant: TenantRef,
    /// The role.
    pub role: TenantRole,
    /// Where it comes from.
    pub source: GrantSource,
}

/// A person in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Their name as last seen.
    pub name: String,
    /// Their e-mail address as last seen.
    pub email: String,
    /// Whether the identity provider has verified it.
    pub email_verified: bool,
    /// The identity provider that vouches for them.
    pub issuer: String,
    /// The platform role that counts.
    pub platform_role: PlatformRole,
    /// Where it comes from; `None`: everybody has it.
    pub platform_source: Option<GrantSource>,
    /// In how many tenants they have a role.
    pub tenants: u32,
    /// Suspended people can do nothing.
    pub suspended: bool,
    /// When they last signed in.
    pub last_seen_at: Option<Timestamp>,
}

/// A person with everything that an admin decides about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserDetail {
    /// The person.
    #[serde(flatten)]
    pub user: User,
    /// Their id at the identity provider.
    pub subject: String,
    /// Every platform role they hold.
    pub platform_grants: Vec<PlatformGrant>,
    /// Every role they hold in tenants, by the tenant's name.
    pub tenant_grants: Vec<TenantGrant>,
    /// Claims for rules that the provider left out of the latest sign-in.
    pub withheld_claims: Vec<String>,
    /// Browsers where they are signed in.
    pub sessions: u32,
    /// API tokens of theirs that have not ended.
    pub tokens: u32,
    /// Whether this is the only admin of the platform who is not suspended.
    pub last_admin: bool,
    /// Counts up with every change; requests say which one they saw.
    pub version: i64,
}

impl UserDetail {
    /// The text that confirms a change of the platform role or a suspension: the email address, or the subject of a user without one. A
    /// name is not unique, and users choose their own.
    pub fn confirmation(&self) -> &str {
        match self.user.email.as_str() {
            "" => &self.subject,
            email => email,
        }
    }
}

/// A user with sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInUser {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub sessions: u32,
    /// When the last of the sessions expires without further requests.
    pub expires_at: Timestamp,
    pub last_seen_at: Option<Timestamp>,
}

/// Which people to show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UserFilter {
    /// Everybody.
    #[default]
    All,
    /// Platform admins.
    Admins,
    /// Suspended people.
    Suspended,
    /// People without a role in any tenant who are no platform admins.
    WithoutTenant,
}

/// What a list of people is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum UserSort {
    /// By name.
    #[default]
    Name,
    /// By when they last signed in; those never seen last.
    LastSeen,
}

/// A valid question for a list of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Part of a name or an e-mail address; any case.
    pub search: String,
    /// Which people.
    pub filter: UserFilter,
    /// What to sort by.
    pub sort: UserSort,
    /// The other way round.
    pub descending: bool,
    /// Which page.
    pub position: Position,
    /// How many a page, 1 to 200.
    pub per_page: u32,
}

/// A page of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserPage {
    /// The people of the page.
    pub items: Vec<User>,
    /// How many match altogether.
    pub total: u64,
    /// How many match the search with each filter.
    pub counts: Vec<UserCount>,
    /// Which page this is, and how to get to its neighbours.
    #[serde(flatten)]
    pub paging: Paging,
    /// How many a page.
    pub per_page: u32,
    /// The server's time.
    pub now: Timestamp,
}

/// How many people a filter shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserCount {
    /// The filter.
    pub filter: UserFilter,
    /// How many.
    pub users: u64,
}

/// What a configured rule gives, and whether it matches a token that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TriedRule {
    /// What it asks for: “cognito:groups has platform-admins”.
    pub asks: String,
    /// What it gives: “platform role admin”, “developer in vision”.
    pub gives: String,
    /// Whether the token has it.
    pub matches: bool,
    /// Whether the provider left the claim out although the user has it, so that its value is unknown.
    pub withheld: bool,
    /// What is in the way although it matches, such as a tenant that does not exist.
    pub problem: Option<String>,
}

/// What a token would give whoever signs in with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClaimTrial {
    /// Every rule of the provider, in the order of the configuration.
    pub rules: Vec<TriedRule>,
    /// The platform role.
    pub platform_role: PlatformRole,
    /// Roles in tenants: slug and role.
    pub tenants: Vec<(String, TenantRole)>,
    /// The names of the claims that the token has.
    pub claims: Vec<String>,
    /// The names of claims that rules read and the provider left out of the token, because they are too large or have
    /// another source.
    pub withheld: Vec<String>,
    /// Whether users keep the roles that the withheld claims gave at an earlier sign-in; otherwise they lose them.
    pub keeps_roles: bool,
}
