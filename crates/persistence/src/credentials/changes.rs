//! Creating, changing and deleting credentials.

use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    claims::AT_ONCE,
    connection::Transaction,
    credential_records::{
        CredentialChange, CredentialChanged, CredentialCreated, CredentialRecord, NewCredential,
    },
    database::Database,
    error::Stored,
    handles::Credentials,
    rows::{Row, number, optional_id, text, truth},
    sql::{Sql, json_value, query},
    transaction::{Writing, doing},
};
use domain::ids::{CredentialId, EnvironmentId, TenantId};

/// What a credential is for.
struct Scope {
    tenant: TenantId,
    environment: Option<EnvironmentId>,
    provider: String,
}

impl Credentials<'_> {
    /// Stores a credential. The first of its tenant, environment and provider becomes the default.
    pub async fn create(self, new: NewCredential, audit: AuditEntry) -> Stored<CredentialCreated> {
        doing("store a credential", async {
            let scope = Scope {
                tenant: new.tenant_id,
                environment: new.environment_id,
                provider: new.provider.as_str().to_owned(),
            };
            let mut writing = self.0.write().await?;
            lock_tenant(self.0, writing.connection(), scope.tenant).await?;
            let known = query("SELECT id FROM credentials WHERE id = $1")
                .bind(new.id)
                .fetch_optional(writing.connection())
                .await?;
            if known.is_some() {
                return Ok(CredentialCreated::KnownId);
            }
            if name_taken(writing.connection(), &scope, &new.name, new.id).await? {
                return Ok(CredentialCreated::NameTaken);
            }
            let chosen = new.chosen || !is_chosen(writing.connection(), &scope).await?;
            if chosen {
                unset_default(writing.connection(), &scope).await?;
            }
            let secret = &new.secret;
            query(
        "INSERT INTO credentials (id, tenant_id, environment_id, provider, name, name_folded, \
         chosen, suspended, facts, fingerprint, secret_key_id, secret_wrapped_key, \
         secret_ciphertext, created_by, created_by_name, created_at, uses, version) VALUES \
         ($1, $2, $3, $4, $5, $6, $7, FALSE, $8, $9, $10, $11, $12, $13, $14, $15, 0, 1)",
    )
    .bind(new.id)
    .bind(scope.tenant)
    .bind(scope.environment)
    .bind(scope.provider.clone())
    .bind(new.name.clone())
    .bind(new.name.to_lowercase())
    .bind(chosen)
    .bind(json_value(&secret.facts)?)
    .bind(secret.fingerprint.clone())
    .bind(secret.sealed.key_id.clone())
    .bind(secret.sealed.wrapped_key.clone())
    .bind(secret.sealed.ciphertext.clone())
    .bind(new.created_by)
    .bind(new.created_by_name.clone())
    .bind(new.at)
    .execute(writing.connection())
    .await?;
            wake_workspaces(&mut writing, &scope).await?;
            let record = stored(&mut writing, new.id).await?;
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(CredentialCreated::Created(record))
        })
        .await
    }

    /// Changes a credential that still has this `version` (`None`: any).
    pub async fn change(
        self,
        id: CredentialId,
        version: Option<i64>,
        change: CredentialChange,
        audit: AuditEntry,
    ) -> Stored<CredentialChanged> {
        doing("change a credential", async {
            let mut writing = self.0.write().await?;
            let Some((scope, row)) = held(self.0, &mut writing, id).await? else {
                return Ok(CredentialChanged::Gone);
            };
            if version.is_some_and(|seen| number(&row, "version").is_ok_and(|now| now != seen)) {
                return Ok(CredentialChanged::Stale);
            }
            let mut sql = Sql::new("UPDATE credentials SET version = version + 1, ");
            match &change {
                CredentialChange::Replace(secret) => {
                    sql.push("facts = ")
                        .bind(json_value(&secret.facts)?)
                        .push(", fingerprint = ")
                        .bind(secret.fingerprint.as_str())
                        .push(", secret_key_id = ")
                        .bind(secret.sealed.key_id.as_str())
                        .push(", secret_wrapped_key = ")
                        .bind(secret.sealed.wrapped_key.as_str())
                        .push(", secret_ciphertext = ")
                        .bind(secret.sealed.ciphertext.as_str())
                        // The result was that of another secret.
                        .push(", last_checked_at = NULL, check_result = NULL, replaced_at = ")
                        .bind(audit.at);
                }
                CredentialChange::Rename(name) => {
                    if text(&row, "name")? == *name {
                        let record = stored(&mut writing, id).await?;
                        return Ok(CredentialChanged::Unchanged(record));
                    }
                    if name_taken(writing.connection(), &scope, name, id).await? {
                        return Ok(CredentialChanged::NameTaken);
                    }
                    sql.push("name = ")
                        .bind(name.as_str())
                        .push(", name_folded = ")
                        .bind(name.to_lowercase());
                }
                CredentialChange::Choose => {
                    if truth(&row, "chosen")? {
                        let record = stored(&mut writing, id).await?;
                        return Ok(CredentialChanged::Unchanged(record));
                    }
                    unset_default(writing.connection(), &scope).await?;
                    sql.push("chosen = TRUE");
                }
                CredentialChange::Suspend(suspended) => {
                    if truth(&row, "suspended")? == *suspended {
                        let record = stored(&mut writing, id).await?;
                        return Ok(CredentialChanged::Unchanged(record));
                    }
                    sql.push("suspended = ").bind(*suspended);
                }
            }
            sql.push(" WHERE id = ").bind(id);
            sql.query().execute(writing.connection()).await?;
            if !matches!(&change, CredentialChange::Rename(_)) {
                wake_workspaces(&mut writing, &scope).await?;
            }
            let record = stored(&mut writing, id).await?;
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(CredentialChanged::Changed(record))
        })
        .await
    }

    /// Deletes a credential: the sealed secret is emptied, the row stays for its history. `false`: there is
    /// no such credential.
    pub async fn delete(self, id: CredentialId, audit: AuditEntry) -> Stored<bool> {
        doing("delete a credential", async {
            let mut writing = self.0.write().await?;
            let Some((scope, _)) = held(self.0, &mut writing, id).await? else {
                return Ok(false);
            };
            query(
                "UPDATE credentials SET deleted_at = $2, chosen = FALSE, secret_key_id = '', \
                 secret_wrapped_key = '', secret_ciphertext = '', version = version + 1 WHERE id \
                 = $1",
            )
            .bind(id)
            .bind(audit.at)
            .execute(writing.connection())
            .await?;
            wake_workspaces(&mut writing, &scope).await?;
            writing.append(&audit).await?;
            writing.commit().await?;
            Ok(true)
        })
        .await
    }
}

