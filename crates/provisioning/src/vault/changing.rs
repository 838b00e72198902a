//! Storing, replacing, renaming, choosing, suspending and deleting.

use super::{
    Vault,
    secret::Secret,
    shape::{self, Surroundings},
    view,
};
use crate::{
    authorization::authorize_change,
    errors::{InputError, StoredCredentialError, confirm},
    target,
};
use domain::{
    access::Action,
    audit::{AuditAction, AuditChange},
    caller::Caller,
    credential::{Credential, CredentialFact, CredentialInput, CredentialState, SecretText},
    display_name::{LONGEST_NAME, check_name},
    ids::{CredentialId, TenantId},
    problem::{FieldError, Problem},
};
use jiff::Timestamp;
use persistence::{
    audit_records::AuditEntry,
    credential_records::{
        self, CredentialChange, CredentialChanged, CredentialCreated, CredentialRecord,
        NewCredential, SealedCredential,
    },
    new_id,
};
use std::collections::BTreeMap;

impl Vault {
    /// Stores one. The first of its tenant, environment and provider becomes the default.
    ///
    /// # Errors
    /// Forbidden, or invalid.
    pub async fn create(
        &self,
        caller: &Caller,
        input: CredentialInput,
    ) -> Result<Credential, Problem> {
        let tenant = target::visible_tenant(&self.db, caller, &input.scope.tenant).await?;
        let id: CredentialId = new_id();
        let tenant_id = tenant.tenant.id;
        let entry = AuditEntry::by(
            caller,
            AuditAction::CreateCredential,
            Timestamp::now(),
            format!("credential/{id}"),
            input
                .name
                .trim()
                .chars()
                .take(LONGEST_NAME)
                .collect::<String>(),
        )
        .in_tenant(tenant_id);
        authorize_change(
            &self.db,
            caller,
            Action::ManageCredentials,
            tenant_id,
            "tenant",
            || entry.clone(),
        )
        .await?;
        let slug = input.scope.environment.as_deref();
        let environment = slug
            .filter(|slug| !slug.is_empty())
            .map(|slug| target::environment(&tenant, slug))
            .transpose()
            .map_err(InputError::from);
        let name = name(&input.name).map_err(InputError::from);
        let shaped = shape::shape(input.provider, &input.fields, &self.surroundings(tenant_id))
            .map_err(InputError::from);
        let ((environment, name), (fields, facts)) =
            InputError::both(InputError::both(environment, name), shaped)?;
        let secret = Secret::new(fields, None);
        let sealed = self
            .seal(&credential_records::owner(tenant_id, id), &secret)
            .await?;
        let goes_for = match &environment {
            Some(environment) => environment.slug.clone(),
            None => "every environment".to_owned(),
        };
        let fingerprint = secret.fingerprint();
        let audit = entry.with_changes(
            [
                AuditChange::new("provider", NOTHING, Some(input.provider.title())),
                AuditChange::new("name", NOTHING, Some(name.clone())),
                AuditChange::new("environment", NOTHING, Some(goes_for)),
                AuditChange::new("fingerprint", NOTHING, Some(fingerprint.clone())),
            ]
            .into_iter()
            .chain(facts_changed(&[], &facts)),
        );
        let new = NewCredential {
            id,
            tenant_id,
            environment_id: environment.map(|environment| environment.id),
            provider: input.provider,
            name,
            chosen: input.chosen,
            secret: SealedCredential {
                facts,
                fingerprint,
                sealed,
            },
            created_by: caller.user_id,
            created_by_name: caller.name.clone(),
            at: audit.at,
        };
        match self.db.credentials().create(new, audit).await? {
            CredentialCreated::Created(record) => Ok(view::credential(*record)),
            CredentialCreated::NameTaken => {
                Err(StoredCredentialError::NameTaken(input.provider).into())
            }
            CredentialCreated::KnownId => Err(StoredCredentialError::IdTaken.into()),
        }
    }

    /// Replaces the secret.
    ///
    /// # Errors
    /// Not found, forbidden, invalid, or no longer as in `version`.
    pub async fn replace(
        &self,
        caller: &Caller,
        id: CredentialId,
        fields: BTreeMap<String, SecretText>,
        version: i64,
    ) -> Result<Credential, Problem> {
        let (record, entry) = self
            .changeable(caller, id, AuditAction::ReplaceCredential)
            .await?;
        if record.version != version {
            return Err(self.stale(id, version).await?);
        }
        let (fields, facts) = shape::shape(
            record.provider,
            &fields,
            &self.surroundings(record.tenant.id),
        )
        .map_err(Problem::invalid)?;
        // A secret whose key is lost can be replaced too; its fingerprint has another salt then.
        let before = self.open(&record).await.ok();
        let secret = Secret::new(fields, before.as_ref());
        let sealed = self.seal(&record.owner(), &secret).await?;
        let fingerprint = secret.fingerprint();
        let audit = entry.with_changes(
            std::iter::once(AuditChange::new(
                "fingerprint",
                Some(record.fingerprint.clone()),
                Some(fingerprint.clone()),
            ))
            .chain(facts_changed(&record.facts, &facts)),
        );
        let change = CredentialChange::Replace(Box::new(SealedCredential {
            facts,
            fingerprint,
            sealed,
        }));
        self.change(&record, Some(version), change, audit).await
    }

