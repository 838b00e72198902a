//! Why use cases refuse or fail. The cases carry values; their text, codes and next steps are here
//! and nowhere else.

use crate::ports::{
    host_clusters::{HostError, HostErrorKind},
    machines::{MachineError, MachineErrorKind},
    sealing::SealError,
    user_pool::{PoolError, PoolErrorKind},
};
use domain::{
    access::{Action, PlatformAction, TenantRole, TokenScope},
    account::TokenInput,
    cluster::ClusterState,
    credential::Provider,
    error::causes,
    node::view::NodeState,
    problem::{FieldError, Problem, ProblemKind},
    quota::LimitReached,
    tenancy::Obstacle,
};
use jiff::tz::TimeZone;
use persistence::{
    error::{StoreError, internal},
    records::{ClusterRecord, QuotaCheck},
    user_records::LatestChange,
};

fn forbidden(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Forbidden, detail).code(code)
}

fn conflict(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Conflict, detail).code(code)
}

fn not_ready(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::NotReady, detail).code(code)
}

fn unavailable(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Unavailable, detail).code(code)
}

/// Why an input is not accepted.
#[derive(Debug)]
pub(crate) enum InputError {
    Fields(Vec<FieldError>),
    /// Something other than a field, which ends the request.
    Failed(Problem),
}

impl InputError {
    /// Both values, or everything that is wrong with either.
    pub(crate) fn both<A, B>(one: Result<A, Self>, other: Result<B, Self>) -> Result<(A, B), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Err(Self::Fields(mut fields)), Err(Self::Fields(more))) => {
                fields.extend(more);
                Err(Self::Fields(fields))
            }
            (Err(Self::Failed(problem)), _) | (_, Err(Self::Failed(problem))) => {
                Err(Self::Failed(problem))
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// What is wrong with the fields; a failure ends the request.
    pub(crate) fn fields(self) -> Result<Vec<FieldError>, Problem> {
        match self {
            Self::Fields(fields) => Ok(fields),
            Self::Failed(problem) => Err(problem),
        }
    }
}

impl From<Vec<FieldError>> for InputError {
    fn from(fields: Vec<FieldError>) -> Self {
        Self::Fields(fields)
    }
}

impl From<FieldError> for InputError {
    fn from(field: FieldError) -> Self {
        Self::Fields(vec![field])
    }
}

impl From<Problem> for InputError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<StoreError> for InputError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<InputError> for Problem {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Fields(fields) => Self::invalid(fields),
            InputError::Failed(problem) => problem,
        }
    }
}

/// No tenant has this slug, or the caller is not a member: both look the same.
pub(crate) fn unknown_tenant() -> FieldError {
    FieldError::new(
        "tenant",
        "This tenant does not exist or you are not a member. Choose one of your tenants.",
    )
}

/// `tenant` has no such environment, or it is archived.
pub(crate) fn unknown_environment(tenant: &str) -> FieldError {
    FieldError::new(
        "environment",
        format!("{tenant} has no such environment. Choose another environment."),
    )
}

/// What a stray click must not do, such as deleting something, needs its `name` (or slug) typed.
pub(crate) fn confirm(confirmation: &str, name: &str) -> Result<(), Problem> {
    if confirmation.trim() == name {
        return Ok(());
    }
    let field = FieldError::new("confirmation", format!("Type {name} to confirm."));
    Err(Problem::invalid(vec![field]).code("confirmation_mismatch"))
}

/// Why the permission table refuses a caller.
#[derive(Debug)]
pub(crate) enum AccessError {
    /// Their role in the tenant does not include the action.
    TenantRole(Action),
    /// They are not a platform admin.
    PlatformRole(PlatformAction),
    /// They may, but their API token has none of these scopes, each of which includes the action.
    TokenScope {
        action: String,
        scopes: Vec<TokenScope>,
    },
    /// They may, but their API token is for one tenant.
    TokenTenant(PlatformAction),
    /// They are suspended.
    Suspended,
    /// API tokens cannot list, create or revoke API tokens.
    SessionRequired,
}

