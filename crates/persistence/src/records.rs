//! Records of clusters, users and tokens.

use crate::audit_records::AuditEntry;
pub use crate::resource::{NewResource, Record, StoredKind};
use domain::{
    access::{PlatformRole, TenantRole, TokenScope},
    cluster::{ClusterKind, ClusterState, PowerChange},
    drift::DriftReport,
    exposure::Exposure,
    failure::Failure,
    ids::{TenantId, TokenId, UserId},
    kubernetes_version::KubernetesVersion,
    money::MicroDollars,
    operation::Operation,
    plan::Plan,
    quota::LimitReached,
    schedule::Schedule,
    tenancy::{EnvironmentRef, TenantRef},
    usage::UsageState,
};
use jiff::Timestamp;
use std::ops::{Deref, DerefMut};

/// A cluster as stored.
pub type ClusterRecord = Record<ClusterKind>;
/// A cluster to be stored.
pub type NewCluster = NewResource<ClusterKind>;
/// What a reconciler writes after looking at a cluster.
pub type ClusterProgress = Progress<ClusterKind>;

/// What is stored of a cluster beside the header of every resource. Its name is unique among the clusters of a host that
/// are not deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterColumns {
    /// Its size, as it was when ordered.
    pub plan: Plan,
    pub kubernetes_version: KubernetesVersion,
    pub exposure: Exposure,
    /// The host cluster it lives on.
    pub host: String,
    /// The address of its API, once known.
    pub endpoint: Option<String>,
    /// What differs on the host from what was applied.
    pub drift: DriftReport,
    /// The latest pause or resumption: what is wanted.
    pub power: Option<PowerChange>,
    /// When it is paused and resumed by itself.
    pub schedule: Option<Schedule>,
    /// What an hour costs now; a paused cluster costs its plan's price for that.
    pub price_per_hour: MicroDollars,
    /// What it has cost in times that are over.
    pub spent: MicroDollars,
    /// Since when it is being charged; `None`: it is not.
    pub charged_since: Option<Timestamp>,
}

impl ClusterColumns {
    /// Of a cluster for which nothing was done yet.
    pub fn ordered(
        plan: Plan,
        kubernetes_version: KubernetesVersion,
        exposure: Exposure,
        host: String,
    ) -> Self {
        Self {
            price_per_hour: plan.price_per_hour,
            plan,
            kubernetes_version,
            exposure,
            host,
            endpoint: None,
            drift: DriftReport::default(),
            power: None,
            schedule: None,
            spent: MicroDollars(0),
            charged_since: None,
        }
    }

    /// When it was paused, if that is what is wanted.
    pub fn paused_at(&self) -> Option<Timestamp> {
        let paused = self.power.as_ref().filter(|power| power.paused);
        paused.map(|power| power.at)
    }
}

/// How a cluster is charged that is in `state`. One that is to be paused stays cheap while it is deleted, or if its
/// namespace is lost.
pub fn usage_state(state: ClusterState, power: Option<&PowerChange>) -> UsageState {
    match power {
        Some(power) if power.paused && state != ClusterState::Pausing => UsageState::Paused,
        _ => UsageState::Running,
    }
}

/// What a user asks of a cluster that exists.
#[derive(Clone, Debug)]
pub enum ClusterChange {
    /// Put it right on its host.
    Restore(Operation),
    Pause(PowerChange, Operation),
    Resume(PowerChange, Operation),
    /// `None`: it is paused and resumed by people only.
    Schedule(Option<Schedule>),
}

/// What became of an attempt to store a change of a cluster.
#[derive(Clone, Debug)]
pub enum ClusterChangeStored {
    Changed(Box<ClusterRecord>),
    /// It is not as it was in the version that the change is for.
    Stale,
    /// A limit of its environment is in the way.
    LimitReached(LimitReached),
}

/// What a reconciler finds out about a cluster beside its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterFindings {
    /// The address of its API.
    pub endpoint: Option<String>,
    pub drift: DriftReport,
    /// The latest pause or resumption, which may have been made on the host.
    pub power: Option<PowerChange>,
    /// How it is charged from `at` on; `None`: not at all.
    pub charged: Option<UsageState>,
    pub at: Timestamp,
}

/// A client's key and what it was used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    /// The key; unique for each person.
    pub key: String,
    /// SHA-256 of the order, in hexadecimal.
    pub fingerprint: String,
}

/// What became of an attempt to store an order.
#[derive(Clone, Debug)]
pub enum OrderStored<K: StoredKind> {
    Created(Record<K>),
    /// The same user sent the same key and the same order before; this is what it made.
    Replayed(Record<K>),
    /// The key stands for another order.
    KeyReused,
    /// The name is in use.
    NameTaken,
    /// A limit of its environment is in the way; never [`QuotaCheck::Enough`].
    QuotaExceeded(QuotaCheck),
}

/// Whether an environment has room for one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuotaCheck {
    /// It has.
    Enough,
    /// It is archived.
    Archived,
    /// A limit of it is in the way.
    LimitReached(LimitReached),
}

/// The work on one thing, claimed for a while.
#[derive(Clone, Debug)]
pub struct Claim<R> {
    /// The thing as it was when claimed.
    pub record: R,
    /// Counts up with every claim: a write with an older fence is dropped.
    pub fence: i64,
    /// How often it had been woken when it was claimed.
    pub wakes: i64,
}

/// What a reconciler writes after looking at a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress<K: StoredKind> {
    pub state: K::State,
    pub failure: Option<Failure>,
    /// When it could first be used.
    pub ready_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// The operation with its steps.
    pub operation: Operation,
    /// When to look again; `None`: only when woken.
    pub due_at: Option<Timestamp>,
    /// What the audit log is told, if the outcome is worth it.
    pub audit: Option<AuditEntry>,
    pub findings: K::Findings,
}

