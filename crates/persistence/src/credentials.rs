//! The vault's rows.

use crate::{
    Cause, audit,
    claims::AT_ONCE,
    database::Database,
    rows::{
        self, json, number, optional_json, optional_text, optional_time, text, time, truth, word,
    },
    sql::Sql,
    transaction::{Writing, doing},
};
use async_trait::async_trait;
use domain::{
    credential::{CheckResult, Provider},
    ids::{CredentialId, EnvironmentId, TenantId},
};
use provisioning::{
    audit::{AuditAction, AuditEntry},
    ports::{
        changes::Change,
        credential_stores::{
            CredentialChange, CredentialChanged, CredentialCreated, CredentialRecord,
            CredentialStore, NewCredential, PastChange,
        },
        sealing::Sealed,
        stores::Stored,
    },
};
use sqlx::{AnyConnection, any::AnyRow};

const SELECT: &str = "SELECT c.*, t.slug AS tenant_slug, t.name AS tenant_name, \
    e.slug AS environment_slug, e.name AS environment_name FROM credentials c \
    JOIN tenants t ON t.id = c.tenant_id LEFT JOIN environments e ON e.id = c.environment_id \
    WHERE c.deleted_at IS NULL ";

/// What counts a version up.
const CHANGES: [AuditAction; 4] = [
    AuditAction::ReplaceCredential,
    AuditAction::RenameCredential,
    AuditAction::SuspendCredential,
    AuditAction::RestoreCredential,
];

#[async_trait]
impl CredentialStore for Database {
    async fn credentials(&self, tenant: TenantId) -> Stored<Vec<CredentialRecord>> {
        doing("list credentials", async {
            let mut sql = Sql::new(SELECT);
            sql.push("AND c.tenant_id = ").bind(tenant.to_string());
            sql.push(
                " ORDER BY c.provider, e.name_folded IS NOT NULL, e.name_folded, c.name_folded",
            );
            let rows = sql.query().fetch_all(self.readers()).await?;
            rows.iter().map(from_row).collect()
        })
        .await
    }

    async fn credential(&self, id: CredentialId) -> Stored<Option<CredentialRecord>> {
        doing("read a credential", async {
            let mut sql = Sql::new(SELECT);
            sql.push("AND c.id = ").bind(id.to_string());
            let row = sql.query().fetch_optional(self.readers()).await?;
            row.as_ref().map(from_row).transpose()
        })
        .await
    }

    async fn chosen_credential(
        &self,
        tenant: TenantId,
        environment: EnvironmentId,
        provider: Provider,
    ) -> Stored<Option<CredentialRecord>> {
        doing("find the credential that is taken", async {
            let mut sql = Sql::new(SELECT);
            sql.push("AND c.chosen = 1 AND c.tenant_id = ")
                .bind(tenant.to_string())
                .push(" AND c.provider = ")
                .bind(provider.as_str())
                .push(" AND (c.environment_id IS NULL OR c.environment_id = ")
                .bind(environment.to_string())
                .push(") ORDER BY c.environment_id IS NULL LIMIT 1");
            let row = sql.query().fetch_optional(self.readers()).await?;
            row.as_ref().map(from_row).transpose()
        })
        .await
    }

    async fn create_credential(
        &self,
        new: NewCredential,
        audit: AuditEntry,
    ) -> Stored<CredentialCreated> {
        doing("store a credential", create(self, &new, &audit)).await
    }

    async fn change_credential(
        &self,
        id: CredentialId,
        version: Option<i64>,
        change: CredentialChange,
        audit: AuditEntry,
    ) -> Stored<CredentialChanged> {
        doing(
            "change a credential",
            change_one(self, id, version, &change, &audit),
        )
        .await
    }

    async fn delete_credential(&self, id: CredentialId, audit: AuditEntry) -> Stored<bool> {
        doing("delete a credential", delete(self, id, &audit)).await
    }

    async fn note_credential_use(
        &self,
        id: CredentialId,
        fingerprint: &str,
        audit: AuditEntry,
    ) -> Stored<bool> {
        doing("count the use of a credential", async {
            let mut writing = self.write().await?;
            let counted = sqlx::query(
                "UPDATE credentials SET uses = uses + 1, last_used_at = $3 \
                 WHERE id = $1 AND fingerprint = $2 AND suspended = 0 AND deleted_at IS NULL",
            )
            .bind(id.to_string())
            .bind(fingerprint.to_owned())
            .bind(audit.at.as_microsecond())
            .execute(writing.connection())
            .await?;
            finish(writing, counted.rows_affected() == 1, &audit).await
        })
        .await
    }

    async fn keep_check(
        &self,
        id: CredentialId,
        fingerprint: &str,
        result: &CheckResult,
        audit: AuditEntry,
    ) -> Stored<bool> {
        doing("keep what a provider said of a credential", async {
            let mut writing = self.write().await?;
            let kept = sqlx::query(
                "UPDATE credentials SET last_checked_at = $3, check_result = $4 \
                 WHERE id = $1 AND fingerprint = $2 AND deleted_at IS NULL",
            )
            .bind(id.to_string())
            .bind(fingerprint.to_owned())
            .bind(audit.at.as_microsecond())
            .bind(serde_json::to_string(result)?.replace("\\u0000", ""))
            .execute(writing.connection())
            .await?;
            finish(writing, kept.rows_affected() == 1, &audit).await
        })
        .await
    }

