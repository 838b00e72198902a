//! The vault of cloud credentials: the only code that opens a secret. What goes in is checked by its shape and sealed
//! before it reaches the store; what comes out is never the secret, apart from what the broker and the checks need.

mod access;
mod changing;
mod checking;
mod conflict;
mod keys;
mod secret;
mod shape;
mod view;

use crate::{
    authorization::{authorize, authorize_change},
    ports::{
        cloud_credentials::{ClusterReview, PortalIdentity, SecurityTokens},
        cloud_review::CloudReview,
        sealing::Sealer,
    },
};
use domain::{
    access::Action, audit::AuditAction, caller::Caller, credential::Credential, ids::CredentialId,
    problem::Problem, tenancy::Tenant,
};
use jiff::Timestamp;
use persistence::{
    Database, audit_records::AuditEntry, credential_records::CredentialRecord,
    tenant_records::TenantKey,
};
use std::sync::Arc;

/// The providers that can be asked about a credential.
#[derive(Clone)]
pub struct Providers {
    pub tokens: Arc<dyn SecurityTokens>,
    pub clusters: Arc<dyn ClusterReview>,
    pub clouds: Arc<dyn CloudReview>,
    /// The portal's own AWS identity, if it has one.
    pub portal_identity: Option<PortalIdentity>,
}

#[derive(Clone)]
pub struct Vault {
    db: Database,
    sealer: Arc<dyn Sealer>,
    providers: Providers,
}

impl Vault {
    pub fn new(db: Database, sealer: Arc<dyn Sealer>, providers: Providers) -> Self {
        Self {
            db,
            sealer,
            providers,
        }
    }

    /// Those of a tenant, by provider, environment and name.
    ///
    /// # Errors
    /// Not found, or forbidden.
    pub async fn list(&self, caller: &Caller, tenant: &str) -> Result<Vec<Credential>, Problem> {
        let tenant = self.tenant(caller, Action::ReadCredentials, tenant).await?;
        let records = self.db.credentials().list(tenant.tenant.id).await?;
        Ok(records.into_iter().map(view::credential).collect())
    }

    /// One credential.
    ///
    /// # Errors
    /// Not found for a missing one and for one the caller may not see.
    pub async fn get(&self, caller: &Caller, id: CredentialId) -> Result<Credential, Problem> {
        Ok(view::credential(self.readable(caller, id).await?))
    }

    /// The tenant of this slug, if `caller` may do `action` there.
    async fn tenant(&self, caller: &Caller, action: Action, slug: &str) -> Result<Tenant, Problem> {
        let tenant = self.db.tenants().find(TenantKey::Slug(slug)).await?;
        let tenant = tenant.ok_or_else(|| Problem::not_found("tenant"))?;
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
            &self.db,
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
        self.db
            .credentials()
            .get(id)
            .await?
            .ok_or_else(|| Problem::not_found("credential"))
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
