//! What STS says when it refuses, in people's words with the way out.
//! Codes: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use provisioning::ports::cloud_credentials::CredentialError;
use std::error::Error;

/// A role could not be assumed.
pub fn to_assume_role<E>(error: SdkError<E, HttpResponse>, arn: &str) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    explain(error, Some(arn))
}

/// A session could not be had.
pub fn to_give_session<E>(error: SdkError<E, HttpResponse>) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    explain(error, None)
}

/// AWS did not say who one is.
pub fn to_tell_identity<E>(error: SdkError<E, HttpResponse>) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    explain(error, None)
}

/// STS answered without credentials.
pub fn empty_answer() -> CredentialError {
    CredentialError {
        message: "AWS STS answered without usable credentials; is something else at its address?"
            .to_owned(),
        may_pass: false,
        source: None,
    }
}

fn explain<E>(error: SdkError<E, HttpResponse>, role: Option<&str>) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (message, may_pass) = match &error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let refusal = refusal.err();
            match refusal.code() {
                Some(code) => refused(code, refusal.message().unwrap_or("no message"), role),
                None => (
                    format!(
                        "what answers at AWS STS's address refuses, not in STS's own words (HTTP {status})"
                    ),
                    status >= 500,
                ),
            }
        }
        SdkError::TimeoutError(_) => ("AWS STS did not answer in time".to_owned(), true),
        SdkError::DispatchFailure(_) => (
            "AWS STS cannot be reached; check the portal's way out, its proxy and the region"
                .to_owned(),
            true,
        ),
        SdkError::ResponseError(_) => (
            "what answers at AWS STS's address is not STS, or was cut off".to_owned(),
            true,
        ),
        _ => (
            "the request to AWS STS cannot be made; are the region and the keys written right?"
                .to_owned(),
            false,
        ),
    };
    CredentialError {
        message,
        may_pass,
        source: Some(error.into()),
    }
}

/// The words for a code, and whether waiting may help.
fn refused(code: &str, message: &str, role: Option<&str>) -> (String, bool) {
    let (words, may_pass) = match code {
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => (
            "AWS does not know the access key, or it was deactivated; store a key that is active".to_owned(),
            false,
        ),
        "SignatureDoesNotMatch" | "IncompleteSignature" => (
            "AWS knows the access key, but the secret key is not the one that goes with it; store both again".to_owned(),
            false,
        ),
        "AccessDenied" | "AccessDeniedException" => (denied(role), false),
        "ExpiredToken" | "ExpiredTokenException" => (
            "the stored keys are temporary and have ended; store keys of a user, or let a role be assumed".to_owned(),
            false,
        ),
        "RequestExpired" | "RequestInTheFuture" => (
            "AWS finds the portal's clock wrong; set it by NTP".to_owned(),
            true,
        ),
        "RegionDisabledException" => (
            "STS is switched off in this region for the account; switch it on in IAM's account settings, or store \
             the keys with another region"
                .to_owned(),
            false,
        ),
        "ValidationError" | "ValidationException" => (
            "AWS finds the request malformed; check the role's ARN and the external id".to_owned(),
            false,
        ),
        "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequestsException" => (
            "AWS STS is asked too often at the moment".to_owned(),
            true,
        ),
        "InternalFailure" | "InternalError" | "ServiceUnavailable" => {
            ("AWS STS has a fault of its own".to_owned(), true)
        }
        _ => ("AWS STS refuses".to_owned(), false),
    };
    (format!("{words} (AWS says: {code}: {message})"), may_pass)
}

fn denied(role: Option<&str>) -> String {
    match role {
        Some(arn) => format!(
            "the role {arn} may not be assumed: its trust policy must name the user of the stored keys as principal \
             and, where it asks for an external id, the one that is stored; and that user needs sts:AssumeRole on it"
        ),
        None => "the user of the stored keys is denied sts:GetSessionToken; allow it, or let a role be assumed"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_will_not_pass_by_waiting_says_so() {
        for (code, may_pass) in [
            ("InvalidClientTokenId", false),
            ("AccessDenied", false),
            ("ExpiredToken", false),
            ("Throttling", true),
            ("ServiceUnavailable", true),
            ("SomethingNew", false),
        ] {
            let (words, passes) = refused(code, "said AWS", None);
            assert_eq!(passes, may_pass, "{code}");
            assert!(
                words.contains(code) && words.contains("said AWS"),
                "{words}"
            );
        }
    }

    #[test]
    fn a_role_that_is_denied_is_named_with_what_it_takes() {
        let (words, _) = refused("AccessDenied", "", Some("arn:aws:iam::1:role/hangar"));
        assert!(
            words.contains("role/hangar") && words.contains("external id"),
            "{words}"
        );
        let (words, _) = refused("AccessDenied", "", None);
        assert!(words.contains("GetSessionToken"), "{words}");
    }
}
