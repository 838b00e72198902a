//! Turns errors of STS into messages for users.
//! Codes: https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use domain::aws::Region;
use provisioning::ports::cloud_credentials::CredentialError;
use std::error::Error;

/// AssumeRole failed.
pub fn to_assume_role<E>(
    error: SdkError<E, HttpResponse>,
    region: &Region,
    arn: &str,
) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    explain(error, region, Some(arn))
}

/// GetSessionToken failed.
pub fn to_give_session<E>(error: SdkError<E, HttpResponse>, region: &Region) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    explain(error, region, None)
}

/// GetCallerIdentity failed.
pub fn to_tell_identity<E>(error: SdkError<E, HttpResponse>, region: &Region) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    explain(error, region, None)
}

/// The response contains no credentials.
pub fn empty_answer() -> CredentialError {
    CredentialError {
        message: "the response of AWS STS contains no credentials; check whether another server is at its address"
            .to_owned(),
        may_pass: false,
        source: None,
    }
}

fn explain<E>(
    error: SdkError<E, HttpResponse>,
    region: &Region,
    role: Option<&str>,
) -> CredentialError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (message, may_pass) = match &error {
        SdkError::ServiceError(refusal) => {
            let status = refusal.raw().status().as_u16();
            let refusal = refusal.err();
            match refusal.code() {
                Some(code) => refused(
                    code,
                    refusal.message().unwrap_or("no message"),
                    region,
                    role,
                ),
                None => (
                    format!("the server at the address of AWS STS is not STS (HTTP {status})"),
                    status >= 500,
                ),
            }
        }
        SdkError::TimeoutError(_) => ("AWS STS did not respond in time".to_owned(), true),
        SdkError::DispatchFailure(_) => (
            "AWS STS cannot be reached; check the portal's network, its proxy and the region"
                .to_owned(),
            true,
        ),
        SdkError::ResponseError(_) => (
            "the response is not from AWS STS, or is incomplete".to_owned(),
            true,
        ),
        _ => (
            "cannot build the request to AWS STS; check the region and the keys".to_owned(),
            false,
        ),
    };
    CredentialError {
        message,
        may_pass,
        source: Some(error.into()),
    }
}

/// The message for a code, and whether a retry can help.
fn refused(code: &str, message: &str, region: &Region, role: Option<&str>) -> (String, bool) {
    let (text, may_pass) = match code {
        "InvalidClientTokenId" | "UnrecognizedClientException" | "InvalidAccessKeyId" => (
            format!(
                "AWS does not know the access key in the partition {}, or it is inactive; store an active key, and its \
                 region if it is of another partition",
                region.partition()
            ),
            false,
        ),
        "SignatureDoesNotMatch" | "IncompleteSignature" => (
            "the secret access key does not match the access key; store both again".to_owned(),
            false,
        ),
        "AccessDenied" | "AccessDeniedException" => (denied(role), false),
        "ExpiredToken" | "ExpiredTokenException" => (
            "the stored keys are temporary and have expired; store keys of a user, or use a role".to_owned(),
            false,
        ),
        "RequestExpired" | "RequestInTheFuture" => (
            "the portal's clock is wrong according to AWS; synchronise it by NTP".to_owned(),
            true,
        ),
        "RegionDisabledException" => (
            "STS is disabled in this region for the account; enable it in IAM's account settings, or store \
             the keys with another region"
                .to_owned(),
            false,
        ),
        "ValidationError" | "ValidationException" => (
            "AWS rejected the request as malformed; check the role's ARN and the external id".to_owned(),
            false,
        ),
        "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequestsException" => (
            "AWS STS throttles requests at the moment".to_owned(),
            true,
        ),
        "InternalFailure" | "InternalError" | "ServiceUnavailable" => {
            ("AWS STS has an internal error".to_owned(), true)
        }
        _ => ("AWS STS refused the request".to_owned(), false),
    };
    (format!("{text} (AWS: {code}: {message})"), may_pass)
}

fn denied(role: Option<&str>) -> String {
    match role {
        Some(arn) => format!(
            "the stored keys may not assume the role {arn}: its trust policy must name their user as principal \
             and, if it requires an external id, the stored one; and the user needs sts:AssumeRole on the role"
        ),
        None => {
            "the user of the stored keys is denied sts:GetSessionToken; allow it, or use a role"
                .to_owned()
        }
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
            let (text, passes) = refused(code, "said AWS", &Region::default(), None);
            assert_eq!(passes, may_pass, "{code}");
            assert!(text.contains(code) && text.contains("said AWS"), "{text}");
        }
    }

    #[test]
    fn a_role_that_is_denied_is_named_with_what_it_takes() {
        let (text, _) = refused(
            "AccessDenied",
            "",
            &Region::default(),
            Some("arn:aws:iam::1:role/hangar"),
        );
        assert!(
            text.contains("role/hangar") && text.contains("external id"),
            "{text}"
        );
        let (text, _) = refused("AccessDenied", "", &Region::default(), None);
        assert!(text.contains("GetSessionToken"), "{text}");
    }
}
