//! Turns errors of Cognito into messages for users. Codes:
//! <https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html>

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use provisioning::ports::user_pool::{PoolError, PoolErrorKind};
use std::error::Error;

/// The context of a request.
pub struct RequestContext<'a> {
    pub pool: &'a str,
    /// The required permission, without `cognito-idp:`.
    pub permission: &'static str,
}

pub fn explain<E>(error: SdkError<E, HttpResponse>, context: &RequestContext<'_>) -> PoolError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (kind, message, next_step) = match &error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let refusal = refusal.err();
            match refusal.code() {
                Some(code) => refused(code, refusal.message().unwrap_or("no message"), context),
                None => (
                    PoolErrorKind::Failed,
                    format!("The server at Cognito's address is not Cognito (HTTP {status})"),
                    Some("Check the region of the pool and the portal's network.".to_owned()),
                ),
            }
        }
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => (
            PoolErrorKind::Unreachable,
            "Cognito cannot be reached, or did not respond in time".to_owned(),
            Some("Try again in a moment. If the error persists, check the portal's network and the region of the pool.".to_owned()),
        ),
        _ => (
            PoolErrorKind::Failed,
            "The response is not from Cognito, or is incomplete".to_owned(),
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

/// The message for a code.
fn refused(
    code: &str,
    message: &str,
    context: &RequestContext<'_>,
) -> (PoolErrorKind, String, Option<String>) {
    use PoolErrorKind::{Denied, Failed, Gone, Invalid, NotFound, Taken, Throttled, WrongState};
    let pool = context.pool;
    let (kind, text, next): (_, String, &str) = match code {
        "UserNotFoundException" => (NotFound, "The user does not exist in the pool".into(), ""),
        // Cognito uses the same code for a missing pool and a missing group, but names only the pool.
        "ResourceNotFoundException" if !message.contains(pool) => {
            (NotFound, "The group does not exist in the pool".into(), "")
        }
        "ResourceNotFoundException" => (
            Gone,
            format!("The user pool {pool} does not exist"),
            "Correct `user_pool` in the configuration of the provider.",
        ),
        "UsernameExistsException" | "AliasExistsException" => (
            Taken,
            "A user of the pool already has this email address".into(),
            "Search for the user in the list.",
        ),
        "InvalidParameterException" | "InvalidPasswordException" => (
            Invalid,
            "Cognito rejected the request".into(),
            "Correct the input as Cognito's message says.",
        ),
        "NotAuthorizedException" | "UnsupportedUserStateException" => (
            WrongState,
            "Cognito does not allow this in the account's current state".into(),
            "If the user has not chosen a first password yet, invite the user again instead.",
        ),
        "TooManyRequestsException" | "ThrottlingException" | "LimitExceededException" => (
            Throttled,
            "Cognito throttles requests at the moment".into(),
            "Try again in a minute.",
        ),
        "AccessDeniedException" => (
            Denied,
            format!(
                "The portal's AWS identity lacks the permission cognito-idp:{} on the pool {pool}",
                context.permission
            ),
            "Add the permission to its IAM policy.",
        ),
        "UnrecognizedClientException"
        | "InvalidSignatureException"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "IncompleteSignature" => (
            Denied,
            "AWS rejected the portal's own access key".into(),
            "Correct `[aws]` in the configuration.",
        ),
        "CodeDeliveryFailureException" | "InvalidEmailRoleAccessPolicyException" => (
            Failed,
            "Cognito could not send the message".into(),
            "Check the email settings of the pool.",
        ),
        _ => (
            Failed,
            "Cognito refused the request".into(),
            "Try again in a moment.",
        ),
    };
    (
        kind,
        format!("{text} (Cognito: {code}: {message})"),
        (!next.is_empty()).then(|| next.to_owned()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKING: RequestContext<'_> = RequestContext {
        pool: "eu-central-1_Gone",
        permission: "ListUsers",
    };

    #[test]
    fn a_missing_permission_is_named() {
        let (kind, text, next) = refused("AccessDeniedException", "no", &ASKING);
        assert_eq!(kind, PoolErrorKind::Denied);
        assert!(text.contains("cognito-idp:ListUsers"), "{text}");
        assert!(next.unwrap().contains("IAM policy"));
    }

    #[test]
    fn a_pool_that_is_gone_is_told_from_a_group_that_is() {
        let gone = "User pool eu-central-1_Gone does not exist.";
        let (kind, text, _) = refused("ResourceNotFoundException", gone, &ASKING);
        assert_eq!(kind, PoolErrorKind::Gone);
        assert!(text.contains("eu-central-1_Gone"), "{text}");
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