    /// Renames it.
    ///
    /// # Errors
    /// Not found, forbidden, invalid, or no longer as in `version`.
    pub async fn rename(
        &self,
        caller: &Caller,
        id: CredentialId,
        typed: &str,
        version: i64,
    ) -> Result<Credential, Problem> {
        let (record, entry) = self
            .changeable(caller, id, AuditAction::RenameCredential)
            .await?;
        if record.version != version {
            return Err(self.stale(id, version).await?);
        }
        let name = name(typed).map_err(|fault| Problem::invalid(vec![fault]))?;
        let audit = entry.with_changes([AuditChange::new(
            "name",
            Some(record.name.clone()),
            Some(name.clone()),
        )]);
        let change = CredentialChange::Rename(name);
        self.change(&record, Some(version), change, audit).await
    }

    /// Makes it the default of its tenant, environment and provider.
    ///
    /// # Errors
    /// Not found, or forbidden.
    pub async fn choose(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        let (record, entry) = self
            .changeable(caller, id, AuditAction::RenameCredential)
            .await?;
        let audit = entry.with_changes([AuditChange::new("chosen", Some("no"), Some("yes"))]);
        self.change(&record, None, CredentialChange::Choose, audit)
            .await
    }

    /// Suspends it: it is not used until it is restored. Suspending again is not an error.
    ///
    /// # Errors
    /// Not found, or forbidden.
    pub async fn suspend(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.set_suspended(caller, id, true).await
    }

    /// Ends a suspension. Restoring again is not an error.
    ///
    /// # Errors
    /// Not found, or forbidden.
    pub async fn restore(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.set_suspended(caller, id, false).await
    }

    async fn set_suspended(
        &self,
        caller: &Caller,
        id: CredentialId,
        suspended: bool,
    ) -> Result<Credential, Problem> {
        let action = if suspended {
            AuditAction::SuspendCredential
        } else {
            AuditAction::RestoreCredential
        };
        let (record, entry) = self.changeable(caller, id, action).await?;
        let word = |suspended| match view::state(suspended) {
            CredentialState::Active => "active",
            CredentialState::Suspended => "suspended",
        };
        let audit = entry.with_changes([AuditChange::new(
            "state",
            Some(word(!suspended)),
            Some(word(suspended)),
        )]);
        let change = CredentialChange::Suspend(suspended);
        self.change(&record, None, change, audit).await
    }

    /// Deletes it; `confirmation` must be its name.
    ///
    /// # Errors
    /// Not found, forbidden, or another confirmation.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: CredentialId,
        confirmation: &str,
    ) -> Result<(), Problem> {
        let (record, entry) = self
            .changeable(caller, id, AuditAction::DeleteCredential)
            .await?;
        confirm(confirmation, &record.name)?;
        let audit = entry.with_changes([AuditChange::new(
            "fingerprint",
            Some(record.fingerprint.clone()),
            NOTHING,
        )]);
        if self.db.credentials().delete(id, audit).await? {
            Ok(())
        } else {
            Err(Problem::not_found("credential"))
        }
    }

    async fn change(
        &self,
        record: &CredentialRecord,
        version: Option<i64>,
        change: CredentialChange,
        audit: AuditEntry,
    ) -> Result<Credential, Problem> {
        let outcome = self
            .db
            .credentials()
            .change(record.id, version, change, audit)
            .await?;
        match outcome {
            CredentialChanged::Changed(now) | CredentialChanged::Unchanged(now) => {
                Ok(view::credential(*now))
            }
            CredentialChanged::Stale => Err(self
                .stale(record.id, version.unwrap_or(record.version))
                .await?),
            CredentialChanged::NameTaken => {
                Err(StoredCredentialError::NameTaken(record.provider).into())
            }
            CredentialChanged::Gone => Err(Problem::not_found("credential")),
        }
    }

    pub(super) fn surroundings(&self, tenant: TenantId) -> Surroundings {
        Surroundings {
            portal_region: self
                .providers
                .portal_identity
                .as_ref()
                .map(|identity| identity.region.clone()),
            external_id: format!("hangar:{tenant}"),
        }
    }
}

const NOTHING: Option<&str> = None;
fn name(typed: &str) -> Result<String, FieldError> {
    check_name(typed).map_err(|message| FieldError::new("name", message))
}

/// Facts that are different afterwards.
fn facts_changed(before: &[CredentialFact], after: &[CredentialFact]) -> Vec<AuditChange> {
    let value = |facts: &[CredentialFact], label: &str| {
        let found = facts.iter().find(|fact| fact.label == label);
        found.map(|fact| fact.value.clone())
    };
    let mut labels: Vec<&str> = Vec::new();
    for fact in before.iter().chain(after) {
        if !labels.contains(&fact.label.as_str()) {
            labels.push(&fact.label);
        }
    }
    labels
        .into_iter()
        .map(|label| AuditChange::new(label, value(before, label), value(after, label)))
        .collect()
}
