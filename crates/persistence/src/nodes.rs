//! Nodes: their own columns, and what only nodes have.

use crate::{
    Cause,
    audit_records::AuditEntry,
    change::Change,
    claims::{self, AT_ONCE},
    connection::Transaction,
    error::Stored,
    handles::Table,
    list::fetch_ids,
    node_records::{NodeChange, NodeColumns, NodeFindings, NodeRecord},
    operations::{Operations, operation_as_stored},
    records::Claim,
    resource::{Column, StoredKind, several},
    resources::{announce_if_visible, is_superseded, written},
    rows::{Row, json, number, optional_json, optional_number, optional_text, optional_time, text},
    sql::{Query, Sql, json_value, optional_json_value, query},
    transaction::doing,
    usage::{self, Charge, Spending},
};
use domain::{
    ids::{EnvironmentId, NodeId, TenantId},
    money::MicroDollars,
    node::{name::NodeName, view::NodeKind},
    operation::Operation,
    quota::QuotaRequest,
    usage::UsageState,
};

impl StoredKind for NodeKind {
    const TABLE: &'static str = "nodes";
    const OPERATIONS: Operations = Operations {
        table: "node_operations",
        of: "node_id",
    };
    const COLUMNS: &'static [&'static str] = &[
        "spec",
        "task_yaml",
        "machine",
        "placement",
        "address",
        "autostop",
        "price_per_hour",
        "spent",
        "charged_since",
        "request",
        "seen",
    ];
    const SEARCHED: &'static [&'static str] = &["name", "accelerator_folded"];

    type Columns = NodeColumns;
    type Findings = NodeFindings;

    fn read(row: &Row) -> Result<NodeColumns, Cause> {
        Ok(NodeColumns {
            spec: json(row, "spec")?,
            task_yaml: text(row, "task_yaml")?,
            machine: text(row, "machine")?,
            placement: optional_json(row, "placement")?,
            address: optional_text(row, "address")?,
            autostop: optional_json(row, "autostop")?,
            price_per_hour: optional_number(row, "price_per_hour")?.map(MicroDollars),
            spent: MicroDollars(number(row, "spent")?),
            charged_since: optional_time(row, "charged_since")?,
            request: optional_text(row, "request")?,
            seen: optional_text(row, "seen")?,
        })
    }

    fn fixed(columns: &NodeColumns) -> Result<Vec<Column>, Cause> {
        let accelerator = columns.spec.accelerator.as_deref();
        Ok(vec![
            ("spec", json_value(&columns.spec)?),
            (
                "accelerator_folded",
                accelerator.map(str::to_lowercase).into(),
            ),
            ("task_yaml", columns.task_yaml.clone().into()),
            ("machine", columns.machine.clone().into()),
            ("autostop", optional_json_value(columns.autostop.as_ref())?),
        ])
    }

    fn mutable(columns: &NodeColumns) -> Result<Vec<Column>, Cause> {
        Ok(vec![
            (
                "placement",
                optional_json_value(columns.placement.as_ref())?,
            ),
            ("address", columns.address.clone().into()),
            (
                "price_per_hour",
                columns.price_per_hour.map(|price| price.0).into(),
            ),
            ("spent", columns.spent.0.into()),
            ("charged_since", columns.charged_since.into()),
            ("request", columns.request.clone().into()),
            ("seen", columns.seen.clone().into()),
        ])
    }

    /// What was found out about a superseded node's machine still holds; its request is that of the new operation.
    async fn advance(
        connection: &mut Transaction,
        before: &NodeRecord,
        columns: &mut NodeColumns,
        findings: NodeFindings,
        superseded: bool,
    ) -> Result<(), Cause> {
        let charge = findings.charged.then_some(Charge {
            state: UsageState::Running,
            price_per_hour: findings.price_per_hour,
        });
        (columns.spent, columns.charged_since) =
            usage::charge::<NodeKind>(connection, before, charge, findings.at).await?;
        columns.placement = findings.placement;
        columns.address = findings.address;
        columns.price_per_hour = findings.price_per_hour;
        columns.seen = findings.seen;
        if !superseded {
            columns.request = findings.request;
        }
        Ok(())
    }

    fn spending(record: &NodeRecord) -> Spending {
        let charge = Charge {
            state: UsageState::Running,
            price_per_hour: record.price_per_hour,
        };
        Spending {
            spent: record.spent,
            since: record.charged_since.map(|since| (since, charge)),
        }
    }

    fn size(columns: &NodeColumns) -> String {
        columns.spec.size()
    }

    fn hide(shown: &mut NodeColumns, before: &NodeColumns) {
        shown.request.clone_from(&before.request);
        shown.seen.clone_from(&before.seen);
    }

    fn quota_request(columns: &NodeColumns) -> QuotaRequest {
        QuotaRequest::Node(columns.price_per_hour)
    }

    /// An empty workspace is seldom looked at; one with a node is, from now on.
    fn wake(environment: EnvironmentId) -> Option<Query> {
        let wake =
            query("UPDATE workspaces SET due_at = $2, wakes = wakes + 1 WHERE environment_id = $1");
        Some(wake.bind(environment).bind(AT_ONCE))
    }

    fn change(id: NodeId, tenant_id: TenantId) -> Change {
        Change::Node { id, tenant_id }
    }

    fn changed(change: Change) -> Option<(NodeId, TenantId)> {
        match change {
            Change::Node { id, tenant_id } => Some((id, tenant_id)),
            _ => None,
        }
    }
}