/// Why something of one's own account is not changed.
#[derive(Debug)]
pub(crate) enum AccountError {
    TooManyTokens,
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::TooManyTokens => conflict(
                "too_many_tokens",
                format!(
                    "You have {} API tokens, the most that a user can have.",
                    TokenInput::MOST
                ),
            )
            .next("Revoke a token that is no longer used."),
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        match error {
            AccessError::TenantRole(action) => Self::forbidden(action.phrase()),
            AccessError::PlatformRole(action) => {
                forbidden("forbidden", format!("You may not {}.", action.phrase()))
                    .next("Ask a platform admin.")
            }
            AccessError::TokenScope { action, scopes } => {
                let scopes: Vec<String> = scopes
                    .iter()
                    .map(|scope| format!("“{}”", scope.as_str()))
                    .collect();
                let scopes = scopes.join(" or ");
                forbidden(
                    "token_scope_missing",
                    format!("This API token may not {action}: it lacks the scope {scopes}."),
                )
                .next("Create a token with this scope on the Account page.")
            }
            AccessError::TokenTenant(action) => forbidden(
                "token_limited_to_tenant",
                format!(
                    "This API token may not {}: it is limited to one tenant.",
                    action.phrase()
                ),
            )
            .next("Create a token for all tenants on the Account page."),
            AccessError::Suspended => {
                forbidden("user_suspended", "Your access to this portal is suspended.")
                    .next("Ask a platform admin to restore it.")
            }
            AccessError::SessionRequired => forbidden(
                "session_required",
                "API tokens cannot be managed with an API token.",
            )
            .next("Sign in and open the Account page."),
        }
    }
}

fn limit_reached(environment: &str, reached: LimitReached) -> Problem {
    conflict("limit_reached", reached.reason(environment)).next(reached.next_step())
}

/// Why a cluster or node is not created. `kind` is “cluster” or “node”.
#[derive(Debug)]
pub(crate) enum CreateError {
    KeyReused,
    NameTaken {
        kind: &'static str,
        name: String,
    },
    Quota {
        environment: String,
        check: QuotaCheck,
    },
    NoHostCluster,
    NoSkyPilotServer,
    PricesNotRead,
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::KeyReused => Self::new(
                ProblemKind::IdempotencyKeyReused,
                "This Idempotency-Key was already used for a different request.",
            )
            .next("Send a new key with a new request."),
            CreateError::NameTaken { kind, name } => conflict(
                "name_taken",
                format!("A {kind} named {name} already exists."),
            )
            .next("Choose another name.")
            .on_field("name"),
            CreateError::Quota { environment, check } => match check {
                QuotaCheck::Archived | QuotaCheck::Enough => conflict(
                    "environment_archived",
                    format!("The environment {environment} is archived."),
                )
                .next("Choose another environment."),
                QuotaCheck::LimitReached(reached) => limit_reached(&environment, reached),
            }
            .on_field("environment"),
            CreateError::NoHostCluster => {
                unavailable("no_host_cluster", "No host cluster is configured.")
                    .next("Ask your platform team to add a host cluster to the configuration.")
            }
            CreateError::NoSkyPilotServer => unavailable(
                "no_skypilot_server",
                "No SkyPilot API server is configured.",
            )
            .next("Ask your platform team to add a SkyPilot API server to the configuration."),
            CreateError::PricesNotRead => unavailable(
                "prices_not_read",
                "The price lists have not been read from the SkyPilot API server yet.",
            )
            .next("Try again in a minute."),
        }
    }
}

/// A kubeconfig is available only while the cluster is ready.
#[derive(Debug)]
pub(crate) struct ClusterNotReady {
    pub(crate) name: String,
    pub(crate) state: ClusterState,
}

impl From<ClusterNotReady> for Problem {
    fn from(ClusterNotReady { name, state }: ClusterNotReady) -> Self {
        let state = state.title().to_lowercase();
        not_ready(
            "cluster_not_ready",
            format!("{name} is {state}. The kubeconfig is available when the cluster is ready."),
        )
        .next("Follow the steps on the cluster's page, then try again.")
    }
}

/// What a cluster's state does not allow.
#[derive(Debug)]
pub(crate) enum ClusterChangeError {
    WrongState {
        name: String,
        state: ClusterState,
        /// What it cannot be: `paused`.
        change: &'static str,
    },
    LimitReached {
        environment: String,
        reached: LimitReached,
    },
    /// The reconciler changed it during every attempt.
    KeepsChanging,
}

