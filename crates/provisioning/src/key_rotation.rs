//! Rewraps every sealed secret under the current key, and signs the heads of the audit log with it, while the portal runs. The secrets under other keys are what is
//! left to do, so a rotation that was stopped continues where it was.

use crate::ports::sealing::{Sealed, Sealer};
use domain::{
    audit::{AuditAction, AuditOutcome},
    caller::Caller,
    error::causes,
};
use jiff::Timestamp;
use persistence::{
    Database,
    audit_records::AuditEntry,
    credential_records::{KeyUse, SealedKind, SealedRow},
    error::StoreError,
};
use std::sync::Arc;
use uuid::Uuid;

/// How many are read, wrapped and written at a time.
const BATCH: u32 = 100;

/// What has been done so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RotationReport {
    pub done: u64,
    /// Heads of the audit log that are now signed with the current key.
    pub heads: u64,
    /// Changed by somebody else meanwhile, and so under the current key by now.
    pub skipped: u64,
    /// Left as they were: what, and why. Never a secret.
    pub failed: Vec<String>,
}

/// A rotation to the current key.
pub struct KeyRotation {
    db: Database,
    sealer: Arc<dyn Sealer>,
}

impl KeyRotation {
    /// To the current key of `sealer`.
    pub fn new(db: Database, sealer: Arc<dyn Sealer>) -> Self {
        Self { db, sealer }
    }

    /// How much lies under which key.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn status(&self) -> Result<Vec<KeyUse>, StoreError> {
        self.db.sealed_rows().keys_in_use().await
    }

    /// Wraps everything anew that is not under the current key, telling `progress` after each batch, until done or until
    /// `go_on` says no. Then it is recorded.
    ///
    /// # Errors
    /// If the database fails; what has been done is done.
    pub async fn run(
        &self,
        caller: &Caller,
        mut progress: impl FnMut(&RotationReport) + Send,
        go_on: impl Fn() -> bool + Send,
    ) -> Result<RotationReport, StoreError> {
        let mut report = RotationReport::default();
        let heads = self.db.audit().resign_heads().await?;
        report.heads = heads.done;
        report.failed.extend(heads.failed);
        let outcome = self.all(&mut report, &mut progress, &go_on).await;
        if outcome.is_err() || report != RotationReport::default() {
            self.record(caller, &report, outcome.is_ok()).await?;
        }
        outcome.map(|()| report)
    }

    async fn all(
        &self,
        report: &mut RotationReport,
        progress: &mut (impl FnMut(&RotationReport) + Send),
        go_on: &(impl Fn() -> bool + Send),
    ) -> Result<(), StoreError> {
        for kind in SealedKind::ALL {
            let mut after = Uuid::nil();
            while go_on() {
                let rows = self
                    .db
                    .sealed_rows()
                    .not_under(kind, self.sealer.current_key(), after, BATCH)
                    .await?;
                let Some(last) = rows.last() else { break };
                after = last.id;
                let mut wrapped = Vec::with_capacity(rows.len());
                for row in rows {
                    match self.sealer.rewrap(&row.owner, &row.sealed).await {
                        Ok(sealed) => wrapped.push((row, sealed)),
                        Err(error) => report.failed.push(failure(&row, &causes(&error))),
                    }
                }
                self.put(&wrapped, report).await?;
                progress(report);
            }
        }
        Ok(())
    }

    async fn put(
        &self,
        wrapped: &[(SealedRow, Sealed)],
        report: &mut RotationReport,
    ) -> Result<(), StoreError> {
        if wrapped.is_empty() {
            return Ok(());
        }
        let done = self.db.sealed_rows().put_rewrapped(wrapped).await?;
        report.done += done;
        report.skipped += wrapped.len() as u64 - done;
        Ok(())
    }

    async fn record(
        &self,
        caller: &Caller,
        report: &RotationReport,
        whole: bool,
    ) -> Result<(), StoreError> {
        let key = self.sealer.current_key();
        let outcome = if whole && report.failed.is_empty() {
            AuditOutcome::Done
        } else {
            AuditOutcome::Failed
        };
        let entry = AuditEntry::by(
            caller,
            AuditAction::RotateKeys,
            Timestamp::now(),
            format!("key/{key}"),
            key,
        )
        .with_outcome(outcome)
        .with_detail(format!(
            "{} wrapped anew, {} changed meanwhile, {} left as they were",
            report.done,
            report.skipped,
            report.failed.len()
        ));
        self.db.audit().append(entry).await
    }
}

fn failure(row: &SealedRow, why: &str) -> String {
    format!("{} {}: {why}", row.kind.words(), row.name)
}
