//! The vault of cloud credentials: the only code that opens a secret. What goes in is checked by its shape and sealed
//! before it reaches the store; what comes out is never the secret, apart from what the broker and the checks need.

mod changing;
mod checking;
mod conflict;
mod secret;
mod shape;
mod source;
mod view;

use crate::{
    audit::{AuditAction, AuditEntry},
    authorization::{authorize, authorize_change},
    ports::{
        cloud_credentials::{ClusterReview, PortalIdentity, SecurityTokens},
        credential_stores::CredentialRecord,
        sealing::Sealer,
        stores::Store,
    },
};
use async_trait::async_trait;
use domain::{
    access::Action,
    caller::Caller,
    credential::{CheckResult, Credential, CredentialInput, SecretText},
    ids::CredentialId,
    problem::Problem,
    services::Credentials,
    tenancy::Tenant,
};
use jiff::Timestamp;
use std::{collections::BTreeMap, sync::Arc};

/// The providers that can be asked about a credential.
#[derive(Clone)]
pub struct Providers {
    /// AWS.
    pub tokens: Arc<dyn SecurityTokens>,
    /// Kubernetes.
    pub clusters: Arc<dyn ClusterReview>,
    /// Whom AWS knows the portal as; `None`: nobody.
    pub portal_identity: Option<PortalIdentity>,
}

/// The vault.
#[derive(Clone)]
pub struct Vault {
    store: Arc<dyn Store>,
    sealer: Arc<dyn Sealer>,
    providers: Providers,
}

impl Vault {
    /// A vault over these.
    pub fn new(store: Arc<dyn Store>, sealer: Arc<dyn Sealer>, providers: Providers) -> Self {
        Self {
            store,
            sealer,
            providers,
        }
    }

    /// The tenant of this slug, if `caller` may do `action` there.
    async fn tenant(&self, caller: &Caller, action: Action, slug: &str) -> Result<Tenant, Problem> {
        let tenants = self.store.tenants().await?;
        let tenant = tenants
            .into_iter()
            .find(|found| found.tenant.slug == slug)
            .ok_or_else(|| Problem::not_found("tenant"))?;
        authorize(caller, action, tenant.tenant.id, "tenant")?;
        Ok(tenant)
    }

    /// A credential that `caller` may see.
    async fn readable(
        &self,
        caller: &Caller,
        id: CredentialId,
    ) -> Result<CredentialRecord, Problem> {
        let record = self.stored(id).await?;
        authorize(
            caller,
            Action::ReadCredentials,
            record.tenant.id,
            "credential",
        )?;
        Ok(record)
    }

    /// A credential that `caller` may change, with the entry that says so.
    async fn changeable(
        &self,
        caller: &Caller,
        id: CredentialId,
        action: AuditAction,
    ) -> Result<(CredentialRecord, AuditEntry), Problem> {
        let record = self.stored(id).await?;
        let entry = entry(caller, action, &record);
        let attempt = || entry.clone();
        authorize_change(
            &*self.store,
            caller,
            Action::ManageCredentials,
            record.tenant.id,
            "credential",
            attempt,
        )
        .await?;
        Ok((record, entry))
    }

    async fn stored(&self, id: CredentialId) -> Result<CredentialRecord, Problem> {
        self.store
            .credential(id)
            .await?
            .ok_or_else(|| Problem::not_found("credential"))
    }

    /// As it is now, for an answer.
    async fn shown(&self, id: CredentialId) -> Result<Credential, Problem> {
        Ok(view::credential(self.stored(id).await?))
    }
}

/// An entry about something that `caller` does to a credential.
fn entry(caller: &Caller, action: AuditAction, record: &CredentialRecord) -> AuditEntry {
    AuditEntry::by(
        caller,
        action,
        Timestamp::now(),
        format!("credential/{}", record.id),
        record.name.clone(),
    )
    .in_tenant(record.tenant.id)
}

#[async_trait]
impl Credentials for Vault {
    async fn list(&self, caller: &Caller, tenant: &str) -> Result<Vec<Credential>, Problem> {
        let tenant = self.tenant(caller, Action::ReadCredentials, tenant).await?;
        let records = self.store.credentials(tenant.tenant.id).await?;
        Ok(records.into_iter().map(view::credential).collect())
    }

    async fn get(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        Ok(view::credential(self.readable(caller, id).await?))
    }

    async fn create(&self, caller: &Caller, input: CredentialInput) -> Result<Credential, Problem> {
        self.store_new(caller, &input).await
    }

    async fn replace(
        &self,
        caller: &Caller,
        id: CredentialId,
        fields: BTreeMap<String, SecretText>,
        version: i64,
    ) -> Result<Credential, Problem> {
        self.replace_secret(caller, id, &fields, version).await
    }

    async fn rename(
        &self,
        caller: &Caller,
        id: CredentialId,
        name: &str,
        version: i64,
    ) -> Result<Credential, Problem> {
        self.give_name(caller, id, name, version).await
    }

    async fn choose(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.make_chosen(caller, id).await
    }

    async fn suspend(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.set_suspended(caller, id, true).await
    }

    async fn restore(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        self.set_suspended(caller, id, false).await
    }

    async fn delete(
        &self,
        caller: &Caller,
        id: CredentialId,
        confirmation: &str,
    ) -> Result<(), Problem> {
        self.remove(caller, id, confirmation).await
    }

    async fn check(&self, caller: &Caller, id: CredentialId) -> Result<CheckResult, Problem> {
        self.ask_provider(caller, id).await
    }
}
