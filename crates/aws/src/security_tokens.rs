//! Short-lived credentials from long-lived ones.

use crate::{http_client::ReqwestClient, refusals};
use async_trait::async_trait;
use aws_credential_types::Credentials;
use aws_sdk_sts::{
    Client,
    config::{BehaviorVersion, Region as SdkRegion, StalledStreamProtectionConfig},
};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use domain::aws::Region;
use jiff::Timestamp;
use provisioning::ports::cloud_credentials::{
    AwsKeys, AwsRole, AwsSession, CloudIdentity, CredentialError, SecurityTokens,
};
use secrecy::ExposeSecret;
use std::time::Duration;
use url::Url;

/// The lifetime of a session in seconds: the longest that every role allows.
const LIFE: i32 = 3600;
/// The timeout for all attempts and pauses together.
const PATIENCE: Duration = Duration::from_secs(12);
const ATTEMPTS: u32 = 3;

#[derive(Clone, Debug, Default)]
pub struct StsConfig {
    /// Replaces the endpoint of every region and partition, which the SDK's rules name.
    pub endpoint: Option<Url>,
}

/// AWS STS.
pub struct Sts {
    endpoint: Option<Url>,
    http: ReqwestClient,
}

impl Sts {
    /// Fails if the machine's certificates cannot be read.
    pub fn new(config: StsConfig) -> Result<Self, reqwest::Error> {
        Ok(Self {
            endpoint: config.endpoint,
            http: ReqwestClient::new()?,
        })
    }

    fn client(&self, keys: &AwsKeys) -> Client {
        let credentials = Credentials::new(
            &keys.access_key_id,
            keys.secret_access_key.expose_secret(),
            None,
            None,
            "hangar",
        );
        self.client_with(credentials, &keys.region)
    }

    fn client_with(&self, credentials: Credentials, region: &Region) -> Client {
        let timeouts = TimeoutConfig::builder().operation_timeout(PATIENCE).build();
        let mut config = aws_sdk_sts::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .http_client(self.http.clone())
            .credentials_provider(credentials)
            .region(SdkRegion::new(region.as_str().to_owned()))
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(timeouts)
            // Responses are not streamed.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = &self.endpoint {
            config = config.endpoint_url(endpoint.as_str());
        }
        Client::from_conf(config.build())
    }
}

#[async_trait]
impl SecurityTokens for Sts {
    async fn session(
        &self,
        keys: &AwsKeys,
        session_name: &str,
    ) -> Result<AwsSession, CredentialError> {
        let client = self.client(keys);
        let credentials = match &keys.role {
            Some(AwsRole { arn, external_id }) => {
                client
                    .assume_role()
                    .role_arn(arn)
                    .set_external_id(external_id.clone())
                    .role_session_name(session_name)
                    .duration_seconds(LIFE)
                    .send()
                    .await
                    .map_err(|error| refusals::to_assume_role(error, &keys.region, arn))?
                    .credentials
            }
            None => {
                client
                    .get_session_token()
                    .duration_seconds(LIFE)
                    .send()
                    .await
                    .map_err(|error| refusals::to_give_session(error, &keys.region))?
                    .credentials
            }
        };
        let credentials = credentials.ok_or_else(refusals::empty_answer)?;
        let expires_at = Timestamp::from_second(credentials.expiration.secs())
            .map_err(|_| refusals::empty_answer())?;
        Ok(AwsSession {
            access_key_id: credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.into(),
            session_token: credentials.session_token.into(),
            expires_at,
        })
    }

    async fn identity(
        &self,
        keys: &AwsKeys,
        session_name: &str,
    ) -> Result<CloudIdentity, CredentialError> {
        let client = match &keys.role {
            None => self.client(keys),
            Some(_) => {
                let session = self.session(keys, session_name).await?;
                let credentials = Credentials::new(
                    session.access_key_id,
                    session.secret_access_key.expose_secret(),
                    Some(session.session_token.expose_secret().to_owned()),
                    None,
                    "hangar",
                );
                self.client_with(credentials, &keys.region)
            }
        };
        let answer = client
            .get_caller_identity()
            .send()
            .await
            .map_err(|error| refusals::to_tell_identity(error, &keys.region))?;
        Ok(CloudIdentity {
            account: answer.account,
            identity: Some(answer.arn.ok_or_else(refusals::empty_answer)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sts::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
    use domain::aws::Partition;

    /// The SDK takes every region that it does not know for one of `aws`.
    #[tokio::test]
    async fn the_sdk_finds_the_endpoint_of_each_partitions_default_region() {
        let suffix = |partition| match partition {
            Partition::Aws | Partition::Government => "amazonaws.com",
            Partition::China => "amazonaws.com.cn",
            Partition::EuropeanSovereign => "amazonaws.eu",
            Partition::Iso => "c2s.ic.gov",
            Partition::IsoB => "sc2s.sgov.gov",
            Partition::IsoE => "cloud.adc-e.uk",
            Partition::IsoF => "csp.hci.ic.gov",
        };
        let sts = Sts::new(StsConfig::default()).unwrap();
        for partition in Partition::ALL {
            let keys = AwsKeys {
                access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
                secret_access_key: "secret".into(),
                region: partition.default_region(),
                role: None,
            };
            let region = sts.client(&keys).config().region().unwrap().to_string();
            let params = Params::builder().region(&region).build().unwrap();
            let endpoint = DefaultResolver::new().resolve_endpoint(&params).await;
            let expected = format!("https://sts.{region}.{}", suffix(partition));
            assert_eq!(endpoint.unwrap().url(), expected);
        }
    }
}
