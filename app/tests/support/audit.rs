//! An audit log in memory, of three entries.

use async_trait::async_trait;
use domain::access::{Action, PlatformAction};
use domain::audit::{AuditChange, AuditOutcome, AuditPage, AuditQuery, AuditRow};
use domain::caller::Caller;
use domain::ids::AuditId;
use domain::problem::{Problem, ProblemKind};
use domain::services::{AuditLog, AuditStream};
use jiff::SignedDuration;
use uuid::Uuid;

use super::sample;

/// The entry of a change.
pub const CHANGED: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0903);
/// The entry of an order.
pub const ORDERED: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0902);
/// The entry of a sign-in, which concerns no tenant.
pub const SIGNED_IN: Uuid = Uuid::from_u128(0x0197_0000_0000_7000_8000_0000_0000_0901);

/// Answers every question from the same entries.
pub struct AuditInMemory;

fn row(id: Uuid, sequence: i64, action: &str, did: &str, name: &str) -> AuditRow {
    AuditRow {
        id: id.into(),
        sequence,
        at: sample::now() - SignedDuration::from_mins(10 * (4 - sequence)),
        user_id: Some(sample::ADA.into()),
        who: "Ada Keller".into(),
        channel: "session".into(),
        source: Some("192.0.2.7".into()),
        action: action.into(),
        did: did.into(),
        tenant: Some(sample::tenant()),
        target: "environment/1".into(),
        target_name: name.into(),
        outcome: AuditOutcome::Done,
        detail: None,
        changes: Vec::new(),
        hash: "5f".repeat(32),
    }
}

fn rows() -> Vec<AuditRow> {
    vec![
        AuditRow {
            outcome: AuditOutcome::Refused,
            changes: vec![AuditChange::new("max_nodes", Some("3"), Some("5"))],
            ..row(
                CHANGED,
                3,
                "change_environment",
                "changed the environment",
                "staging",
            )
        },
        AuditRow {
            target: "cluster/1".into(),
            ..row(ORDERED, 2, "order_cluster", "ordered", "payments-ci")
        },
        AuditRow {
            tenant: None,
            ..row(SIGNED_IN, 1, "sign_in", "signed in", "Ada Keller")
        },
    ]
}

fn readable(caller: &Caller, row: &AuditRow) -> bool {
    caller.may_on_platform(PlatformAction::ReadPlatformAudit)
        || row
            .tenant
            .as_ref()
            .is_some_and(|tenant| caller.may(Action::ReadAudit, tenant.id))
}

#[async_trait]
impl AuditLog for AuditInMemory {
    async fn list(&self, caller: &Caller, query: AuditQuery) -> Result<AuditPage, Problem> {
        let tenant = sample::tenant();
        if query.tenant.is_some_and(|slug| slug != tenant.slug)
            || !caller.may(Action::ReadTenant, tenant.id)
        {
            return Err(Problem::not_found("tenant"));
        }
        if !caller.may(Action::ReadAudit, tenant.id) {
            return Err(Problem::new(ProblemKind::Forbidden, "You may not."));
        }
        let mut items = rows();
        items.retain(|row| {
            readable(caller, row)
                && row.target_name.contains(&query.search)
                && query.outcome.is_none_or(|outcome| outcome == row.outcome)
                && query.before.is_none_or(|before| row.sequence < before)
        });
        let next = (query.before.is_none() && items.len() > 1).then_some(2);
        Ok(AuditPage {
            items,
            next,
            now: sample::now(),
        })
    }

    async fn get(&self, caller: &Caller, id: AuditId) -> Result<AuditRow, Problem> {
        let found = rows().into_iter().find(|row| row.id == id);
        found
            .filter(|row| readable(caller, row))
            .ok_or_else(|| Problem::not_found("audit entry"))
    }

    async fn export(&self, _: &Caller, _: AuditQuery) -> Result<AuditStream, Problem> {
        Err(Problem::not_found("export"))
    }
}
