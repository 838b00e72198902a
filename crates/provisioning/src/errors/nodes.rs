//! Errors of nodes and of the SkyPilot API server.

use super::{conflict, not_ready, unavailable};
use crate::ports::machines::{MachineError, MachineErrorKind};
use domain::{
    node::view::NodeState,
    problem::{Problem, ProblemKind},
};

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