impl From<ClusterChangeError> for Problem {
    fn from(error: ClusterChangeError) -> Self {
        match error {
            ClusterChangeError::WrongState {
                name,
                state,
                change,
            } => {
                let state = state.title().to_lowercase();
                conflict(
                    "wrong_state",
                    format!("{name} cannot be {change} while it is {state}."),
                )
                .next("Wait until its operation is finished, or delete the cluster.")
            }
            ClusterChangeError::LimitReached {
                environment,
                reached,
            } => limit_reached(&environment, reached),
            ClusterChangeError::KeepsChanging => conflict(
                "changed_meanwhile",
                "The cluster's state changed during the request.",
            )
            .next("Reload the page, then try again."),
        }
    }
}

/// What an error of the host means for a cluster: one that was in use does not come back by waiting.
pub(crate) fn host_problem(cluster: &ClusterRecord, error: HostError) -> Problem {
    if error.kind == HostErrorKind::NamespaceMissing && cluster.ready_at.is_some() {
        return conflict("objects_missing", error.message)
            .next("The cluster's data is lost. Delete the cluster and create a new one.");
    }
    error.into()
}

impl From<HostError> for Problem {
    fn from(error: HostError) -> Self {
        tracing::warn!(error = %causes(&error), kind = ?error.kind, "host cluster");
        let message = error.message;
        match error.kind {
            HostErrorKind::NotFound | HostErrorKind::NamespaceMissing => {
                not_ready("cluster_not_ready", message)
                    .next("Wait until the cluster is ready, then try again.")
            }
            HostErrorKind::Unreachable => unavailable("host_unreachable", message)
                .next("Try again in a minute. Hangar keeps retrying in the background."),
            _ => unavailable("host_refused", message)
                .next("Show this message to your platform team."),
        }
    }
}

/// A host cluster could not be checked, in terms for a platform admin.
pub(crate) fn host_not_checked(error: HostError) -> Problem {
    let (code, next_step) = match error.kind {
        HostErrorKind::Unreachable => (
            "host_unreachable",
            "Check that its API server is running and reachable from the portal, then try again.",
        ),
        HostErrorKind::Unauthorized => (
            "host_unauthorized",
            "Set kubeconfig in its [hosts] section to one that the host cluster accepts, then \
             restart the portal.",
        ),
        _ => (
            "host_refused",
            "Run hangar check on the portal's machine; its log has the details.",
        ),
    };
    unavailable(code, error.message).next(next_step)
}

/// Why a node does not do what it is asked.
#[derive(Debug)]
pub(crate) enum NodeError {
    /// `available` needs a running machine: “The SSH key is”, “The job queue is”.
    NotUp {
        name: String,
        state: NodeState,
        available: &'static str,
    },
    NoAddress {
        name: String,
    },
    WorkspaceNotReady,
    /// Its cloud, or spot capacity, cannot stop machines; `reason` says which.
    CannotStop {
        reason: &'static str,
    },
    /// It cannot be `changed` (“stopped”) in this state.
    WrongState {
        name: String,
        state: NodeState,
        change: &'static str,
    },
    /// The reconciler changed it during every attempt.
    KeepsChanging,
}

impl From<NodeError> for Problem {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::NotUp {
                name,
                state,
                available,
            } => {
                let state = state.title().to_lowercase();
                not_ready(
                    "node_not_up",
                    format!("{name} is {state}. {available} available while the node is up."),
                )
                .next("Start the node or wait until it is up, then try again.")
            }
            NodeError::NoAddress { name } => not_ready(
                "no_address",
                format!("{name} has no address: its cloud has not assigned one yet."),
            )
            .next("Try again in a minute. Machines on Kubernetes have no address."),
            NodeError::WorkspaceNotReady => not_ready(
                "workspace_not_ready",
                "The environment's workspace on the SkyPilot API server is not ready yet.",
            )
            .next("Try again in a minute."),
            NodeError::CannotStop { reason } => conflict("cannot_stop", reason)
                .next("Delete the node instead. Data on its disk is lost."),
            NodeError::WrongState {
                name,
                state,
                change,
            } => {
                let state = state.title().to_lowercase();
                conflict(
                    "wrong_state",
                    format!("{name} cannot be {change} while it is {state}."),
                )
                .next("Wait until its operation is finished, or delete the node.")
            }
            NodeError::KeepsChanging => conflict(
                "changed_meanwhile",
                "The node's state changed during the request.",
            )
            .next("Reload the page, then try again."),
        }
    }
}

