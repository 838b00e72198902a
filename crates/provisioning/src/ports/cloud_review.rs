//! Who a tenant's credential is at a cloud other than AWS.

use super::cloud_credentials::{CloudIdentity, CredentialError};
use async_trait::async_trait;
use secrecy::SecretString;

/// A credential as its cloud takes it. The fields have the shapes that the vault stores.
#[derive(Clone, Debug)]
pub enum CloudAccess {
    Azure(AzureAccess),
    Gcp(GcpAccess),
    /// An API key.
    Lambda(SecretString),
    Nebius(NebiusAccess),
    Oci(OciAccess),
    /// An API key.
    Runpod(SecretString),
}

/// A client secret of an application in a directory of Microsoft Entra.
#[derive(Clone, Debug)]
pub struct AzureAccess {
    pub directory_id: String,
    pub client_id: String,
    pub client_secret: SecretString,
    pub subscription_id: String,
}

/// A key of a service account of Google Cloud.
#[derive(Clone, Debug)]
pub struct GcpAccess {
    /// `NAME@PROJECT.iam.gserviceaccount.com`
    pub service_account: String,
    pub key_id: Option<String>,
    pub private_key_pem: SecretString,
}

/// An authorized key of a service account of Nebius.
#[derive(Clone, Debug)]
pub struct NebiusAccess {
    /// `serviceaccount-…`
    pub service_account: String,
    /// `publickey-…`
    pub key_id: String,
    pub private_key_pem: SecretString,
}

/// An API signing key of a user of Oracle Cloud.
#[derive(Clone, Debug)]
pub struct OciAccess {
    pub user_ocid: String,
    pub tenancy_ocid: String,
    pub fingerprint: String,
    /// The region to ask, such as `eu-frankfurt-1`.
    pub region: String,
    pub private_key_pem: SecretString,
}

/// The clouds that a credential can be for, apart from AWS.
#[async_trait]
pub trait CloudReview: Send + Sync {
    /// Whom the cloud takes the bearer for.
    async fn who_am_i(&self, access: &CloudAccess) -> Result<CloudIdentity, CredentialError>;
}
