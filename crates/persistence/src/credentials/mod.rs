//! Tenants' cloud credentials, as the vault stores them.

mod changes;
mod sealed_rows;

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    connection::Executor,
    credential_records::{CredentialRecord, PastChange},
    error::Stored,
    handles::Credentials,
    rows::{
        self, Row, id, json, number, optional_id, optional_json, optional_time, text, time, truth,
        word,
    },
    sealed::Sealed,
    sql::{Sql, json_value, query},
    transaction::{Writing, doing},
};
use domain::{
    audit::AuditAction,
    credential::{CheckResult, Provider},
    ids::{CredentialId, EnvironmentId, TenantId},
};
use uuid::Uuid;

const SELECT: &str = "SELECT c.*, t.slug AS tenant_slug, t.name AS tenant_name, \
    e.slug AS environment_slug, e.name AS environment_name FROM credentials c \
    JOIN tenants t ON t.id = c.tenant_id LEFT JOIN environments e ON e.id = c.environment_id \
    WHERE c.deleted_at IS NULL ";

/// The actions that change a credential's version.
const CHANGES: [AuditAction; 4] = [
    AuditAction::ReplaceCredential,
    AuditAction::RenameCredential,
    AuditAction::SuspendCredential,
    AuditAction::RestoreCredential,
];

impl Credentials<'_> {
    /// The credentials of a tenant, by provider, environment and name.
    pub async fn list(self, tenant: TenantId) -> Stored<Vec<CredentialRecord>> {
        doing("list credentials", async {
            let mut sql = Sql::new(SELECT);
            sql.push("AND c.tenant_id = ").bind(tenant);
            sql.push(
                " ORDER BY c.provider, e.name_folded IS NOT NULL, e.name_folded, c.name_folded",
            );
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter().map(from_row).collect()
        })
        .await
    }

    pub async fn get(self, id: CredentialId) -> Stored<Option<CredentialRecord>> {
        doing("read a credential", async {
            one(self.0.readers(), id).await
        })
        .await
    }

    /// The default of a provider for an environment: the environment's own, or else the tenant's. A suspended
    /// default is returned too: no other takes its place.
    pub async fn chosen(
        self,
        tenant: TenantId,
        environment: EnvironmentId,
        provider: Provider,
    ) -> Stored<Option<CredentialRecord>> {
        doing("find the default credential", async {
            let mut sql = Sql::new(SELECT);
            sql.push("AND c.chosen = TRUE AND c.tenant_id = ")
                .bind(tenant)
                .push(" AND c.provider = ")
                .bind(provider.as_str())
                .push(" AND (c.environment_id IS NULL OR c.environment_id = ")
                .bind(environment)
                .push(") ORDER BY c.environment_id IS NULL LIMIT 1");
            let row = sql.query().fetch_optional(self.0.readers()).await?;
            row.as_ref().map(from_row).transpose()
        })
        .await
    }

    /// Counts a use, with the audit entry. `false`, with nothing written: the credential is suspended, deleted, or no
    /// longer has this `fingerprint`.
    pub async fn note_use(
        self,
        id: CredentialId,
        fingerprint: &str,
        audit: AuditEntry,
    ) -> Stored<bool> {
        doing("count the use of a credential", async {
            let mut writing = self.0.write().await?;
            let counted = query(
                "UPDATE credentials SET uses = uses + 1, last_used_at = $3 \
                 WHERE id = $1 AND fingerprint = $2 AND suspended = FALSE AND deleted_at IS NULL",
            )
            .bind(id)
            .bind(fingerprint.to_owned())
            .bind(audit.at)
            .execute(writing.connection())
            .await?;
            finish(writing, counted == 1, &audit).await
        })
        .await
    }

    /// Stores the result of a check, with the audit entry. `false`: the credential was deleted or no longer has this
    /// `fingerprint`.
    pub async fn record_check(
        self,
        id: CredentialId,
        fingerprint: &str,
        result: &CheckResult,
        audit: AuditEntry,
    ) -> Stored<bool> {
        doing("store the check of a credential", async {
            let mut writing = self.0.write().await?;
            let kept = query(
                "UPDATE credentials SET last_checked_at = $3, check_result = $4 \
                 WHERE id = $1 AND fingerprint = $2 AND deleted_at IS NULL",
            )
            .bind(id)
            .bind(fingerprint.to_owned())
            .bind(audit.at)
            .bind(json_value(result)?)
            .execute(writing.connection())
            .await?;
            finish(writing, kept == 1, &audit).await
        })
        .await
    }

    /// The last `count` changes of a credential, newest first, without uses and checks.
    pub async fn changes(self, id: CredentialId, count: u32) -> Stored<Vec<PastChange>> {
        doing("read the changes of a credential", async {
            let mut sql = Sql::new("SELECT who, at, changes FROM audit_entries WHERE target = ");
            sql.bind(format!("credential/{id}"))
                .push(" AND outcome = 'done' AND action IN ")
                .bind_list(CHANGES.map(AuditAction::as_str))
                .push(" ORDER BY sequence DESC LIMIT ")
                .bind(i64::from(count));
            let rows = sql.query().fetch_all(self.0.readers()).await?;
            rows.iter().map(past_change).collect()
        })
        .await
    }
}

/// One that has not been deleted.
pub(crate) async fn one<'e>(
    connection: impl Into<Executor<'e>>,
    id: CredentialId,
) -> Result<Option<CredentialRecord>, Cause> {
    let mut sql = Sql::new(SELECT);
    sql.push("AND c.id = ").bind(id);
    let row = sql.query().fetch_optional(connection).await?;
    row.as_ref().map(from_row).transpose()
}

/// Writes the audit entry and commits, if something was done.
async fn finish(mut writing: Writing<'_>, done: bool, audit: &AuditEntry) -> Result<bool, Cause> {
    if done {
        writing.append(audit).await?;
        writing.commit().await?;
    }
    Ok(done)
}

fn from_row(row: &Row) -> Result<CredentialRecord, Cause> {
    let environment = match optional_id::<Uuid>(row, "environment_id")? {
        Some(_) => Some(rows::environment(row)?),
        None => None,
    };
    Ok(CredentialRecord {
        id: id(row, "id")?,
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

fn past_change(row: &Row) -> Result<PastChange, Cause> {
    Ok(PastChange {
        who: text(row, "who")?,
        at: time(row, "at")?,
        changes: audit::changes(row)?,
    })
}
