//! AWS Key Management Service (KMS): wraps data keys with a key that never leaves it.
//!
//! The owner of a data key is the encryption context: KMS decrypts for the same context only, and CloudTrail shows
//! it. <https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html>

use crate::http_client::ReqwestClient;
use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_kms::{
    Client,
    config::{BehaviorVersion, Region as SdkRegion, StalledStreamProtectionConfig},
    error::{ProvideErrorMetadata, SdkError},
    primitives::Blob,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use domain::aws::{Arn, Region};
use provisioning::ports::{
    cloud_credentials::PortalIdentity,
    sealing::{KeyService, SealError, SecretOwner},
};
use secrecy::ExposeSecret;
use std::time::Duration;
use url::Url;
use zeroize::Zeroizing;

/// The timeout for all attempts and pauses together.
const PATIENCE: Duration = Duration::from_secs(12);
const ATTEMPTS: u32 = 3;
/// The prefix of KMS keys in stored key ids.
const PREFIX: &str = "kms:";

#[derive(Clone, Debug)]
pub struct KmsConfig {
    /// For example `arn:aws:kms:eu-central-1:123456789012:key/…`.
    pub arn: KeyArn,
    /// The portal's own AWS identity.
    pub identity: PortalIdentity,
    /// Replaces the endpoint of the key's region.
    pub endpoint: Option<Url>,
}

/// The ARN of a key. Not of an alias, which could be moved to another key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyArn {
    arn: String,
    region: Region,
}

impl std::str::FromStr for KeyArn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule = "must be the ARN of a key (not of an alias), for example \
                    arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        let arn = Arn::parse(text).map_err(|error| error.message(rule))?;
        let is_key = arn.service == "kms"
            && arn.resource.strip_prefix("key/").is_some_and(|id| {
                !id.is_empty()
                    && id
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            });
        let region: Region = arn.region.parse().map_err(|_| rule)?;
        if !is_key {
            return Err(rule.to_owned());
        }
        if region.partition() != arn.partition {
            return Err(format!(
                "names the partition {}, but its region is in {}; copy the ARN from the KMS console",
                arn.partition,
                region.partition()
            ));
        }
        Ok(Self {
            arn: text.to_owned(),
            region,
        })
    }
}

impl KeyArn {
    pub fn region(&self) -> &Region {
        &self.region
    }
}

pub struct KmsKey {
    client: Client,
    arn: KeyArn,
    id: String,
}

impl KmsKey {
    /// Creates the client without sending any request.
    pub fn new(config: KmsConfig, http: ReqwestClient) -> Self {
        let credentials = Credentials::new(
            &config.identity.access_key_id,
            config.identity.secret_access_key.expose_secret(),
            None,
            None,
            "hangar",
        );
        let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).build();
        let mut sdk = aws_sdk_kms::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .http_client(http)
            .credentials_provider(credentials)
            .region(SdkRegion::new(config.arn.region.as_str().to_owned()))
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(timeouts)
            // Responses are not streamed.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = &config.endpoint {
            sdk = sdk.endpoint_url(endpoint.as_str());
        }
        Self {
            client: Client::from_conf(sdk.build()),
            id: format!("{PREFIX}{}", config.arn.arn),
            arn: config.arn,
        }
    }
}

/// The encryption context of a data key.
fn context(owner: &SecretOwner) -> [(String, String); 2] {
    [
        ("hangar:tenant".to_owned(), owner.tenant_id.to_string()),
        ("hangar:place".to_owned(), owner.place.clone()),
    ]
}

#[async_trait]
impl KeyService for KmsKey {
    fn key_id(&self) -> &str {
        &self.id
    }

    async fn encrypt(
        &self,
        owner: &SecretOwner,
        data_key: &[u8; 32],
    ) -> Result<Vec<u8>, SealError> {
        let answer = self
            .client
            .encrypt()
            .key_id(&self.arn.arn)
            .plaintext(Blob::new(data_key.as_slice()))
            .set_encryption_context(Some(context(owner).into()))
            .send()
            .await
            .map_err(|error| refused(&error, &self.arn))?;
        let encrypted = answer.ciphertext_blob.ok_or_else(not_kms)?;
        Ok(encrypted.into_inner())
    }