impl From<MachineError> for Problem {
    fn from(error: MachineError) -> Self {
        tracing::warn!(%error, kind = ?error.kind, detail = ?error.detail, "SkyPilot API server");
        let message = error.message;
        match error.kind {
            MachineErrorKind::NotFound => Self::new(ProblemKind::NotFound, message)
                .code("machine_not_found")
                .next("Reload the page: the node may be deleted."),
            MachineErrorKind::NotUp => not_ready("node_not_up", message)
                .next("Start the node or wait until it is up, then try again."),
            MachineErrorKind::Unreachable => unavailable("skypilot_unreachable", message)
                .next("Try again in a minute. Hangar keeps retrying in the background."),
            MachineErrorKind::Unclear => unavailable("outcome_unknown", message).next(
                "The request may have been carried out. Reload the page before you try again.",
            ),
            _ => unavailable("skypilot_refused", message)
                .next("Show this message to your platform team."),
        }
    }
}

impl From<SealError> for Problem {
    fn from(error: SealError) -> Self {
        if !error.may_pass() {
            return internal(&error);
        }
        tracing::warn!(error = %causes(&error), "key service");
        unavailable(
            "key_service_unavailable",
            "The secret could not be encrypted or decrypted: the key service did not respond.",
        )
        .next("Try again in a moment.")
    }
}

/// Why a stored credential is not changed or checked.
#[derive(Debug)]
pub(crate) enum StoredCredentialError {
    NameTaken(Provider),
    /// Its random id exists already.
    IdTaken,
    Suspended {
        name: String,
    },
    /// The provider did not respond; `message` is a sentence without its stop.
    ProviderUnavailable {
        message: String,
    },
    /// Replaced or deleted during the check.
    Replaced,
}

impl From<StoredCredentialError> for Problem {
    fn from(error: StoredCredentialError) -> Self {
        match error {
            StoredCredentialError::NameTaken(provider) => {
                let detail = format!(
                    "This tenant already has a credential for {} with this name.",
                    provider.title()
                );
                Self::new(ProblemKind::Invalid, detail)
                    .code("name_taken")
                    .next("Choose another name.")
                    .on_field("name")
            }
            StoredCredentialError::IdTaken => {
                conflict("id_taken", "The credential could not be stored.").next("Try again.")
            }
            StoredCredentialError::Suspended { name } => not_ready(
                "credential_suspended",
                format!("The credential {name} is suspended."),
            )
            .next("Restore the credential, then check it."),
            StoredCredentialError::ProviderUnavailable { message } => {
                unavailable("provider_unavailable", format!("{}.", sentence(&message)))
                    .next("Try again in a moment. The last result stays in place.")
            }
            StoredCredentialError::Replaced => conflict(
                "credential_replaced",
                "The credential was replaced or deleted during the check.",
            )
            .next("Reload the page, then check the current credential."),
        }
    }
}

/// Why the broker issues no credentials. `tenant` and `environment` are slugs.
#[derive(Clone, Debug)]
pub(crate) enum BrokerError {
    NoCredential {
        tenant: String,
        environment: String,
    },
    Suspended {
        name: String,
        tenant: String,
        environment: String,
    },
    /// Changed, suspended or deleted while it was used.
    Changed {
        name: String,
    },
    /// The key service did not open the secret; waiting may help.
    NotOpened {
        name: String,
    },
    /// AWS did not respond; waiting may help.
    AwsUnavailable {
        message: String,
    },
    AwsRefused {
        tenant: String,
        environment: String,
        message: String,
    },
}

impl From<BrokerError> for Problem {
    fn from(error: BrokerError) -> Self {
        const LATER: &str = "Try again in a moment.";
        match error {
            BrokerError::NoCredential {
                tenant,
                environment,
            } => not_ready(
                "no_credential",
                format!("{tenant}/{environment} has no AWS credential."),
            )
            .next(format!(
                "A tenant admin stores one on the Credentials page, or on the portal's machine: hangar credentials set \
                 aws --tenant {tenant} --environment {environment}"
            )),
            BrokerError::Suspended {
                name,
                tenant,
                environment,
            } => not_ready(
                "credential_suspended",
                format!("The AWS credential {name} of {tenant}/{environment} is suspended."),
            )
            .next("A tenant admin restores it or chooses another credential."),
            BrokerError::Changed { name } => unavailable(
                "credential_changed",
                format!("The credential {name} was changed or suspended during the request."),
            )
            .next(LATER),
            BrokerError::NotOpened { name } => unavailable(
                "key_service_unavailable",
                format!("The credential {name} could not be decrypted: the key service did not respond."),
            )
            .next(LATER),
            BrokerError::AwsUnavailable { message } => {
                unavailable("provider_unavailable", format!("{message}.")).next(LATER)
            }
            BrokerError::AwsRefused {
                tenant,
                environment,
                message,
            } => not_ready(
                "credential_refused",
                format!("AWS does not accept the credential of {tenant}/{environment}: {message}."),
            )
            .next("A tenant admin stores another credential or corrects its permissions in AWS."),
        }
    }
}

