//! What admins of the platform and of tenants do.

use crate::{
    access::{PlatformRole, TenantRole},
    audit::{AuditPage, AuditQuery, AuditRow},
    caller::Caller,
    credential::{CheckResult, Credential, CredentialInput, SecretText},
    ids::{AuditId, CredentialId, EnvironmentId, InvitationId, TenantId, UserId},
    people::{ClaimTrial, PeoplePage, PeopleQuery, PersonDetail},
    problem::Problem,
    tenancy::{
        EnvironmentInput, EnvironmentLimits, Invitation, InvitationInput, Obstacle, TenantDetail,
        TenantInput, TenantSummary,
    },
};
use async_trait::async_trait;
use futures_core::Stream;
use std::{collections::BTreeMap, pin::Pin};

/// The people of the portal, for platform admins.
#[async_trait]
pub trait People: Send + Sync {
    /// A page of people.
    async fn list(&self, caller: &Caller, query: PeopleQuery) -> Result<PeoplePage, Problem>;

    /// One person.
    async fn get(&self, caller: &Caller, id: UserId) -> Result<PersonDetail, Problem>;

    /// Grants a platform role by hand (`User`: takes the granted one away; one from a claim stays).
    /// A conflict if the person is no longer as in `version`, or is the last admin.
    async fn set_platform_role(
        &self,
        caller: &Caller,
        id: UserId,
        role: PlatformRole,
        version: i64,
    ) -> Result<PersonDetail, Problem>;

    /// Suspends: sessions, streams and tokens end at once. Asking twice is the same as once.
    async fn suspend(&self, caller: &Caller, id: UserId) -> Result<PersonDetail, Problem>;

    /// Restores somebody who is suspended. Asking twice is the same as once.
    async fn restore(&self, caller: &Caller, id: UserId) -> Result<PersonDetail, Problem>;

    /// Ends every session; tokens stay.
    async fn sign_out_everywhere(&self, caller: &Caller, id: UserId) -> Result<(), Problem>;

    /// The providers whose rules can be tried: slug and title.
    async fn rule_providers(&self, caller: &Caller) -> Result<Vec<(String, String)>, Problem>;

    /// What an ID token (or its claims as JSON) would give. Its signature is not checked, nothing is
    /// kept, and nobody is signed in.
    async fn try_rules(
        &self,
        caller: &Caller,
        provider: &str,
        token: &str,
    ) -> Result<ClaimTrial, Problem>;
}

/// Tenants, their environments and their members.
#[async_trait]
pub trait Tenancy: Send + Sync {
    /// The tenants the caller may see, by name; archived ones only if asked for.
    async fn list(&self, caller: &Caller, archived: bool) -> Result<Vec<TenantSummary>, Problem>;

    /// One tenant, by its slug.
    async fn get(&self, caller: &Caller, slug: &str) -> Result<TenantDetail, Problem>;

    /// Creates a tenant.
    async fn create(&self, caller: &Caller, input: TenantInput) -> Result<TenantDetail, Problem>;

    /// Renames a tenant. A conflict if it is no longer as in `version`.
    async fn rename(
        &self,
        caller: &Caller,
        id: TenantId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem>;

    /// What would have to go before the tenant (or only its environment) can be archived.
    async fn obstacles(
        &self,
        caller: &Caller,
        id: TenantId,
        environment: Option<EnvironmentId>,
    ) -> Result<Vec<Obstacle>, Problem>;

    /// Archives a tenant in which nothing is left; `confirmation` must be its slug.
    async fn archive(
        &self,
        caller: &Caller,
        id: TenantId,
        confirmation: &str,
    ) -> Result<(), Problem>;

    /// Creates an environment.
    async fn create_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        input: EnvironmentInput,
    ) -> Result<TenantDetail, Problem>;

    /// Renames an environment. A conflict if it is no longer as in `version`.
    async fn rename_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        name: &str,
        version: i64,
    ) -> Result<TenantDetail, Problem>;

    /// Sets the limits of an environment; for platform admins. What is there already stays.
    async fn set_limits(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        limits: EnvironmentLimits,
        version: i64,
    ) -> Result<TenantDetail, Problem>;

    /// Archives an environment in which nothing is left; `confirmation` must be its slug.
    async fn archive_environment(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: EnvironmentId,
        confirmation: &str,
    ) -> Result<TenantDetail, Problem>;

    /// Gives somebody a role in the tenant, or another one.
    async fn set_member(
        &self,
        caller: &Caller,
        tenant: TenantId,
        user: UserId,
        role: TenantRole,
    ) -> Result<TenantDetail, Problem>;

    /// Takes away the role that a person granted; one from a claim stays, and the answer says so.
    async fn remove_member(
        &self,
        caller: &Caller,
        tenant: TenantId,
        user: UserId,
    ) -> Result<TenantDetail, Problem>;

    /// Adds whoever is known by the address, verified, or else invites the address. The same answer
    /// whether or not somebody is known, apart from where they appear.
    async fn invite(
        &self,
        caller: &Caller,
        tenant: TenantId,
        input: InvitationInput,
    ) -> Result<Option<Invitation>, Problem>;

    /// Withdraws an invitation that nobody has accepted.
    async fn withdraw_invitation(
        &self,
        caller: &Caller,
        tenant: TenantId,
        id: InvitationId,
    ) -> Result<(), Problem>;
}

/// The vault of cloud credentials.
#[async_trait]
pub trait Credentials: Send + Sync {
    /// Those of a tenant, by provider, environment and name.
    async fn list(&self, caller: &Caller, tenant: &str) -> Result<Vec<Credential>, Problem>;

    /// One credential.
    async fn get(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem>;

    /// Stores one. The first of its tenant, environment and provider is the chosen one.
    async fn create(&self, caller: &Caller, input: CredentialInput) -> Result<Credential, Problem>;

    /// Puts another secret in place of the one before. A conflict if it is no longer as in `version`.
    async fn replace(
        &self,
        caller: &Caller,
        id: CredentialId,
        fields: BTreeMap<String, SecretText>,
        version: i64,
    ) -> Result<Credential, Problem>;

    /// Renames it. A conflict if it is no longer as in `version`.
    async fn rename(
        &self,
        caller: &Caller,
        id: CredentialId,
        name: &str,
        version: i64,
    ) -> Result<Credential, Problem>;

    /// Makes it the one that is taken.
    async fn choose(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem>;

    /// Suspends it: it opens for nobody until it is restored. Asking twice is the same as once.
    async fn suspend(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem>;

    /// Restores it. Asking twice is the same as once.
    async fn restore(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem>;

    /// Deletes it for good; `confirmation` must be its name.
    async fn delete(
        &self,
        caller: &Caller,
        id: CredentialId,
        confirmation: &str,
    ) -> Result<(), Problem>;

    /// Asks the provider whether it accepts it, and keeps the answer.
    async fn check(&self, caller: &Caller, id: CredentialId) -> Result<CheckResult, Problem>;
}

/// Rows of an export, as they are read.
pub type AuditStream = Pin<Box<dyn Stream<Item = Result<AuditRow, Problem>> + Send>>;

/// The audit log. Platform admins read all of it, developers and admins of a tenant that tenant's.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// A page of entries, newest first.
    async fn list(&self, caller: &Caller, query: AuditQuery) -> Result<AuditPage, Problem>;

    /// One entry.
    async fn get(&self, caller: &Caller, id: AuditId) -> Result<AuditRow, Problem>;

    /// Everything that matches, oldest first. Audited first: no audit entry, no export.
    async fn export(&self, caller: &Caller, query: AuditQuery) -> Result<AuditStream, Problem>;
}