    async fn decrypt(
        &self,
        owner: &SecretOwner,
        encrypted: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let answer = self
            .client
            .decrypt()
            .key_id(&self.arn.arn)
            .ciphertext_blob(Blob::new(encrypted))
            .set_encryption_context(Some(context(owner).into()))
            .send()
            .await
            .map_err(|error| refused(&error, &self.arn))?;
        let data_key = answer.plaintext.ok_or_else(not_kms)?;
        Ok(Zeroizing::new(data_key.into_inner()))
    }
}

fn not_kms() -> SealError {
    SealError::KeyService {
        message:
            "the response of AWS KMS is incomplete; check whether another server is at its address"
                .to_owned(),
        may_pass: false,
    }
}

/// Codes: <https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html>
fn refused<E>(error: &SdkError<E, HttpResponse>, arn: &KeyArn) -> SealError
where
    E: ProvideErrorMetadata,
{
    let (message, may_pass) = match error {
        SdkError::ServiceError(refusal) => {
            let code = refusal.err().code().unwrap_or("no code");
            // Encrypted for another owner, or not a ciphertext of this key.
            if code == "InvalidCiphertextException" || code == "IncorrectKeyException" {
                return SealError::NotAuthentic;
            }
            let (text, may_pass) = message_for(code);
            let said = refusal.err().message().unwrap_or("no message");
            (
                format!("{text} (key {}; AWS: {code}: {said})", arn.arn),
                may_pass,
            )
        }
        SdkError::TimeoutError(_) => ("AWS KMS did not respond in time".to_owned(), true),
        SdkError::DispatchFailure(_) => (
            "AWS KMS cannot be reached; check the portal's network, its proxy and the key's region"
                .to_owned(),
            true,
        ),
        SdkError::ResponseError(_) => (
            "the response is not from AWS KMS, or is incomplete".to_owned(),
            true,
        ),
        _ => ("cannot build the request to AWS KMS".to_owned(), false),
    };
    SealError::KeyService { message, may_pass }
}

/// The message for a code, and whether a retry can help.
fn message_for(code: &str) -> (&'static str, bool) {
    match code {
        "AccessDeniedException" => (
            "the portal's identity ([aws]) may not use the key; allow kms:Encrypt and kms:Decrypt on it",
            false,
        ),
        "NotFoundException" => ("the key does not exist", false),
        "DisabledException" => ("the key is disabled; enable it", false),
        "KMSInvalidStateException" => (
            "the key is pending deletion or unavailable; cancel its deletion",
            false,
        ),
        "UnrecognizedClientException" | "InvalidClientTokenId" | "InvalidSignatureException" => (
            "AWS rejected the portal's own access key; correct [aws]",
            false,
        ),
        "ThrottlingException" => ("AWS KMS throttles requests at the moment", true),
        "KMSInternalException" | "DependencyTimeoutException" | "KeyUnavailableException" => {
            ("AWS KMS has an internal error", true)
        }
        _ => ("AWS KMS refused the request", false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_by_its_own_arn() {
        for (text, region) in [
            (
                "arn:aws:kms:eu-central-1:123456789012:key/mrk-1234",
                "eu-central-1",
            ),
            (
                "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1",
                "us-gov-west-1",
            ),
            ("arn:aws-cn:kms:cn-north-1:123456789012:key/1", "cn-north-1"),
        ] {
            let arn: KeyArn = text.parse().unwrap();
            assert_eq!(arn.region().as_str(), region);
        }
        for text in [
            "",
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "alias/hangar",
            "arn:aws:kms:eu-central-1:123456789012:alias/hangar",
            "arn:aws:kms::123456789012:key/1",
            "arn:aws:iam:eu-central-1:123456789012:key/1",
            "arn:aws:kms:us-gov-west-1:123456789012:key/1",
            "arn:aws-us-gov:kms:us-east-1:123456789012:key/1",
            "arn:aws-gov:kms:us-gov-west-1:123456789012:key/1",
        ] {
            assert!(text.parse::<KeyArn>().is_err(), "{text}");
        }
    }
}
