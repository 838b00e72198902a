//! Credentials from before there was a vault, taken over once.

use super::{Vault, secret::Secret, shape};
use crate::{
    audit::{AuditAction, AuditChange, AuditEntry},
    error::StoreError,
    ports::{
        cloud_credentials::{AwsKeys, CredentialError},
        credential_stores::{self, CredentialCreated, NewCredential, SealedCredential},
        sealing::SealError,
    },
};
use domain::{
    caller::Caller,
    credential::{Provider, SecretText},
    ids::{CredentialId, EnvironmentId, TenantId},
};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use std::collections::BTreeMap;

/// AWS keys of a tenant that lay elsewhere.
pub struct EarlierCredential {
    /// The id that it gets: always the same for the same file, so that taking over twice is the same as once.
    pub id: CredentialId,
    /// Whose they are.
    pub tenant_id: TenantId,
    /// The one environment they are for, with its slug.
    pub environment: Option<(EnvironmentId, String)>,
    /// The keys.
    pub keys: AwsKeys,
    /// When they were stored.
    pub stored_at: Timestamp,
}

impl Vault {
    /// Takes over what lay elsewhere; it is the one that is taken from then on. Doing it again changes nothing.
    ///
    /// # Errors
    /// If it cannot be sealed or stored.
    pub async fn take_over(&self, earlier: EarlierCredential) -> Result<(), CredentialError> {
        let fields = fields_of(&earlier.keys);
        // What was accepted then goes in as it is; its facts are those that it would have now.
        let facts = shape::plain_facts(Provider::Aws, &fields);
        let secret = Secret::new(fields, None);
        let owner = credential_stores::owner(earlier.tenant_id, earlier.id);
        let sealed = self.seal(&owner, &secret).await.map_err(not_sealed)?;
        let fingerprint = secret.fingerprint();
        let caller = Caller::portal();
        let base = match &earlier.environment {
            Some((_, slug)) => format!("AWS of {slug}"),
            None => "AWS".to_owned(),
        };
        let mut name = base.clone();
        for attempt in 2.. {
            let audit = AuditEntry::by(
                &caller,
                AuditAction::CreateCredential,
                Timestamp::now(),
                format!("credential/{}", earlier.id),
                name.clone(),
            )
            .in_tenant(earlier.tenant_id)
            .with_detail("taken over from the data directory")
            .with_changes([AuditChange::new(
                "fingerprint",
                None::<&str>,
                Some(fingerprint.clone()),
            )]);
            let new = NewCredential {
                id: earlier.id,
                tenant_id: earlier.tenant_id,
                environment_id: earlier.environment.as_ref().map(|(id, _)| *id),
                provider: Provider::Aws,
                name: name.clone(),
                chosen: true,
                secret: SealedCredential {
                    facts: facts.clone(),
                    fingerprint: fingerprint.clone(),
                    sealed: sealed.clone(),
                },
                created_by: None,
                created_by_name: caller.name.clone(),
                at: earlier.stored_at,
            };
            match self
                .store
                .create_credential(new, audit)
                .await
                .map_err(not_stored)?
            {
                CredentialCreated::Created | CredentialCreated::KnownId => break,
                CredentialCreated::NameTaken => name = format!("{base} {attempt}"),
            }
        }
        Ok(())
    }
}

fn fields_of(keys: &AwsKeys) -> shape::Fields {
    let role = keys.role.as_ref();
    [
        ("access_key_id", Some(keys.access_key_id.clone())),
        (
            "secret_access_key",
            Some(keys.secret_access_key.expose_secret().to_owned()),
        ),
        ("region", keys.region.clone()),
        ("role_arn", role.map(|role| role.arn.clone())),
        (
            "external_id",
            role.and_then(|role| role.external_id.clone()),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}

/// The fields of AWS keys, as a form has them.
pub fn typed(keys: &AwsKeys) -> BTreeMap<String, SecretText> {
    fields_of(keys)
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect()
}

fn not_sealed(error: SealError) -> CredentialError {
    CredentialError {
        message: "the credential cannot be sealed".to_owned(),
        may_pass: error.may_pass(),
        source: Some(error.into()),
    }
}

fn not_stored(error: StoreError) -> CredentialError {
    CredentialError {
        message: "the credential cannot be stored".to_owned(),
        may_pass: true,
        source: Some(error.into()),
    }
}
