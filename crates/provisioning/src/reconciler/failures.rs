//! Reasons in people's words, each with a next step.

use crate::ports::{
    host_clusters::{HostError, HostErrorKind, Trouble},
    machines::{MachineError, MachineErrorKind},
};
use domain::failure::{Failure, FailureCode};

/// The failure that a refusal of the SkyPilot API server means to people.
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
            format!("No machine was to be had in the only place that was tried:\n{place}")
        }
        (MachineErrorKind::NoCapacity, places) if !places.is_empty() => format!(
            "No machine was to be had in any of the {} places that were tried:\n{}",
            places.len(),
            places.join("\n")
        ),
        _ => error.message.clone(),
    };
    of(code, message)
}

/// The failure that a trouble on the host means to people.
pub(super) fn of_trouble(trouble: &Trouble) -> Failure {
    Failure {
        code: trouble.code,
        message: trouble.message.clone(),
        next_step: next_step(trouble.code).to_owned(),
        retrying: true,
    }
}

/// The failure that a refusal of the host means to people.
pub(super) fn of_host_error(error: &HostError) -> Failure {
    let code = match error.kind {
        HostErrorKind::Unreachable => FailureCode::HostUnreachable,
        HostErrorKind::Unauthorized => FailureCode::HostUnauthorized,
        HostErrorKind::Forbidden => FailureCode::HostForbidden,
        HostErrorKind::QuotaExceeded => FailureCode::QuotaExceeded,
        HostErrorKind::Terminating => FailureCode::DeletionHeld,
        HostErrorKind::Conflict => FailureCode::NamespaceTaken,
        HostErrorKind::NotFound
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

/// A failure that the portal found out by itself.
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
            "Ask your platform team whether the host cluster can reach the image registry. Hangar goes on by itself once the image can be pulled."
        }
        FailureCode::Unschedulable => {
            "The host cluster has no room for this plan. Delete a cluster you no longer need, order a smaller plan, or ask your platform team for nodes."
        }
        FailureCode::QuotaExceeded => {
            "A quota on the host cluster is used up. Order a smaller plan, or ask your platform team to raise it."
        }
        FailureCode::CrashLoop => {
            "The control plane does not stay up. Look at the Events tab; deleting the cluster and ordering it anew often helps."
        }
        FailureCode::ContainerConfig => {
            "Something the pod needs is missing on the host. Show the Events tab to your platform team."
        }
        FailureCode::Volume => {
            "The host cluster cannot provide the volume. Ask your platform team about its storage class."
        }
        FailureCode::NoAddress => {
            "The host's load balancer gives no address. Order with NodePort or port-forward instead, or ask your platform team."
        }
        FailureCode::HostUnreachable => {
            "Nothing is lost: Hangar keeps trying and goes on as soon as the host cluster answers."
        }
        FailureCode::HostUnauthorized | FailureCode::HostForbidden => {
            "Your platform team has to mend the portal's rights on the host cluster; “hangar check” lists what is missing."
        }
        FailureCode::HostRefused => {
            "Show this to your platform team. Hangar tries again from time to time."
        }
        FailureCode::NamespaceTaken => "Delete this cluster and order it under another name.",
        FailureCode::ObjectsMissing => {
            "Its data is gone with them. Delete the cluster here and order a new one."
        }
        FailureCode::NotAnswering => {
            "Look at the Events tab. Hangar keeps looking and says so once it answers again."
        }
        FailureCode::DeletionHeld => {
            "Your platform team can see on the host cluster what holds it. Hangar goes on by itself."
        }
        FailureCode::TakesTooLong => {
            "Look at the Events tab, or delete the cluster and order it anew. Hangar keeps looking."
        }
        FailureCode::NoCapacity => {
            "Order it in another region or cloud, with another accelerator, or without spot; or try again later: capacity comes and goes."
        }
        FailureCode::NoCloudAccess => {
            "Ask your tenant's admin to store a credential for a cloud that has this machine."
        }
        FailureCode::CloudCredential => {
            "Ask your tenant's admin to mend or renew the cloud credential. Hangar tries again from time to time."
        }
        FailureCode::TaskRefused => "Take the node down and order it anew with the task corrected.",
        FailureCode::SetupFailed => {
            "The logs tell which command failed. Take the node down and order it anew with the set-up corrected."
        }
        FailureCode::MachineGone => {
            "Nothing runs any more and nothing is charged. Take the node down here and order a new one."
        }
        FailureCode::MachineUnhealthy => {
            "Look at the logs. Stopping and starting it often helps; Hangar keeps looking."
        }
        FailureCode::ServerUnreachable => {
            "Nothing is lost: Hangar keeps trying and goes on as soon as the SkyPilot API server answers."
        }
        FailureCode::ServerUnauthorized => {
            "Your platform team has to mend the portal's access to the SkyPilot API server; “hangar check” says what is wrong."
        }
        FailureCode::ServerRefused => {
            "Show this to your platform team. Hangar tries again from time to time."
        }
    }
}