/// Why a tenant or environment is not changed.
#[derive(Debug)]
pub(crate) enum TenancyError {
    SlugTaken { slug: String },
    NameTaken { name: String },
    Archived { name: String },
    NotEmpty { name: String, left: Vec<Obstacle> },
}

impl From<TenancyError> for Problem {
    fn from(error: TenancyError) -> Self {
        match error {
            TenancyError::SlugTaken { slug } => conflict(
                "slug_taken",
                format!("The slug {slug} is in use or was used before. Slugs are never reused."),
            )
            .next("Choose another slug.")
            .on_field("slug"),
            TenancyError::NameTaken { name } => conflict(
                "name_taken",
                format!("The name “{name}” is that of another tenant or looks like it."),
            )
            .next("Choose another name.")
            .on_field("name"),
            TenancyError::Archived { name } => conflict(
                "archived",
                format!("{name} is archived and cannot be changed."),
            ),
            TenancyError::NotEmpty { name, left } => {
                const SHOWN: usize = 10;
                let mut items: Vec<String> = left
                    .iter()
                    .take(SHOWN)
                    .map(|obstacle| format!("{} {}", obstacle.kind, obstacle.name))
                    .collect();
                if left.len() > SHOWN {
                    items.push(format!("{} more", left.len() - SHOWN));
                }
                conflict(
                    "not_empty",
                    format!("{name} is not empty: {}.", items.join(", ")),
                )
                .next("Delete these first, wait until they are gone, then archive it.")
            }
        }
    }
}

/// Why a user does not become a member, or a role is not changed. `rule` is the claim rule that
/// gives the role.
#[derive(Debug)]
pub(crate) enum MembershipError {
    AlreadyMember {
        name: String,
        role: TenantRole,
    },
    AlreadyInvited {
        email: String,
        role: TenantRole,
        invited_by: String,
    },
    BelowClaim {
        name: String,
        role: TenantRole,
        rule: String,
    },
    FromClaim {
        name: String,
        role: TenantRole,
        rule: String,
    },
}

const CHANGE_CLAIM: &str =
    "Change the claim at the identity provider; it takes effect at the next sign-in.";

impl From<MembershipError> for Problem {
    fn from(error: MembershipError) -> Self {
        match error {
            MembershipError::AlreadyMember { name, role } => conflict(
                "already_member",
                format!(
                    "{name} is already a member with the role {}.",
                    role.as_str()
                ),
            )
            .next("Change the role in the list of members.")
            .on_field("email"),
            MembershipError::AlreadyInvited {
                email,
                role,
                invited_by,
            } => conflict(
                "already_invited",
                format!(
                    "{email} was already invited as {} by {invited_by}.",
                    role.as_str()
                ),
            )
            .next("Cancel the existing invitation first.")
            .on_field("email"),
            MembershipError::BelowClaim { name, role, rule } => Self::new(
                ProblemKind::Invalid,
                format!(
                    "{name} is {} by the claim rule “{rule}”. A lower role has no effect.",
                    role.as_str()
                ),
            )
            .code("role_from_claim")
            .next(CHANGE_CLAIM)
            .on_field("role"),
            MembershipError::FromClaim { name, role, rule } => Self::new(
                ProblemKind::Invalid,
                format!(
                    "{name} is {} by the claim rule “{rule}”. The role cannot be removed here.",
                    role.as_str()
                ),
            )
            .code("role_from_claim")
            .next(CHANGE_CLAIM)
            .on_field("user_id"),
        }
    }
}

/// Why a user is not suspended or keeps a platform role.
#[derive(Debug)]
pub(crate) enum UserError {
    /// Suspending oneself.
    Yourself,
    LastAdmin {
        name: String,
    },
    /// The role comes from this claim rule only.
    RoleFromClaim {
        name: String,
        rule: String,
    },
}