    async fn credential_changes(&self, id: CredentialId, count: u32) -> Stored<Vec<PastChange>> {
        doing("read what was changed of a credential", async {
            let mut sql = Sql::new("SELECT who, at, changes FROM audit_entries WHERE target = ");
            sql.bind(format!("credential/{id}"))
                .push(" AND outcome = 'done' AND action IN ")
                .bind_list(CHANGES.map(AuditAction::as_str))
                .push(" ORDER BY sequence DESC LIMIT ")
                .bind(i64::from(count));
            let rows = sql.query().fetch_all(self.readers()).await?;
            rows.iter().map(past_change).collect()
        })
        .await
    }
}

fn from_row(row: &AnyRow) -> Result<CredentialRecord, Cause> {
    let environment = match optional_text(row, "environment_id")? {
        Some(_) => Some(rows::environment(row)?),
        None => None,
    };
    Ok(CredentialRecord {
        id: word(row, "id")?,
        tenant: rows::tenant(row)?,
        environment,
        provider: word(row, "provider")?,
        name: text(row, "name")?,
        chosen: truth(row, "chosen")?,
        suspended: truth(row, "suspended")?,
        facts: json(row, "facts")?,
        fingerprint: text(row, "fingerprint")?,
        sealed: Sealed {
            key_id: text(row, "secret_key_id")?,
            wrapped_key: text(row, "secret_wrapped_key")?,
            ciphertext: text(row, "secret_ciphertext")?,
        },
        created_by: text(row, "created_by_name")?,
        created_at: time(row, "created_at")?,
        replaced_at: optional_time(row, "replaced_at")?,
        uses: u64::try_from(number(row, "uses")?)?,
        last_used_at: optional_time(row, "last_used_at")?,
        last_checked_at: optional_time(row, "last_checked_at")?,
        check: optional_json(row, "check_result")?,
        version: number(row, "version")?,
    })
}

fn past_change(row: &AnyRow) -> Result<PastChange, Cause> {
    Ok(PastChange {
        who: text(row, "who")?,
        at: time(row, "at")?,
        changes: optional_json(row, "changes")?.unwrap_or_default(),
    })
}

/// Writes the audit entry and commits, if something was done.
async fn finish(mut writing: Writing<'_>, done: bool, audit: &AuditEntry) -> Result<bool, Cause> {
    if done {
        audit::append(writing.connection(), audit).await?;
        writing.commit().await?;
    }
    Ok(done)
}

/// What a credential goes for.
struct Scope {
    tenant: String,
    environment: Option<String>,
    provider: String,
}

/// Takes the choice from the one of the scope that has it. Writers of one tenant come one after the other: see
/// [`lock_tenant`].
async fn choose_none(connection: &mut AnyConnection, scope: &Scope) -> Result<(), Cause> {
    sqlx::query(
        "UPDATE credentials SET chosen = 0 WHERE chosen = 1 AND deleted_at IS NULL \
         AND tenant_id = $1 AND provider = $2 \
         AND COALESCE(environment_id, '') = COALESCE($3, '')",
    )
    .bind(scope.tenant.clone())
    .bind(scope.provider.clone())
    .bind(scope.environment.clone())
    .execute(connection)
    .await?;
    Ok(())
}

/// Two who choose at the same time would each find what the other has not written yet.
async fn lock_tenant(
    database: &Database,
    connection: &mut AnyConnection,
    tenant: &str,
) -> Result<(), Cause> {
    let mut sql = Sql::new("SELECT id FROM tenants WHERE id = ");
    sql.bind(tenant).push(database.dialect().lock_rows());
    sql.query().fetch_optional(connection).await?;
    Ok(())
}

async fn create(
    database: &Database,
    new: &NewCredential,
    audit: &AuditEntry,
) -> Result<CredentialCreated, Cause> {
    let scope = Scope {
        tenant: new.tenant_id.to_string(),
        environment: new.environment_id.map(|id| id.to_string()),
        provider: new.provider.as_str().to_owned(),
    };
    let mut writing = database.write().await?;
    lock_tenant(database, writing.connection(), &scope.tenant).await?;
    let known = sqlx::query("SELECT id FROM credentials WHERE id = $1")
        .bind(new.id.to_string())
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
    sqlx::query(
        "INSERT INTO credentials (id, tenant_id, environment_id, provider, name, name_folded, \
         chosen, suspended, facts, fingerprint, secret_key_id, secret_wrapped_key, \
         secret_ciphertext, created_by, created_by_name, created_at, uses, version) VALUES \
         ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12, $13, $14, $15, 0, 1)",
    )
    .bind(new.id.to_string())
    .bind(scope.tenant.clone())
    .bind(scope.environment.clone())
    .bind(scope.provider.clone())
    .bind(new.name.clone())
    .bind(new.name.to_lowercase())
    .bind(i64::from(chosen))
    .bind(serde_json::to_string(&secret.facts)?)
    .bind(secret.fingerprint.clone())
    .bind(secret.sealed.key_id.clone())
    .bind(secret.sealed.wrapped_key.clone())
    .bind(secret.sealed.ciphertext.clone())
    .bind(new.created_by.map(|id| id.to_string()))
    .bind(new.created_by_name.clone())
    .bind(new.at.as_microsecond())
    .execute(writing.connection())
    .await?;
    wake_workspaces(&mut writing, &scope).await?;
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(CredentialCreated::Created)
}

