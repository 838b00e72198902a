//! Failures as users see them, each with a next step.

use crate::ports::{
    host_clusters::{HostError, HostErrorKind, Trouble},
    machines::{MachineError, MachineErrorKind},
    sealing::SealError,
};
use domain::{
    error::causes,
    failure::{Failure, FailureCode},
};

/// The failure behind an error of the SkyPilot API server.
pub(super) fn of_machine_error(error: &MachineError) -> Failure {
    let code = match error.kind {
        MachineErrorKind::Unreachable | MachineErrorKind::Unclear => FailureCode::ServerUnreachable,
        MachineErrorKind::Unauthorized | MachineErrorKind::VersionMismatch => {
            FailureCode::ServerUnauthorized
        }
        MachineErrorKind::NotFound => FailureCode::MachineGone,
        MachineErrorKind::NotUp => FailureCode::MachineUnhealthy,
        MachineErrorKind::NoCapacity => FailureCode::NoCapacity,
        MachineErrorKind::NoCloudAccess => FailureCode::NoCloudAccess,
        MachineErrorKind::CloudCredential => FailureCode::CloudCredential,
        MachineErrorKind::Invalid => FailureCode::TaskRefused,
        MachineErrorKind::CommandFailed => FailureCode::SetupFailed,
        MachineErrorKind::Other => FailureCode::ServerRefused,
    };
    let message = match (error.kind, error.tried.as_slice()) {
        // Each place has a line of its own: pages list them. The server names them too, all in one line.
        (MachineErrorKind::NoCapacity, [place]) => {
            format!("No capacity: the only candidate place has no such machine available:\n{place}")
        }
        (MachineErrorKind::NoCapacity, places) if !places.is_empty() => format!(
            "No capacity: none of the {} candidate places has such a machine available:\n{}",
            places.len(),
            places.join("\n")
        ),
        _ => error.message.clone(),
    };
    of(code, message)
}

/// The failure behind a service account's token that cannot be decrypted.
pub(super) fn of_seal_error(error: &SealError) -> Failure {
    tracing::error!(error = %causes(error), "account not opened");
    of(
        FailureCode::ServerUnauthorized,
        format!("The token of the tenant's service account could not be decrypted: {error}."),
    )
}

/// The failure behind a problem on the host cluster.
pub(super) fn of_trouble(trouble: &Trouble) -> Failure {
    Failure {
        code: trouble.code,
        message: trouble.message.clone(),
        next_step: next_step(trouble.code).to_owned(),
        retrying: true,
    }
}

/// The failure behind an error of the host cluster.
pub(super) fn of_host_error(error: &HostError) -> Failure {
    let code = match error.kind {
        HostErrorKind::Unreachable => FailureCode::HostUnreachable,
        HostErrorKind::Unauthorized => FailureCode::HostUnauthorized,
        HostErrorKind::Forbidden => FailureCode::HostForbidden,
        HostErrorKind::QuotaExceeded => FailureCode::QuotaExceeded,
        HostErrorKind::Terminating => FailureCode::DeletionHeld,
        HostErrorKind::Conflict => FailureCode::NamespaceTaken,
        HostErrorKind::NotFound
        | HostErrorKind::NamespaceMissing
        | HostErrorKind::Invalid
        | HostErrorKind::UnknownHost
        | HostErrorKind::Other => FailureCode::HostRefused,
    };
    Failure {
        code,
        message: error.message.clone(),
        next_step: next_step(code).to_owned(),
        retrying: true,
    }
}

pub(super) fn of(code: FailureCode, message: impl Into<String>) -> Failure {
    Failure {
        code,
        message: message.into(),
        next_step: next_step(code).to_owned(),
        retrying: true,
    }
}

fn next_step(code: FailureCode) -> &'static str {
    match code {
        FailureCode::ImagePull => {
            "Ask your platform team whether the host cluster can reach the image registry. Hangar continues once the image can be pulled."
        }
        FailureCode::Unschedulable => {
            "The host cluster has no capacity for this plan. Delete a cluster you no longer need, choose a smaller plan, or ask your platform team for more capacity."
        }
        FailureCode::QuotaExceeded => {
            "A quota on the host cluster is exhausted. Choose a smaller plan, or ask your platform team to raise the quota."
        }
        FailureCode::CrashLoop => {
            "The control plane keeps restarting. Check the Events tab; deleting and recreating the cluster often helps."
        }
        FailureCode::ContainerConfig => {
            "Something the pod needs is missing on the host cluster. Show the Events tab to your platform team."
        }
        FailureCode::Volume => {
            "The host cluster cannot provide the volume. Ask your platform team about its storage class."
        }
        FailureCode::NoAddress => {
            "The host cluster's load balancer assigns no address. Use NodePort or port-forward instead, or ask your platform team."
        }
        FailureCode::HostUnreachable => {
            "Hangar keeps retrying and continues as soon as the host cluster responds."
        }
        FailureCode::HostUnauthorized | FailureCode::HostForbidden => {
            "Ask your platform team to correct the portal's permissions on the host cluster; “hangar check” lists what is missing."
        }
        FailureCode::HostRefused => {
            "Show this message to your platform team. Hangar keeps retrying."
        }
        FailureCode::NamespaceTaken => "Delete this cluster and create it under another name.",
        FailureCode::ObjectsMissing => {
            "The cluster's data is lost. Delete the cluster and create a new one."
        }
        FailureCode::NotAnswering => {
            "Check the Events tab. Hangar keeps checking and updates the state once the control plane responds."
        }
        FailureCode::Stopped => {
            "Choose “Restore” to start the control plane again, or resume the cluster on the host."
        }
        FailureCode::DeletionHeld => {
            "Ask your platform team what blocks the deletion on the host cluster. Hangar continues once it is resolved."
        }
        FailureCode::TakesTooLong => {
            "Check the Events tab, or delete and recreate the cluster. Hangar keeps checking."
        }
        FailureCode::LimitReached => {
            "Delete or pause something in the environment, or ask a platform admin to raise the limit."
        }
        FailureCode::NoCapacity => {
            "Choose another region, cloud or accelerator, turn spot off, or try again later."
        }
        FailureCode::NoCloudAccess => {
            "Ask a tenant admin to store a credential for a cloud that offers this machine."
        }
        FailureCode::CloudCredential => {
            "Ask a tenant admin to correct or replace the cloud credential. Hangar keeps retrying."
        }
        FailureCode::TaskRefused => "Delete the node and create it again with a corrected task.",
        FailureCode::SetupFailed => {
            "The logs show which command failed. Delete the node and create it again with a corrected setup."
        }
        FailureCode::MachineGone => {
            "The machine is gone and no longer charged. Delete the node and create a new one."
        }
        FailureCode::MachineUnhealthy => {
            "Check the logs. Stopping and starting the node often helps; Hangar keeps checking."
        }
        FailureCode::ServerUnreachable => {
            "Hangar keeps retrying and continues as soon as the SkyPilot API server responds."
        }
        FailureCode::ServerUnauthorized => {
            "Ask your platform team to correct the portal's access to the SkyPilot API server; “hangar check” shows what is wrong."
        }
        FailureCode::ServerRefused => {
            "Show this message to your platform team. Hangar keeps retrying."
        }
    }
}
