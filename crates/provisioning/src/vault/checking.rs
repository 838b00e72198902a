//! Trying a credential with its provider.

use super::{
    Vault, access,
    keys::{not_opened, unusable},
    secret::Secret,
    shape::kubeconfig,
};
use crate::{
    errors::{StoredCredentialError, sentence},
    ports::{
        cloud_credentials::{CloudIdentity, CredentialError},
        sealing::SealError,
    },
};
use domain::{
    audit::{AuditAction, AuditOutcome},
    caller::Caller,
    credential::{CheckResult, Provider},
    error::causes,
    ids::CredentialId,
    problem::Problem,
};
use persistence::{
    audit_records::AuditEntry, credential_records::CredentialRecord, error::internal,
};
use std::time::Duration;
use tokio::time::timeout;

/// A provider answers within this time.
const PATIENCE: Duration = Duration::from_secs(20);
/// What a check is called in the tenant's own CloudTrail.
const SESSION_NAME: &str = "hangar-check";

impl Vault {
    /// Asks the provider whether it accepts the credential, and stores the answer.
    ///
    /// # Errors
    /// Not found, forbidden, suspended, replaced meanwhile, or the provider does not respond.
    pub async fn check(&self, caller: &Caller, id: CredentialId) -> Result<CheckResult, Problem> {
        let (record, entry) = self
            .changeable(caller, id, AuditAction::CheckCredential)
            .await?;
        if record.suspended {
            let name = record.name;
            return Err(StoredCredentialError::Suspended { name }.into());
        }
        let asked = timeout(PATIENCE, self.ask(&record))
            .await
            .unwrap_or_else(|_| {
                Err(CredentialError {
                    message: format!("{} did not respond in time", record.provider.title()),
                    may_pass: true,
                    source: None,
                })
            });
        let result = match asked {
            Ok(identity) => accepted(&record, identity),
            Err(error) if error.may_pass => {
                tracing::warn!(credential = %record.id, error = %causes(&error), "not checked");
                let audit = failed(entry, &error.message);
                self.db.audit().append(audit).await?;
                let message = error.message;
                return Err(StoredCredentialError::ProviderUnavailable { message }.into());
            }
            Err(error)
                if error
                    .source
                    .as_ref()
                    .is_some_and(|cause| cause.is::<SealError>()) =>
            {
                return Err(internal(&error));
            }
            Err(error) => {
                tracing::info!(credential = %record.id, error = %causes(&error), "not accepted");
                refused(&record, &error)
            }
        };
        let audit = if result.accepted {
            entry.with_detail(match &result.identity {
                Some(identity) => format!("accepted as {identity}"),
                None => "accepted".to_owned(),
            })
        } else {
            failed(entry, &result.message)
        };
        let kept = self
            .db
            .credentials()
            .record_check(record.id, &record.fingerprint, &result, audit)
            .await?;
        if kept {
            Ok(result)
        } else {
            Err(StoredCredentialError::Replaced.into())
        }
    }

    async fn ask(&self, record: &CredentialRecord) -> Result<CloudIdentity, CredentialError> {
        let secret = self
            .open(record)
            .await
            .map_err(|error| not_opened(record, error))?;
        let access = match record.provider {
            Provider::Aws => {
                let keys = self.aws(&secret)?;
                return self.providers.tokens.identity(&keys, SESSION_NAME).await;
            }
            Provider::Kubernetes => return self.ask_cluster(&secret).await,
            Provider::Azure => access::azure(&secret),
            Provider::Gcp => access::gcp(&secret)?,
            Provider::Lambda => access::lambda(&secret),
            Provider::Nebius => access::nebius(&secret)?,
            Provider::Oci => access::oci(&secret),
            Provider::Runpod => access::runpod(&secret),
        };
        self.providers.clouds.who_am_i(&access).await
    }

    async fn ask_cluster(&self, secret: &Secret) -> Result<CloudIdentity, CredentialError> {
        let text = secret.field("kubeconfig").unwrap_or_default();
        let access = kubeconfig::read(text).map_err(unusable)?;
        self.providers.clusters.who_am_i(&access).await
    }
}

fn accepted(record: &CredentialRecord, found: CloudIdentity) -> CheckResult {
    CheckResult {
        accepted: true,
        message: match &found.identity {
            Some(identity) => format!("{} accepts it as {identity}.", record.provider.title()),
            None => format!("{} accepts it.", record.provider.title()),
        },
        account: found.account,
        identity: found.identity,
        next_step: None,
    }
}

fn refused(record: &CredentialRecord, error: &CredentialError) -> CheckResult {
    CheckResult {
        accepted: false,
        account: None,
        identity: None,
        message: format!("{}.", sentence(error.message.trim_end_matches('.'))),
        next_step: Some(format!(
            "Correct its permissions at {}, or replace the secret.",
            record.provider.title()
        )),
    }
}

fn failed(entry: AuditEntry, message: &str) -> AuditEntry {
    entry
        .with_outcome(AuditOutcome::Failed)
        .with_detail(message)
}
