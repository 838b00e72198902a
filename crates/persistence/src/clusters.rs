//! Clusters: their own columns, and what only clusters have.

use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    claims::AT_ONCE,
    cluster_tally,
    connection::Transaction,
    database::Database,
    error::Stored,
    handles::Table,
    limits,
    operations::Operations,
    records::{
        ClusterChange, ClusterChangeStored, ClusterColumns, ClusterFindings, ClusterRecord,
        ClusterTally, QuotaCheck, usage_state,
    },
    resource::{Column, StoredKind, one},
    resources::written,
    rows::{Row, json, number, optional_json, optional_text, optional_time, text, word},
    sql::{json_value, optional_json_value, query},
    transaction::{Writing, doing},
    usage::{self, Charge, Spending},
};
use domain::{
    cluster::{ClusterKind, ClusterState},
    cluster_name::ClusterName,
    ids::{ClusterId, TenantId},
    money::MicroDollars,
    quota::{LimitReached, QuotaRequest},
    usage::UsageState,
};
use jiff::Timestamp;

impl StoredKind for ClusterKind {
    const TABLE: &'static str = "clusters";
    const OPERATIONS: Operations = Operations {
        table: "operations",
        of: "cluster_id",
    };
    const COLUMNS: &'static [&'static str] = &[
        "plan",
        "kubernetes_version",
        "exposure",
        "host",
        "endpoint",
        "drift",
        "power",
        "schedule",
        "price_per_hour",
        "spent",
        "charged_since",
    ];
    const SEARCHED: &'static [&'static str] = &["name"];

    type Columns = ClusterColumns;
    type Findings = ClusterFindings;

    fn read(row: &Row) -> Result<ClusterColumns, Cause> {
        Ok(ClusterColumns {
            plan: json(row, "plan")?,
            kubernetes_version: word(row, "kubernetes_version")?,
            exposure: json(row, "exposure")?,
            host: text(row, "host")?,
            endpoint: optional_text(row, "endpoint")?,
            drift: json(row, "drift")?,
            power: optional_json(row, "power")?,
            schedule: optional_json(row, "schedule")?,
            price_per_hour: MicroDollars(number(row, "price_per_hour")?),
            spent: MicroDollars(number(row, "spent")?),
            charged_since: optional_time(row, "charged_since")?,
        })
    }

    fn fixed(columns: &ClusterColumns) -> Result<Vec<Column>, Cause> {
        Ok(vec![
            ("plan", json_value(&columns.plan)?),
            (
                "kubernetes_version",
                columns.kubernetes_version.as_str().into(),
            ),
            ("exposure", json_value(&columns.exposure)?),
            ("host", columns.host.clone().into()),
        ])
    }

    fn mutable(columns: &ClusterColumns) -> Result<Vec<Column>, Cause> {
        Ok(vec![
            ("endpoint", columns.endpoint.clone().into()),
            ("drift", json_value(&columns.drift)?),
            ("power", optional_json_value(columns.power.as_ref())?),
            ("price_per_hour", columns.price_per_hour.0.into()),
            ("spent", columns.spent.0.into()),
            ("charged_since", columns.charged_since.into()),
        ])
    }

    /// A user who pauses or resumes a cluster meanwhile decides what it is to be, and what it costs.
    async fn advance(
        connection: &mut Transaction,
        before: &ClusterRecord,
        columns: &mut ClusterColumns,
        findings: ClusterFindings,
        superseded: bool,
    ) -> Result<(), Cause> {
        columns.endpoint = findings.endpoint;
        columns.drift = findings.drift;
        if superseded {
            return Ok(());
        }
        columns.power = findings.power;
        if let Some(state) = findings.charged {
            columns.price_per_hour = columns.plan.price(state);
        }
        let charge = findings.charged.map(|state| Charge {
            state,
            price_per_hour: Some(columns.price_per_hour),
        });
        (columns.spent, columns.charged_since) =
            usage::charge::<ClusterKind>(connection, before, charge, findings.at).await?;
        Ok(())
    }

    fn spending(record: &ClusterRecord) -> Spending {
        let charge = Charge {
            state: usage_state(record.state, record.power.as_ref()),
            price_per_hour: Some(record.price_per_hour),
        };
        Spending {
            spent: record.spent,
            since: record.charged_since.map(|since| (since, charge)),
        }
    }

    fn size(columns: &ClusterColumns) -> String {
        columns.plan.name.clone()
    }

    fn quota_request(columns: &ClusterColumns) -> QuotaRequest {
        QuotaRequest::Cluster(columns.plan.price_per_hour)
    }

    fn change(id: ClusterId, tenant_id: TenantId) -> Change {
        Change::Cluster { id, tenant_id }
    }

    fn changed(change: Change) -> Option<(ClusterId, TenantId)> {
        match change {
            Change::Cluster { id, tenant_id } => Some((id, tenant_id)),
            _ => None,
        }
    }
}

