//! Where a tenant's cloud credentials come from, and how short-lived ones are made of them.

use async_trait::async_trait;
use domain::aws::Region;
use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

/// A tenant's own AWS keys; they never leave the portal.
#[derive(Clone, Debug)]
pub struct AwsKeys {
    /// The id of the access key: `AKIA…`.
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    /// The region to talk to, in the partition of the keys and the role.
    pub region: Region,
    /// A role to assume with them.
    pub role: Option<AwsRole>,
}

/// A role in an AWS account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsRole {
    pub arn: String,
    /// The external id that its trust policy asks for.
    pub external_id: Option<String>,
}

/// Credentials that end by themselves within the hour or so.
#[derive(Clone, Debug)]
pub struct AwsSession {
    /// The id of the access key: `ASIA…`.
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    pub session_token: SecretString,
    pub expires_at: Timestamp,
}

/// A credential could not be had. Never says anything of a secret.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CredentialError {
    /// In people's words, with the cloud's own message.
    pub message: String,
    /// Whether waiting may help.
    pub may_pass: bool,
    /// The cause, for the log.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// AWS keys of the portal itself, with which it assumes tenants' roles.
#[derive(Clone, Debug)]
pub struct PortalIdentity {
    /// The id of the access key: `AKIA…`.
    pub access_key_id: String,
    pub secret_access_key: SecretString,
    /// The region to talk to where a credential names none. Roles are assumed in its partition only.
    pub region: Region,
}

/// Who one is with a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudIdentity {
    /// The account or cluster that it leads to, where the provider tells.
    pub account: Option<String>,
    /// An ARN, a user's name; `None`: the provider only accepts the credential.
    pub identity: Option<String>,
}

/// AWS's Security Token Service.
#[async_trait]
pub trait SecurityTokens: Send + Sync {
    /// Short-lived credentials made of `keys`, by assuming the role if there is one; `session_name`
    /// (2 to 64 of `[\w+=,.@-]`) shows up in the tenant's own CloudTrail.
    async fn session(
        &self,
        keys: &AwsKeys,
        session_name: &str,
    ) -> Result<AwsSession, CredentialError>;

    /// Whom AWS takes the bearer of `keys` for, after assuming the role if there is one.
    async fn identity(
        &self,
        keys: &AwsKeys,
        session_name: &str,
    ) -> Result<CloudIdentity, CredentialError>;
}

/// What a kubeconfig with everything inside opens.
#[derive(Clone, Debug)]
pub struct KubernetesAccess {
    /// The API server: `https`, without user, query and fragment.
    pub server: Url,
    /// The name that its certificate is for, where that is not the host of `server`.
    pub server_name: Option<String>,
    /// The certificates that its own is signed by; `None`: those that everybody trusts.
    pub ca_pem: Option<String>,
    pub token: Option<SecretString>,
    /// A client certificate, with those that signed it.
    pub client_certificate_pem: Option<String>,
    pub client_key_pem: Option<SecretString>,
}

/// Clusters of tenants. Where they are is the tenants' word, so addresses inside the portal's own network are refused.
#[async_trait]
pub trait ClusterReview: Send + Sync {
    /// Whom the cluster takes the bearer for.
    async fn who_am_i(&self, access: &KubernetesAccess) -> Result<CloudIdentity, CredentialError>;
}

/// A handle to a workspace's credentials: what a SkyPilot API server may see and keep in place of
/// keys. Whoever has it can fetch short-lived credentials of that one workspace until it ends.
#[derive(Clone, Debug)]
pub struct CredentialHandle {
    /// Where to fetch them: `https://hangar.example.com/broker/aws/hgr-vision-dev-0197a0b1`. The AWS
    /// libraries accept `https`, and `http` on a loopback address only.
    pub uri: String,
    /// What to send there as the header `Authorization`.
    pub token: SecretString,
    /// When the token ends; at most twelve hours from now.
    pub expires_at: Timestamp,
}

impl CredentialHandle {
    /// As the environment variables that the AWS libraries read.
    pub fn variables(&self) -> [(&'static str, SecretString); 2] {
        [
            (
                "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                self.uri.clone().into(),
            ),
            ("AWS_CONTAINER_AUTHORIZATION_TOKEN", self.token.clone()),
        ]
    }
}

/// Makes handles, where the SkyPilot API server cannot be given a profile with a
/// `credential_process`.
pub trait CredentialHandles: Send + Sync {
    /// A fresh handle for the workspace; `None`: the server asks by its profile, send none.
    fn handle(&self, workspace: &str) -> Option<CredentialHandle>;
}