async fn is_chosen(connection: &mut AnyConnection, scope: &Scope) -> Result<bool, Cause> {
    let found = sqlx::query(
        "SELECT id FROM credentials WHERE chosen = 1 AND deleted_at IS NULL AND tenant_id = $1 \
         AND provider = $2 AND COALESCE(environment_id, '') = COALESCE($3, '')",
    )
    .bind(scope.tenant.clone())
    .bind(scope.provider.clone())
    .bind(scope.environment.clone())
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

async fn name_taken(
    connection: &mut AnyConnection,
    scope: &Scope,
    name: &str,
    besides: CredentialId,
) -> Result<bool, Cause> {
    let found = sqlx::query(
        "SELECT id FROM credentials WHERE tenant_id = $1 AND provider = $2 AND name_folded = $3 \
         AND deleted_at IS NULL AND id <> $4",
    )
    .bind(scope.tenant.clone())
    .bind(scope.provider.clone())
    .bind(name.to_lowercase())
    .bind(besides.to_string())
    .fetch_optional(connection)
    .await?;
    Ok(found.is_some())
}

/// What may be used has changed: the workspaces ask anew at once, however lately they have asked.
async fn wake_workspaces(writing: &mut Writing<'_>, scope: &Scope) -> Result<(), Cause> {
    let mut sql = Sql::new("UPDATE workspaces SET checked_at = NULL, wakes = wakes + 1, due_at = ");
    sql.bind(AT_ONCE)
        .push(" WHERE tenant_id = ")
        .bind(scope.tenant.as_str());
    if let Some(environment) = &scope.environment {
        sql.push(" AND environment_id = ")
            .bind(environment.as_str());
    }
    let woken = sql.query().execute(writing.connection()).await?;
    if woken.rows_affected() > 0 {
        writing.announce(Change::WorkDue);
    }
    Ok(())
}

/// The scope and version of a credential that is there, which stays so until the transaction ends.
async fn held(
    database: &Database,
    writing: &mut Writing<'_>,
    id: CredentialId,
) -> Result<Option<(Scope, AnyRow)>, Cause> {
    let found = sqlx::query("SELECT tenant_id FROM credentials WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(writing.connection())
        .await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let tenant = text(&found, "tenant_id")?;
    lock_tenant(database, writing.connection(), &tenant).await?;
    let mut sql = Sql::new("SELECT * FROM credentials WHERE deleted_at IS NULL AND id = ");
    sql.bind(id.to_string())
        .push(database.dialect().lock_rows());
    let Some(row) = sql.query().fetch_optional(writing.connection()).await? else {
        return Ok(None);
    };
    let scope = Scope {
        tenant,
        environment: optional_text(&row, "environment_id")?,
        provider: text(&row, "provider")?,
    };
    Ok(Some((scope, row)))
}

async fn change_one(
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
                .bind(serde_json::to_string(&secret.facts)?)
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
                .bind(audit.at.as_microsecond());
        }
        CredentialChange::Rename(name) => {
            if text(&row, "name")? == *name {
                return Ok(CredentialChanged::Unchanged);
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
                return Ok(CredentialChanged::Unchanged);
            }
            choose_none(writing.connection(), &scope).await?;
            sql.push("chosen = 1");
        }
        CredentialChange::Suspend(suspended) => {
            if truth(&row, "suspended")? == *suspended {
                return Ok(CredentialChanged::Unchanged);
            }
            sql.push("suspended = ").bind(i64::from(*suspended));
        }
    }
    sql.push(" WHERE id = ").bind(id.to_string());
    sql.query().execute(writing.connection()).await?;
    if !matches!(change, CredentialChange::Rename(_)) {
        wake_workspaces(&mut writing, &scope).await?;
    }
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(CredentialChanged::Changed)
}

async fn delete(database: &Database, id: CredentialId, audit: &AuditEntry) -> Result<bool, Cause> {
    let mut writing = database.write().await?;
    let Some((scope, _)) = held(database, &mut writing, id).await? else {
        return Ok(false);
    };
    sqlx::query(
        "UPDATE credentials SET deleted_at = $2, chosen = 0, secret_key_id = '', \
         secret_wrapped_key = '', secret_ciphertext = '', version = version + 1 WHERE id = $1",
    )
    .bind(id.to_string())
    .bind(audit.at.as_microsecond())
    .execute(writing.connection())
    .await?;
    wake_workspaces(&mut writing, &scope).await?;
    audit::append(writing.connection(), audit).await?;
    writing.commit().await?;
    Ok(true)
}