impl Table<'_, NodeRecord> {
    /// Whether a node of the tenant that is not deleted has the name.
    pub async fn name_taken(self, tenant: TenantId, name: &NodeName) -> Stored<bool> {
        doing("look up a node's name", async {
            let found = query(
                "SELECT id FROM nodes WHERE tenant_id = $1 AND name = $2 AND state <> 'deleted'",
            )
            .bind(tenant)
            .bind(name.as_str().to_owned())
            .fetch_optional(self.0.readers())
            .await?;
            Ok(found.is_some())
        })
        .await
    }

    /// Every node of the environment that is not deleted, by name.
    pub async fn of_environment(self, environment: EnvironmentId) -> Stored<Vec<NodeRecord>> {
        doing("list the nodes of an environment", async {
            let mut sql = Sql::new("SELECT r.id FROM nodes r WHERE r.environment_id = ");
            sql.bind(environment)
                .push(" AND r.state <> 'deleted' ORDER BY r.name, r.id");
            let mut reading = self.0.read().await?;
            let ids = fetch_ids(&mut reading, sql).await?;
            let nodes = several(&mut reading, ids).await?;
            reading.commit().await?;
            Ok(nodes)
        })
        .await
    }

    /// The names of the machines of every node that is not deleted.
    pub async fn machine_names(self) -> Stored<Vec<String>> {
        doing("list the names of machines", async {
            let rows = query("SELECT machine FROM nodes WHERE state <> 'deleted'")
                .fetch_all(self.0.readers())
                .await?;
            rows.iter().map(|row| text(row, "machine")).collect()
        })
        .await
    }

    /// Writes a user's change of a node with the audit entry, if the node is as it was in `version`; due at once;
    /// announces it. `None`: it has changed meanwhile, nothing was written.
    pub async fn change(
        self,
        id: NodeId,
        version: i64,
        change: NodeChange,
        audit: AuditEntry,
    ) -> Stored<Option<NodeRecord>> {
        doing("store the change of a node", async {
            let mut writing = self.0.write().await?;
            let statement = match &change {
                NodeChange::Turn(state, operation) => query(
                    "UPDATE nodes SET due_at = $3, wakes = wakes + 1, version = version + 1, \
                     state = $4, operation_id = $5, failure = NULL WHERE id = $1 AND version = $2",
                )
                .bind(id)
                .bind(version)
                .bind(AT_ONCE)
                .bind(state.as_str())
                .bind(operation.id),
                NodeChange::Autostop(autostop) => query(
                    "UPDATE nodes SET due_at = $3, wakes = wakes + 1, version = version + 1, \
                     autostop = $4 WHERE id = $1 AND version = $2",
                )
                .bind(id)
                .bind(version)
                .bind(AT_ONCE)
                .bind(optional_json_value(autostop.as_ref())?),
            };
            if statement.execute(writing.connection()).await? == 0 {
                return Ok(None);
            }
            let operation = match &change {
                NodeChange::Turn(_, operation) => Some(operation),
                NodeChange::Autostop(_) => None,
            };
            let record = written::<NodeKind>(&mut writing, id, operation, &audit).await?;
            writing.commit().await?;
            Ok(Some(record))
        })
        .await
    }

    /// Writes the request just made for a claimed node with its operation, in which that step is
    /// marked now, and goes on holding the claim, so that a crash right after finds both. `false`:
    /// the claim had been lost, or a user gave the node another operation meanwhile.
    pub async fn note_request(
        self,
        claim: &Claim<NodeRecord>,
        request: &str,
        operation: &Operation,
    ) -> Stored<bool> {
        doing("note the request made for a node", async {
            let mut writing = self.0.write().await?;
            let Some(held) = claims::held(self.0, &mut writing, claim).await? else {
                return Ok(false);
            };
            let before = held.now;
            if is_superseded::<NodeKind>(&before, claim, operation.id) {
                return Ok(false);
            }
            let mut after = before.clone();
            after.request = Some(request.to_owned());
            after.operation = operation_as_stored(operation.clone());
            announce_if_visible::<NodeKind>(&mut writing, &before, &mut after);
            NodeKind::OPERATIONS
                .write(writing.connection(), after.id, &after.operation)
                .await?;
            query("UPDATE nodes SET request = $2, operation_id = $3, version = $4 WHERE id = $1")
                .bind(after.id)
                .bind(after.details.request)
                .bind(after.operation.id)
                .bind(after.version)
                .execute(writing.connection())
                .await?;
            writing.commit().await?;
            Ok(true)
        })
        .await
    }
}
