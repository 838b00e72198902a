//! What is done to the vault's rows.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    change::Change,
    claims::AT_ONCE,
    connection::Transaction,
    credential_records::{
        CredentialChange, CredentialChanged, CredentialCreated, CredentialRecord, NewCredential,
    },
    credentials,
    database::Database,
    rows::{Row, number, optional_id, text, truth},
    sql::{Sql, json_value, query},
    transaction::Writing,
};
use domain::ids::{CredentialId, EnvironmentId, TenantId};

/// Writes the audit entry and commits, if something was done.
pub(crate) async fn finish(
    mut writing: Writing<'_>,
    done: bool,
    audit: &AuditEntry,
) -> Result<bool, Cause> {
    if done {
        audit::append(writing.connection(), audit).await?;
        writing.commit().await?;
    }
    Ok(done)
}

/// What a credential goes for.
struct Scope {
    tenant: TenantId,
    environment: Option<EnvironmentId>,
    provider: String,
}

/// Takes the choice from the one of the scope that has it. Writers of one tenant come one after the other: see
/// [`lock_tenant`].
async fn choose_none(connection: &mut Transaction, scope: &Scope) -> Result<(), Cause> {
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

/// Two who choose at the same time would each find what the other has not written yet.
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

pub(crate) async fn create(
    database: &Database,
    new: &NewCredential,
    audit: &AuditEntry,
) -> Result<CredentialCreated, Cause> {
    let scope = Scope {
        tenant: new.tenant_id,
        environment: new.environment_id,
        provider: new.provider.as_str().to_owned(),
    };
    let mut writing = database.write().await?;
    lock_tenant(database, writing.connection(), scope.tenant).await?;
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
        choose_none(writing.connection(), &scope).await?;
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
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(CredentialCreated::Created(record))
}

/// The credential as it is in this transaction.
async fn stored(
    writing: &mut Writing<'_>,
    id: CredentialId,
) -> Result<Box<CredentialRecord>, Cause> {
    let record = credentials::one(writing.connection(), id).await?;
    Ok(Box::new(record.ok_or("the credential is not there")?))
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
    besides: CredentialId,
) -> Result<bool, Cause> {
    let found = query(
        "SELECT id FROM credentials WHERE tenant_id = $1 AND provider = $2 AND name_folded = $3 \
         AND deleted_at IS NULL AND id <> $4",
    )
    .bind(scope.tenant)
    .bind(scope.provider.clone())
    .bind(name.to_lowercase())
    .bind(besides)
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// What may be used has changed: the workspaces ask anew at once, however lately they have asked.
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

/// The scope and version of a credential that is there, which stays so until the transaction ends.
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

pub(crate) async fn change_one(
    database: &Database,
    id: CredentialId,
    version: Option<i64>,
    change: &CredentialChange,
    audit: &AuditEntry,
) -> Result<CredentialChanged, Cause> {
    let mut writing = database.write().await?;
    let Some((scope, row)) = held(database, &mut writing, id).await? else {
        return Ok(CredentialChanged::Gone);
    };
    if version.is_some_and(|seen| number(&row, "version").is_ok_and(|now| now != seen)) {
        return Ok(CredentialChanged::Stale);
    }
    let mut sql = Sql::new("UPDATE credentials SET version = version + 1, ");
    match change {
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
                // What was said was said of another secret.
                .push(", last_checked_at = NULL, check_result = NULL, replaced_at = ")
                .bind(audit.at);
        }
        CredentialChange::Rename(name) => {
            if text(&row, "name")? == *name {
                return Ok(CredentialChanged::Unchanged(
                    stored(&mut writing, id).await?,
                ));
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
                return Ok(CredentialChanged::Unchanged(
                    stored(&mut writing, id).await?,
                ));
            }
            choose_none(writing.connection(), &scope).await?;
            sql.push("chosen = TRUE");
        }
        CredentialChange::Suspend(suspended) => {
            if truth(&row, "suspended")? == *suspended {
                return Ok(CredentialChanged::Unchanged(
                    stored(&mut writing, id).await?,
                ));
            }
            sql.push("suspended = ").bind(*suspended);
        }
    }
    sql.push(" WHERE id = ").bind(id);
    sql.query().execute(writing.connection()).await?;
    if !matches!(change, CredentialChange::Rename(_)) {
        wake_workspaces(&mut writing, &scope).await?;
    }
    let record = stored(&mut writing, id).await?;
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(CredentialChanged::Changed(record))
}

pub(crate) async fn delete(
    database: &Database,
    id: CredentialId,
    audit: &AuditEntry,
) -> Result<bool, Cause> {
    let mut writing = database.write().await?;
    let Some((scope, _)) = held(database, &mut writing, id).await? else {
        return Ok(false);
    };
    query(
        "UPDATE credentials SET deleted_at = $2, chosen = FALSE, secret_key_id = '', \
         secret_wrapped_key = '', secret_ciphertext = '', version = version + 1 WHERE id = $1",
    )
    .bind(id)
    .bind(audit.at)
    .execute(writing.connection())
    .await?;
    wake_workspaces(&mut writing, &scope).await?;
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(true)
}
