//! What Cognito says when it refuses, in people's words with the way out.
//! Codes: <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html>

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use provisioning::ports::user_pool::{PoolError, PoolErrorKind};
use std::error::Error;

/// What was asked.
pub struct Asking<'a> {
    /// The pool's id.
    pub pool: &'a str,
    /// The permission that it takes, without `cognito-idp:`.
    pub permission: &'static str,
}

/// Why it was not done.
pub fn explain<E>(error: SdkError<E, HttpResponse>, asking: &Asking<'_>) -> PoolError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (kind, message, next_step) = match &error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let refusal = refusal.err();
            match refusal.code() {
                Some(code) => refused(code, refusal.message().unwrap_or("no message"), asking),
                None => (
                    PoolErrorKind::Failed,
                    format!("What answers at Cognito's address refuses, not in Cognito's words (HTTP {status})"),
                    Some("Check the region of the pool and the portal's way out.".to_owned()),
                ),
            }
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => (
            PoolErrorKind::Unreachable,
            "Cognito cannot be reached, or did not answer in time".to_owned(),
            Some("Try again in a moment; if it stays, check the portal's way out and the region of the pool.".to_owned()),
        ),
        _ => (
            PoolErrorKind::Failed,
            "What answers at Cognito's address is not Cognito, or was cut off".to_owned(),
            Some("Try again in a moment.".to_owned()),
        ),
    };
    PoolError {
        kind,
        message,
        next_step,
        source: Some(error.into()),
    }
}

/// The words for a code.
fn refused(
    code: &str,
    message: &str,
    asking: &Asking<'_>,
) -> (PoolErrorKind, String, Option<String>) {
    use PoolErrorKind::{Denied, Failed, Gone, Invalid, NotFound, Taken, Throttled, WrongState};
    let pool = asking.pool;
    let (kind, words, next): (_, String, &str) = match code {
        "UserNotFoundException" => (NotFound, "The pool has no such person".into(), ""),
        // Cognito says the same of a pool and of a group that is not there; only of the pool it names what is missing.
        "ResourceNotFoundException" if !message.contains(pool) => {
            (NotFound, "The pool has no such group".into(), "")
        }
        "ResourceNotFoundException" => (
            Gone,
            format!("The user pool {pool} does not exist (any more)"),
            "Correct `user_pool` in the configuration of the provider.",
        ),
        "UsernameExistsException" | "AliasExistsException" => (
            Taken,
            "Somebody in the pool has this address already".into(),
            "Look for them in the list.",
        ),
        "InvalidParameterException" | "InvalidPasswordException" => (
            Invalid,
            "Cognito does not accept what was asked".into(),
            "Correct it as Cognito says.",
        ),
        "NotAuthorizedException" | "UnsupportedUserStateException" => (
            WrongState,
            "Cognito does not do this with an account in this state".into(),
            "Somebody who has not chosen a first password yet is invited again instead.",
        ),
        "TooManyRequestsException" | "ThrottlingException" | "LimitExceededException" => (
            Throttled,
            "Cognito is asked too often at the moment".into(),
            "Try again in a minute.",
        ),
        "AccessDeniedException" => (
            Denied,
            format!(
                "The portal's AWS identity may not do this: it lacks cognito-idp:{} on the pool {pool}",
                asking.permission
            ),
            "Add the permission to its IAM policy.",
        ),
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "IncompleteSignature" => (
            Denied,
            "AWS does not accept the portal's own keys".into(),
            "Correct `[aws]` in the configuration.",
        ),
        "CodeDeliveryFailureException" | "InvalidEmailRoleAccessPolicyException" => (
            Failed,
            "Cognito could not send the message".into(),
            "Check how the pool sends e-mail.",
        ),
        _ => (Failed, "Cognito refuses".into(), "Try again in a moment."),
    };
    (
        kind,
        format!("{words} (Cognito says: {code}: {message})"),
        (!next.is_empty()).then(|| next.to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKING: Asking<'_> = Asking {
        pool: "eu-central-1_Gone",
        permission: "ListUsers",
    };

    #[test]
    fn a_missing_permission_is_named() {
        let (kind, words, next) = refused("AccessDeniedException", "no", &ASKING);
        assert_eq!(kind, PoolErrorKind::Denied);
        assert!(words.contains("cognito-idp:ListUsers"), "{words}");
        assert!(next.unwrap().contains("IAM policy"));
    }

    #[test]
    fn a_pool_that_is_gone_is_told_from_a_group_that_is() {
        let gone = "User pool eu-central-1_Gone does not exist.";
        let (kind, words, _) = refused("ResourceNotFoundException", gone, &ASKING);
        assert_eq!(kind, PoolErrorKind::Gone);
        assert!(words.contains("eu-central-1_Gone"), "{words}");
        let (kind, ..) = refused("ResourceNotFoundException", "Group not found.", &ASKING);
        assert_eq!(kind, PoolErrorKind::NotFound);
    }

    #[test]
    fn being_asked_too_often_says_when_to_try_again() {
        let (kind, _, next) = refused("TooManyRequestsException", "slow down", &ASKING);
        assert_eq!(kind, PoolErrorKind::Throttled);
        assert!(next.unwrap().contains("minute"));
    }
}
