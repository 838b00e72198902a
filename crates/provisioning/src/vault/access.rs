//! Credentials of the clouds other than AWS, for checks. What is stored had the right shape when it was stored.

use super::{keys::unusable, secret::Secret};
use crate::ports::{
    cloud_credentials::CredentialError,
    cloud_review::{AzureAccess, CloudAccess, GcpAccess, NebiusAccess, OciAccess},
};
use serde::{Deserialize, de::DeserializeOwned};

/// The parts of Google's key file that sign a request. The address of its token endpoint is not one of them: the adapter
/// knows Google's.
#[derive(Deserialize)]
struct GcpKeyFile {
    client_email: String,
    private_key_id: Option<String>,
    private_key: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct NebiusKeyFile {
    subject_credentials: NebiusKey,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct NebiusKey {
    kid: String,
    sub: String,
    private_key: String,
}

pub(super) fn azure(secret: &Secret) -> CloudAccess {
    CloudAccess::Azure(AzureAccess {
        directory_id: text(secret, "directory_id"),
        client_id: text(secret, "client_id"),
        client_secret: text(secret, "client_secret").into(),
        subscription_id: text(secret, "subscription_id"),
    })
}

pub(super) fn gcp(secret: &Secret) -> Result<CloudAccess, CredentialError> {
    let key: GcpKeyFile = key_file(secret)?;
    Ok(CloudAccess::Gcp(GcpAccess {
        service_account: key.client_email,
        key_id: key.private_key_id,
        private_key_pem: key.private_key.into(),
    }))
}

pub(super) fn lambda(secret: &Secret) -> CloudAccess {
    CloudAccess::Lambda(text(secret, "api_key").into())
}

pub(super) fn nebius(secret: &Secret) -> Result<CloudAccess, CredentialError> {
    let file: NebiusKeyFile = key_file(secret)?;
    let key = file.subject_credentials;
    Ok(CloudAccess::Nebius(NebiusAccess {
        service_account: key.sub,
        key_id: key.kid,
        private_key_pem: key.private_key.into(),
    }))
}

pub(super) fn oci(secret: &Secret) -> CloudAccess {
    CloudAccess::Oci(OciAccess {
        user_ocid: text(secret, "user_ocid"),
        tenancy_ocid: text(secret, "tenancy_ocid"),
        fingerprint: text(secret, "fingerprint"),
        region: text(secret, "region"),
        private_key_pem: text(secret, "private_key").into(),
    })
}

pub(super) fn runpod(secret: &Secret) -> CloudAccess {
    CloudAccess::Runpod(text(secret, "api_key").into())
}

fn text(secret: &Secret, field: &str) -> String {
    secret.field(field).unwrap_or_default().to_owned()
}

fn key_file<T: DeserializeOwned>(secret: &Secret) -> Result<T, CredentialError> {
    let text = secret.field("service_account_json").unwrap_or_default();
    // The reader's own message could show a part of the secret.
    serde_json::from_str(text)
        .map_err(|_| unusable("the key file cannot be read; store it again".to_owned()))
}