/// The credential as it is in this transaction.
async fn stored(
    writing: &mut Writing<'_>,
    id: CredentialId,
) -> Result<Box<CredentialRecord>, Cause> {
    let record = super::one(writing.connection(), id).await?;
    Ok(Box::new(record.ok_or("the credential is not there")?))
}

/// Unsets the default of the scope. See [`lock_tenant`].
async fn unset_default(connection: &mut Transaction, scope: &Scope) -> Result<(), Cause> {
    query(
        "UPDATE credentials SET chosen = FALSE WHERE chosen = TRUE AND deleted_at IS NULL \
         AND tenant_id = $1 AND provider = $2 \
         AND environment_id IS NOT DISTINCT FROM $3",
    )
    .bind(scope.tenant)
    .bind(scope.provider.clone())
    .bind(scope.environment)
    .execute(connection)
    .await?;
    Ok(())
}

/// Without the lock, two transactions that set a default at once would not see each other's.
async fn lock_tenant(
    database: &Database,
    connection: &mut Transaction,
    tenant: TenantId,
) -> Result<(), Cause> {
    let mut sql = Sql::new("SELECT id FROM tenants WHERE id = ");
    sql.bind(tenant).push(database.dialect().lock_rows());
    sql.query().fetch_optional(connection).await?;
    Ok(())
}

async fn is_chosen(connection: &mut Transaction, scope: &Scope) -> Result<bool, Cause> {
    let found = query(
        "SELECT id FROM credentials WHERE chosen = TRUE AND deleted_at IS NULL AND tenant_id = $1 \
         AND provider = $2 AND environment_id IS NOT DISTINCT FROM $3",
    )
    .bind(scope.tenant)
    .bind(scope.provider.clone())
    .bind(scope.environment)
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

async fn name_taken(
    connection: &mut Transaction,
    scope: &Scope,
    name: &str,
    other_than: CredentialId,
) -> Result<bool, Cause> {
    let found = query(
        "SELECT id FROM credentials WHERE tenant_id = $1 AND provider = $2 AND name_folded = $3 \
         AND deleted_at IS NULL AND id <> $4",
    )
    .bind(scope.tenant)
    .bind(scope.provider.clone())
    .bind(name.to_lowercase())
    .bind(other_than)
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// The workspaces of the scope check at once which clouds they can use.
async fn wake_workspaces(writing: &mut Writing<'_>, scope: &Scope) -> Result<(), Cause> {
    let mut sql = Sql::new("UPDATE workspaces SET checked_at = NULL, wakes = wakes + 1, due_at = ");
    sql.bind(AT_ONCE)
        .push(" WHERE tenant_id = ")
        .bind(scope.tenant);
    if let Some(environment) = scope.environment {
        sql.push(" AND environment_id = ").bind(environment);
    }
    let woken = sql.query().execute(writing.connection()).await?;
    if woken > 0 {
        writing.announce(Change::WorkDue);
    }
    Ok(())
}

/// The scope and the row of a credential, locked until the transaction ends.
async fn held(
    database: &Database,
    writing: &mut Writing<'_>,
    id: CredentialId,
) -> Result<Option<(Scope, Row)>, Cause> {
    let found = query("SELECT tenant_id FROM credentials WHERE id = $1")
        .bind(id)
        .fetch_optional(writing.connection())
        .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let tenant = crate::rows::id(&found, "tenant_id")?;
    lock_tenant(database, writing.connection(), tenant).await?;
    let mut sql = Sql::new("SELECT * FROM credentials WHERE deleted_at IS NULL AND id = ");
    sql.bind(id).push(database.dialect().lock_rows());
    let Some(row) = sql.query().fetch_optional(writing.connection()).await? else {
        return Ok(None);
    };
    let scope = Scope {
        tenant,
        environment: optional_id(&row, "environment_id")?,
        provider: text(&row, "provider")?,
    };
    Ok(Some((scope, row)))
}