impl<K: StoredKind> Progress<K> {
    /// Progress that changes nothing beside `findings` and plans nothing.
    pub fn unchanged(record: &Record<K>, findings: K::Findings) -> Self {
        Self {
            state: record.state,
            failure: record.failure.clone(),
            ready_at: record.ready_at,
            deleted_at: record.deleted_at,
            operation: record.operation.clone(),
            due_at: None,
            audit: None,
            findings,
        }
    }
}

impl<K: StoredKind> Deref for Progress<K> {
    type Target = K::Findings;

    fn deref(&self) -> &K::Findings {
        &self.findings
    }
}

impl<K: StoredKind> DerefMut for Progress<K> {
    fn deref_mut(&mut self) -> &mut K::Findings {
        &mut self.findings
    }
}

/// A person as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Their id.
    pub id: UserId,
    /// The identity provider that vouches for them.
    pub issuer: String,
    /// Their id there. Issuer and subject together are who they are; the address is not.
    pub subject: String,
    /// Their address as last seen.
    pub email: String,
    /// Whether the provider has verified it.
    pub email_verified: bool,
    /// Their name as last seen.
    pub name: String,
    /// The higher of what claims and people grant.
    pub platform_role: PlatformRole,
    /// Suspended people cannot do anything.
    pub suspended: bool,
    /// Their tenants.
    pub memberships: Vec<MembershipRecord>,
    /// Claims for rules that the provider left out of the latest sign-in.
    pub withheld_claims: Vec<String>,
    /// When they were last seen signing in.
    pub last_seen_at: Option<Timestamp>,
}

/// A role in one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MembershipRecord {
    /// The tenant.
    pub tenant: TenantRef,
    /// Its environments.
    pub environments: Vec<EnvironmentRef>,
    /// The role.
    pub role: TenantRole,
}

/// A user whom an identity provider has just authenticated, with the roles that claims give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The issuer.
    pub issuer: String,
    /// The subject.
    pub subject: String,
    /// The address.
    pub email: String,
    /// Whether it is verified.
    pub email_verified: bool,
    /// The name.
    pub name: String,
    /// They replace the roles that claims gave before.
    pub claimed: ClaimedRoles,
    /// The address they came from, for the audit log.
    pub source: Option<String>,
}

/// What the claims of a sign-in give.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimedRoles {
    pub platform_role: PlatformRole,
    /// The rule that gives it, in words, if it is more than everybody has.
    pub platform_why: Option<String>,
    pub tenants: Vec<ClaimedTenant>,
    /// Claims that rules read and the provider left out although the user has them.
    pub withheld: Vec<String>,
    /// Roles that those claims could give; a user who has one from an earlier sign-in keeps it.
    pub kept: KeptRoles,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptRoles {
    pub platform_admin: bool,
    pub tenants: Vec<(TenantId, TenantRole)>,
}

/// A role in a tenant that a claim gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedTenant {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The role.
    pub role: TenantRole,
    /// The rule that gives it, in words.
    pub why: Option<String>,
}

impl From<(TenantId, TenantRole)> for ClaimedTenant {
    fn from((tenant_id, role): (TenantId, TenantRole)) -> Self {
        Self {
            tenant_id,
            role,
            why: None,
        }
    }
}

/// An API token as stored: only a digest of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRecord {
    /// Its id.
    pub id: TokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub name: String,
    /// The first characters, to recognise it by.
    pub prefix: String,
    /// SHA-256 of the secret, in hexadecimal.
    pub digest: String,
    /// What it may do at most, each once, in their order.
    pub scopes: Vec<TokenScope>,
    /// The one tenant it is for; `None`: all of its owner's.
    pub tenant: Option<TenantRef>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// A tenant to be there from the start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantSeed {
    /// What requests call it.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Environments: slug and name.
    pub environments: Vec<(String, String)>,
}

/// What clusters cost. Each is charged from when it was first usable until it was gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// What those that are charged at the moment cost an hour.
    pub price_per_hour: MicroDollars,
    /// What has been spent in the time asked for, by whole seconds.
    pub spent: MicroDollars,
}

/// Clusters of one plan on one host cluster, without those that are deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterTally {
    /// The host cluster.
    pub host: String,
    /// The plan, as it was when they were ordered.
    pub plan: Plan,
    /// How many there are.
    pub clusters: u64,
    /// How many of them need somebody.
    pub need_attention: u64,
    /// What those that are charged at the moment cost an hour.
    pub price_per_hour: MicroDollars,
}

#[cfg(test)]
mod tests {
    use super::*;
    use ClusterState::{Deleting, Failed, Paused, Pausing, Ready, Resuming};
    use domain::cluster::PowerCause;

    #[test]
    fn a_cluster_that_is_to_be_paused_is_charged_so_once_it_has_stopped() {
        let power = |paused| PowerChange {
            paused,
            at: Timestamp::UNIX_EPOCH,
            by: PowerCause::Host,
        };
        for state in [Paused, Deleting, Failed] {
            let usage = usage_state(state, Some(&power(true)));
            assert_eq!(usage, UsageState::Paused, "{state:?}");
        }
        assert_eq!(
            usage_state(Pausing, Some(&power(true))),
            UsageState::Running
        );
        for state in [Resuming, Ready, Deleting] {
            let usage = usage_state(state, Some(&power(false)));
            assert_eq!(usage, UsageState::Running, "{state:?}");
            assert_eq!(usage_state(state, None), UsageState::Running, "{state:?}");
        }
    }
}
