//! Errors of orders, of clusters and of their hosts.

use super::{conflict, not_ready, unavailable};
use crate::ports::host_clusters::{HostError, HostErrorKind};
use domain::{
    cluster::ClusterState,
    error::causes,
    problem::{Problem, ProblemKind},
    quota::LimitReached,
};
use persistence::records::{ClusterRecord, QuotaCheck};

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
