//! What the broker takes from the vault.

use super::{Vault, secret::Secret};
use crate::ports::{
    cloud_credentials::{
        AwsKeys, AwsRole, CredentialError, CredentialLookup, CredentialSource, UsedCredential,
    },
    sealing::SealError,
};
use async_trait::async_trait;
use domain::{
    credential::Provider,
    ids::{EnvironmentId, TenantId},
};
use persistence::{audit_records::AuditEntry, credential_records::CredentialRecord, error::Stored};

#[async_trait]
impl CredentialSource for Vault {
    async fn aws_keys(
        &self,
        tenant: TenantId,
        environment: EnvironmentId,
    ) -> Result<CredentialLookup<AwsKeys>, CredentialError> {
        let chosen = self
            .db
            .credentials()
            .chosen(tenant, environment, Provider::Aws)
            .await
            .map_err(|error| CredentialError {
                message: "the credentials cannot be read".to_owned(),
                may_pass: true,
                source: Some(error.into()),
            })?;
        let Some(record) = chosen else {
            return Ok(CredentialLookup::Nothing);
        };
        if record.suspended {
            return Ok(CredentialLookup::Suspended(record.name));
        }
        let secret = self
            .open(&record)
            .await
            .map_err(|error| not_opened(&record, error))?;
        let keys = self.aws(&secret)?;
        Ok(CredentialLookup::Opened(
            UsedCredential {
                id: record.id,
                tenant_id: record.tenant.id,
                name: record.name,
                fingerprint: record.fingerprint,
            },
            keys,
        ))
    }

    async fn note_use(&self, used: &UsedCredential, audit: AuditEntry) -> Stored<bool> {
        self.db
            .credentials()
            .note_use(used.id, &used.fingerprint, audit)
            .await
    }
}

impl Vault {
    /// The keys of an AWS credential: its own, or the portal's where it is a role only.
    pub(super) fn aws(&self, secret: &Secret) -> Result<AwsKeys, CredentialError> {
        let text = |name: &str| secret.field(name).map(str::to_owned);
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
                region: text("region"),
                role,
            });
        }
        match &self.providers.portal_identity {
            Some(identity) => Ok(AwsKeys {
                access_key_id: identity.access_key_id.clone(),
                secret_access_key: identity.secret_access_key.clone(),
                region: text("region").or_else(|| identity.region.clone()),
                role,
            }),
            None => Err(CredentialError {
                message: "the credential is a role, and the portal has no AWS identity any more to assume it with; \
                          configure [aws], or store keys"
                    .to_owned(),
                may_pass: false,
                source: None,
            }),
        }
    }
}

/// Why a credential does not open, without anything of it.
pub(super) fn not_opened(record: &CredentialRecord, error: SealError) -> CredentialError {
    CredentialError {
        message: format!("the credential {} cannot be opened", record.name),
        may_pass: error.may_pass(),
        source: Some(error.into()),
    }
}