impl From<UserError> for Problem {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Yourself => {
                forbidden("cannot_suspend_yourself", "You cannot suspend yourself.")
                    .next("Ask another platform admin.")
            }
            UserError::LastAdmin { name } => conflict(
                "last_admin",
                format!("{name} is the last active platform admin."),
            )
            .next("Make another user a platform admin first."),
            UserError::RoleFromClaim { name, rule } => Self::new(
                ProblemKind::Invalid,
                format!(
                    "{name} is a platform admin by the claim rule “{rule}”. The role cannot be \
                     removed here."
                ),
            )
            .code("role_from_claim")
            .next(CHANGE_CLAIM)
            .on_field("platform_role"),
        }
    }
}

/// A change was made to a version that is no longer current.
#[derive(Debug)]
pub(crate) struct StaleError {
    /// “this tenant”.
    pub(crate) what: &'static str,
    pub(crate) latest: Option<LatestChange>,
    /// What each changed field is now.
    pub(crate) fields: Vec<FieldError>,
}

impl From<StaleError> for Problem {
    fn from(error: StaleError) -> Self {
        let what = error.what;
        let detail = match error.latest {
            Some(LatestChange { who, at }) => format!(
                "{who} changed {what} on {}, after you opened it. Your change was not saved.",
                at.to_zoned(TimeZone::UTC)
                    .strftime("%-d %B %Y at %H:%M:%S UTC")
            ),
            None => {
                format!(
                    "Another user changed {what} after you opened it. Your change was not saved."
                )
            }
        };
        Self {
            fields: error.fields,
            ..conflict("stale", detail)
                .next("Review the current values, then save again if you still want to.")
        }
    }
}

/// What `field` is now, if it differs from what was requested.
pub(crate) fn current_value<T: PartialEq>(
    field: &str,
    requested: &T,
    now: &T,
    text: impl FnOnce(&T) -> String,
) -> Option<FieldError> {
    (requested != now).then(|| FieldError::new(field, format!("It is {} now.", text(now))))
}

impl From<PoolError> for Problem {
    fn from(error: PoolError) -> Self {
        tracing::warn!(error = %causes(&error), kind = ?error.kind, "user pool");
        let (kind, code) = match error.kind {
            PoolErrorKind::NotFound => return Self::not_found("user or group"),
            PoolErrorKind::Taken => (ProblemKind::Conflict, "email_taken"),
            PoolErrorKind::WrongState => (ProblemKind::Conflict, "wrong_state"),
            PoolErrorKind::Invalid => (ProblemKind::Invalid, "invalid"),
            PoolErrorKind::Throttled
            | PoolErrorKind::Denied
            | PoolErrorKind::Gone
            | PoolErrorKind::Unreachable
            | PoolErrorKind::Failed => (ProblemKind::Unavailable, "user_pool_unavailable"),
        };
        let mut problem = Self::new(kind, format!("{}.", error.message)).code(code);
        problem.next_step = error.next_step;
        if matches!(error.kind, PoolErrorKind::Taken | PoolErrorKind::Invalid) {
            problem.fields = vec![FieldError::new("email", problem.detail.clone())];
        }
        problem
    }
}

/// With a capital letter at its beginning.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_change_names_who_changed_it_and_when() {
        let latest = LatestChange {
            who: "Ada".into(),
            at: "2026-11-21T09:05:03Z".parse().unwrap(),
        };
        let field = current_value("name", &"mine", &"hers", |now| format!("“{now}”"));
        let problem = Problem::from(StaleError {
            what: "this tenant",
            latest: Some(latest),
            fields: field.into_iter().collect(),
        });
        assert_eq!(
            (problem.kind, problem.code),
            (ProblemKind::Conflict, "stale")
        );
        for part in ["Ada", "21 November 2026 at 09:05:03 UTC"] {
            assert!(problem.detail.contains(part), "{problem}");
        }
        assert!(problem.field("name").unwrap().contains("hers"));
    }

    #[test]
    fn faults_of_two_inputs_are_shown_together_and_a_failure_wins() {
        let field = |name: &str| InputError::from(FieldError::new(name, "Wrong."));
        let both = InputError::both::<(), ()>(Err(field("a")), Err(field("b")));
        let Err(InputError::Fields(fields)) = both else {
            panic!("{both:?}")
        };
        assert_eq!(fields.len(), 2);
        let failed = InputError::from(Problem::unauthenticated());
        let both = InputError::both::<(), ()>(Err(field("a")), Err(failed));
        assert_eq!(Problem::from(both.unwrap_err()), Problem::unauthenticated());
    }
}
