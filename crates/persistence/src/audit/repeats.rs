//! Refusals that repeat within a minute are one entry with a count, so that a user cannot fill the log with them. The
//! counts are beside the chain: they change, and entries never do.

use crate::{
    Cause,
    audit_records::AuditEntry,
    digest::sha256,
    error::Stored,
    handles::Audit,
    rows::{id, number},
    sql::query,
    transaction::{Writing, doing},
};
use domain::{audit::AuditAction, ids::AuditId};
use jiff::SignedDuration;

/// How long a refusal is counted with the first one.
const TOGETHER: SignedDuration = SignedDuration::from_mins(1);
/// Different refusals of one user in that time that get entries of their own. More are told apart by action and tenant
/// only.
const DIFFERENT: i64 = 30;

impl Audit<'_> {
    /// Appends the entry of a refusal, or counts the refusal with the same one of the last minute.
    pub async fn append_refusal(self, entry: AuditEntry) -> Stored<()> {
        doing("write an audit entry of a refusal", async {
            let mut writing = self.0.write().await?;
            let entry = match is_flood(&mut writing, &entry).await? {
                true => rough(entry),
                false => entry,
            };
            if count(&mut writing, &entry).await? == entry.id {
                writing.append(&entry).await?;
            }
            writing.commit().await
        })
        .await
    }
}

/// Counts a refusal. Returns the entry with which it is counted, which is its own if it is the first.
async fn count(writing: &mut Writing<'_>, entry: &AuditEntry) -> Result<AuditId, Cause> {
    let fingerprint = fingerprint(entry)?;
    query("UPDATE audit_repeats SET fingerprint = NULL WHERE fingerprint = $1 AND first_at <= $2")
        .bind(fingerprint.clone())
        .bind(entry.at - TOGETHER)
        .execute(writing.connection())
        .await?;
    let row = query(
        "INSERT INTO audit_repeats (entry_id, user_id, fingerprint, first_at, last_at, times) \
         VALUES ($1, $2, $3, $4, $5, 1) ON CONFLICT (fingerprint) DO UPDATE \
         SET times = audit_repeats.times + 1, last_at = excluded.last_at RETURNING entry_id",
    )
    .bind(entry.id)
    .bind(entry.user_id)
    .bind(fingerprint)
    .bind(entry.at)
    .bind(entry.at)
    .fetch_one(writing.connection())
    .await?;
    id(&row, "entry_id")
}

/// Whether the user was refused many different things within the last minute.
async fn is_flood(writing: &mut Writing<'_>, entry: &AuditEntry) -> Result<bool, Cause> {
    let row = query(
        "SELECT COUNT(*) AS different FROM audit_repeats WHERE user_id = $1 AND first_at > $2",
    )
    .bind(entry.user_id)
    .bind(entry.at - TOGETHER)
    .fetch_one(writing.connection())
    .await?;
    Ok(number(&row, "different")? >= DIFFERENT)
}

/// The entry for refusals of an action in a tenant, whatever the target.
fn rough(entry: AuditEntry) -> AuditEntry {
    AuditEntry {
        target: kind(&entry.target).to_owned(),
        target_name: String::new(),
        source: None,
        detail: Some(
            "refused for many targets: repeats of this entry can be about other targets".into(),
        ),
        changes: Vec::new(),
        ..entry
    }
}

/// What makes two refusals the same.
fn fingerprint(entry: &AuditEntry) -> Result<String, Cause> {
    // Each attempt to create one of these has a new id.
    let target = match entry.action {
        AuditAction::CreateTenant
        | AuditAction::CreateEnvironment
        | AuditAction::CreateCredential
        | AuditAction::Invite => kind(&entry.target),
        _ => &entry.target,
    };
    Ok(sha256(serde_json::to_vec(&(
        entry.user_id,
        &entry.who,
        &entry.channel,
        &entry.source,
        entry.action.as_str(),
        entry.tenant_id,
        target,
        &entry.target_name,
        &entry.detail,
    ))?))
}

fn kind(target: &str) -> &str {
    target.split('/').next().unwrap_or_default()
}
