//! Which differences are put right when, and what the audit log is told of them.

use crate::{reconciler::backoff, resources::audit_entry};
use domain::{
    audit::AuditAction,
    caller::Caller,
    cluster::ClusterKind,
    drift::{Drift, DriftChange, DriftReport, Restoration, summary},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    audit_records::AuditEntry,
    records::{ClusterProgress, ClusterRecord},
};

/// Restorations within this time of each other count as a row.
const ROW: SignedDuration = SignedDuration::from_mins(10);
/// How many in a row follow at once.
const AT_ONCE: u32 = 3;

/// What is put right without being asked: what isolates, and what was deleted. A changed image or number of replicas
/// may be somebody's work on a problem, and is left to people.
pub(super) fn automatic(found: &[Drift]) -> Vec<Drift> {
    let is_automatic = |drift: &&Drift| drift.isolation || drift.change == DriftChange::Missing;
    found.iter().filter(is_automatic).cloned().collect()
}

/// When the next restoration is due. Something on the host that changes the objects again and again would otherwise
/// keep the portal busy.
pub(super) fn next_restoration(report: &DriftReport, now: Timestamp) -> Timestamp {
    match &report.restored {
        Some(last) if last.times >= AT_ONCE && now.duration_since(last.at) < ROW => {
            last.at + backoff::steady(last.times)
        }
        _ => now,
    }
}

/// Notes what was put right.
pub(super) fn note(report: &mut DriftReport, restored: Vec<Drift>, now: Timestamp) {
    let in_row = report
        .restored
        .as_ref()
        .filter(|last| now.duration_since(last.at) < ROW);
    report.found.retain(|drift| !restored.contains(drift));
    report.restored = Some(Restoration {
        at: now,
        times: in_row.map_or(0, |last| last.times) + 1,
        objects: restored,
    });
}

/// What the audit log is told: what was put right, or else what is newly found.
pub(super) fn entry(cluster: &ClusterRecord, progress: &ClusterProgress) -> Option<AuditEntry> {
    let (before, after) = (&cluster.drift, &progress.findings.drift);
    let (action, drift) = match &after.restored {
        Some(restored) if after.restored != before.restored => {
            (AuditAction::DriftRestored, restored.objects.as_slice())
        }
        _ if after
            .found
            .iter()
            .any(|drift| !before.found.contains(drift)) =>
        {
            (AuditAction::DriftFound, after.found.as_slice())
        }
        _ => return None,
    };
    let entry = audit_entry::<ClusterKind>(&Caller::portal(), action, cluster);
    Some(entry.with_detail(summary(drift)))
}
