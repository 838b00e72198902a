//! Errors of cloud credentials, of their encryption, and of the broker.

use super::{conflict, not_ready, sentence, unavailable};
use crate::ports::sealing::SealError;
use domain::{
    credential::Provider,
    error::causes,
    problem::{Problem, ProblemKind},
};
use persistence::error::internal;

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
