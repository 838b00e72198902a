//! The AWS keys of a credential, for the broker and for checks.

use super::{Vault, secret::Secret, shape};
use crate::ports::{
    cloud_credentials::{AwsKeys, AwsRole, CredentialError},
    sealing::SealError,
};
use persistence::credential_records::CredentialRecord;

impl Vault {
    /// Opens an AWS credential.
    pub async fn aws_keys(&self, record: &CredentialRecord) -> Result<AwsKeys, CredentialError> {
        let secret = self.open(record).await;
        self.aws(&secret.map_err(|error| not_opened(record, error))?)
    }

    /// The keys of an AWS credential: its own, or the portal's where it is a role only.
    pub(super) fn aws(&self, secret: &Secret) -> Result<AwsKeys, CredentialError> {
        let text = |name: &str| secret.field(name).map(str::to_owned);
        let identity = self.providers.portal_identity.as_ref();
        // Checked when it was stored, but the portal's identity may be another one now.
        let region = shape::aws::region(|name| secret.field(name), identity.map(|one| &one.region))
            .map_err(|faults| {
                let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
                unusable(format!(
                    "the credential cannot be used: {}",
                    faults.join(" ")
                ))
            })?;
        let role = text("role_arn").map(|arn| AwsRole {
            arn,
            external_id: text("external_id"),
        });
        if let (Some(access_key_id), Some(key)) =
            (text("access_key_id"), secret.field("secret_access_key"))
        {
            return Ok(AwsKeys {
                access_key_id,
                secret_access_key: key.into(),
                region,
                role,
            });
        }
        match identity {
            Some(identity) => Ok(AwsKeys {
                access_key_id: identity.access_key_id.clone(),
                secret_access_key: identity.secret_access_key.clone(),
                region,
                role,
            }),
            None => Err(unusable(
                "the credential is a role, and the portal has no AWS identity to assume it with; configure [aws], or \
                 store keys"
                    .to_owned(),
            )),
        }
    }
}

pub(super) fn unusable(message: String) -> CredentialError {
    CredentialError {
        message,
        may_pass: false,
        source: None,
    }
}

pub(super) fn not_opened(record: &CredentialRecord, error: SealError) -> CredentialError {
    CredentialError {
        message: format!("the credential {} cannot be opened", record.name),
        may_pass: error.may_pass(),
        source: Some(error.into()),
    }
}