impl Table<'_, ClusterRecord> {
    /// Whether a cluster that is not deleted has the name on this host.
    pub async fn name_taken(self, host: &str, name: &ClusterName) -> Stored<bool> {
        doing("look up a cluster's name", async {
            let found = query(
                "SELECT id FROM clusters WHERE host = $1 AND name = $2 AND state <> 'deleted'",
            )
            .bind(host.to_owned())
            .bind(name.as_str().to_owned())
            .fetch_optional(self.0.readers())
            .await?;
            Ok(found.is_some())
        })
        .await
    }

    /// Stores what is asked of a cluster that is as it was in `version`, with the audit entry; due at once; announces it. A resumed cluster is charged in full from now on.
    pub async fn change(
        self,
        id: ClusterId,
        version: i64,
        change: ClusterChange,
        audit: AuditEntry,
    ) -> Stored<ClusterChangeStored> {
        doing("store the change of a cluster", async {
            let mut writing = self.0.write().await?;
            let stored = query(
                "UPDATE clusters SET due_at = $3, wakes = wakes + 1, version = version + 1 \
                 WHERE id = $1 AND version = $2",
            )
            .bind(id)
            .bind(version)
            .bind(AT_ONCE)
            .execute(writing.connection())
            .await?;
            if stored == 0 {
                return Ok(ClusterChangeStored::Stale);
            }
            let record: Option<ClusterRecord> = one(writing.connection(), id).await?;
            let mut record = record.ok_or("what was just written is not there")?;
            let operation = match change {
                ClusterChange::Restore(operation) => Some(operation),
                ClusterChange::Pause(power, operation) => {
                    record.state = ClusterState::Pausing;
                    record.failure = None;
                    record.power = Some(power);
                    Some(operation)
                }
                ClusterChange::Resume(power, operation) => {
                    if let Some(reached) = resume(self.0, &mut writing, &mut record).await? {
                        return Ok(ClusterChangeStored::LimitReached(reached));
                    }
                    record.state = ClusterState::Resuming;
                    record.failure = None;
                    record.power = Some(power);
                    Some(operation)
                }
                ClusterChange::Schedule(schedule) => {
                    record.schedule = schedule;
                    None
                }
            };
            let newest = operation.as_ref().unwrap_or(&record.operation);
            query(
                "UPDATE clusters SET state = $2, failure = $3, power = $4, price_per_hour = $5, \
                 spent = $6, charged_since = $7, schedule = $8, operation_id = $9 WHERE id = $1",
            )
            .bind(id)
            .bind(record.state.as_str())
            .bind(optional_json_value(record.failure.as_ref())?)
            .bind(optional_json_value(record.power.as_ref())?)
            .bind(record.price_per_hour.0)
            .bind(record.spent.0)
            .bind(record.charged_since)
            .bind(optional_json_value(record.schedule.as_ref())?)
            .bind(newest.id)
            .execute(writing.connection())
            .await?;
            let operation = operation.as_ref();
            let record = written::<ClusterKind>(&mut writing, id, operation, &audit).await?;
            writing.commit().await?;
            Ok(ClusterChangeStored::Changed(Box::new(record)))
        })
        .await
    }

    /// How many clusters of each plan are on each host cluster, by host.
    pub async fn tally(self) -> Stored<Vec<ClusterTally>> {
        doing(
            "count clusters by host and plan",
            cluster_tally::read(self.0),
        )
        .await
    }
}

/// Charges a paused cluster as a running one from now on, if the limits of its environment allow what it costs more.
async fn resume(
    database: &Database,
    writing: &mut Writing<'_>,
    record: &mut ClusterRecord,
) -> Result<Option<LimitReached>, Cause> {
    let running = Charge {
        state: UsageState::Running,
        price_per_hour: Some(record.plan.price_per_hour),
    };
    let more = QuotaRequest::Resume(record.plan.price_per_hour - record.price_per_hour);
    let check = limits::quota(database, writing.connection(), record.environment.id, more).await?;
    if let QuotaCheck::LimitReached(reached) = check {
        return Ok(Some(reached));
    }
    if record.charged_since.is_some() {
        let now = Timestamp::now();
        (record.spent, record.charged_since) =
            usage::charge::<ClusterKind>(writing.connection(), record, Some(running), now).await?;
    }
    record.price_per_hour = record.plan.price_per_hour;
    Ok(None)
}
