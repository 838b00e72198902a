//! The vault's rows.

use crate::{
    Cause, audit,
    audit_records::AuditEntry,
    connection::Executor,
    credential_changes,
    credential_records::{
        CredentialChange, CredentialChanged, CredentialCreated, CredentialRecord, NewCredential,
        PastChange,
    },
    error::Stored,
    handles::Credentials,
    rows::{
        self, Row, id, json, number, optional_id, optional_json, optional_time, text, time, truth,
        word,
    },
    sealed::Sealed,
    sql::{Sql, json_value, query},
    transaction::doing,
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

/// What counts a version up.
const CHANGES: [AuditAction; 4] = [
    AuditAction::ReplaceCredential,
    AuditAction::RenameCredential,
    AuditAction::SuspendCredential,
    AuditAction::RestoreCredential,
];

impl Credentials<'_> {
    /// Those of a tenant, by provider, environment and name.
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

    /// One that has not been deleted.
    pub async fn get(self, id: CredentialId) -> Stored<Option<CredentialRecord>> {
        doing("read a credential", async {
            one(self.0.readers(), id).await
        })
        .await
    }

    /// The one that is taken for an environment: its own, or else that of the whole tenant. One that is suspended is
    /// answered too: nothing takes its place.
    pub async fn chosen(
        self,
        tenant: TenantId,
        environment: EnvironmentId,
        provider: Provider,
    ) -> Stored<Option<CredentialRecord>> {
        doing("find the credential that is taken", async {
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

    /// Stores a credential.
    pub async fn create(self, new: NewCredential, audit: AuditEntry) -> Stored<CredentialCreated> {
        doing(
            "store a credential",
            credential_changes::create(self.0, &new, &audit),
        )
        .await
    }

    /// Changes a credential, if it is as in `version` (where one is named).
    pub async fn change(
        self,
        id: CredentialId,
        version: Option<i64>,
        change: CredentialChange,
        audit: AuditEntry,
    ) -> Stored<CredentialChanged> {
        doing(
            "change a credential",
            credential_changes::change_one(self.0, id, version, &change, &audit),
        )
        .await
    }

    /// Deletes a credential: its row stays for its history, the sealed secret is emptied. `false`: it is not there.
    pub async fn delete(self, id: CredentialId, audit: AuditEntry) -> Stored<bool> {
        doing(
            "delete a credential",
            credential_changes::delete(self.0, id, &audit),
        )
        .await
    }

    /// Counts a use, and writes its audit entry. `false`, and nothing written: it is suspended, deleted or replaced
    /// since it was read with `sealed`.
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
            credential_changes::finish(writing, counted == 1, &audit).await
        })
        .await
    }

    /// Keeps what its provider said, with the audit entry. `false`: it is not there any more, or was replaced since.
    pub async fn record_check(
        self,
        id: CredentialId,
        fingerprint: &str,
        result: &CheckResult,
        audit: AuditEntry,
    ) -> Stored<bool> {
        doing("keep what a provider said of a credential", async {
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
            credential_changes::finish(writing, kept == 1, &audit).await
        })
        .await
    }

    /// The last `count` changes of a credential, newest first: uses and checks are none.
    pub async fn changes(self, id: CredentialId, count: u32) -> Stored<Vec<PastChange>> {
        doing("read what was changed of a credential", async {
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
