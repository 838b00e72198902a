//! Nodes: reading them, and the port's methods, each told in the file of its subject.

use crate::{
    Cause,
    audit_records::AuditEntry,
    claims, costs,
    error::Stored,
    handles::Nodes,
    list, node_list, node_orders, node_progress,
    node_records::{
        NewNode, NodeChange, NodeOrderStored, NodeProgress, NodeRecord, NodeRecordPage,
    },
    operations::{self, OF_NODES},
    orders,
    records::{Claim, Costs},
    resource::{self, Resource, select_ordered},
    rows::{
        self, Row, id, json, number, optional_json, optional_number, optional_text, optional_time,
        text, time, word,
    },
    sql::query,
    transaction::doing,
};
use domain::{
    caller::TenantScope,
    ids::{EnvironmentId, NodeId, TenantId, UserId},
    money::MicroDollars,
    node::{listing::NodeQuery, name::NodeName},
    operation::Operation,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

impl Nodes<'_> {
    /// Stores an order with its operation and audit entry, due at once; announces it.
    pub async fn create(self, new: NewNode, audit: AuditEntry) -> Stored<NodeOrderStored> {
        doing("store an order of a node", async {
            Ok(orders::store(self.0, &new, &audit).await?.into())
        })
        .await
    }

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

    /// One node, also a deleted one.
    pub async fn get(self, id: NodeId) -> Stored<Option<NodeRecord>> {
        doing("read a node", async {
            resource::one(self.0.readers(), id).await
        })
        .await
    }

    /// A page. `owner` is the person whose nodes `query.mine` means.
    pub async fn list(
        self,
        scope: &TenantScope,
        owner: Option<UserId>,
        query: &NodeQuery,
    ) -> Stored<NodeRecordPage> {
        doing("list nodes", node_list::page(self.0, scope, owner, query)).await
    }

    /// Nodes in `scope` that end before `before` and are not being deleted, soonest first.
    pub async fn ending_before(
        self,
        scope: &TenantScope,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<NodeRecord>> {
        doing(
            "list nodes that end soon",
            list::ending_before(self.0, scope, before, limit),
        )
        .await
    }

    /// Every node of the environment that is not deleted.
    pub async fn of_environment(self, environment: EnvironmentId) -> Stored<Vec<NodeRecord>> {
        doing(
            "list the nodes of an environment",
            node_list::of_environment(self.0, environment),
        )
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

    /// What the nodes in `scope` cost from `since`, the start of a month in UTC, until `now`.
    pub async fn costs(
        self,
        scope: &TenantScope,
        since: Timestamp,
        now: Timestamp,
    ) -> Stored<Costs> {
        doing(
            "sum up what nodes cost",
            costs::sum::<NodeRecord>(self.0, scope, since, now),
        )
        .await
    }

    /// Writes what a person asks of a node with the audit entry, if the node is as it was in
    /// `version`; due at once; announces it. `None`: it has changed meanwhile, nothing was written.
    pub async fn change(
        self,
        id: NodeId,
        version: i64,
        change: NodeChange,
        audit: AuditEntry,
    ) -> Stored<Option<NodeRecord>> {
        doing(
            "store what is asked of a node",
            node_orders::store_change(self.0, id, version, &change, &audit),
        )
        .await
    }

    /// Claims up to `limit` nodes whose work is due and that nobody holds, until `now + lease`.
    pub async fn claim(
        self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<NodeRecord>>> {
        doing(
            "claim work on nodes",
            claims::claim(self.0, now, lease, limit),
        )
        .await
    }

    /// Holds a claim longer. `false`: it is lost.
    pub async fn extend(self, claim: &Claim<NodeRecord>, until: Timestamp) -> Stored<bool> {
        doing(
            "extend a claim on a node",
            claims::extend(self.0, claim, until),
        )
        .await
    }

    /// Writes progress, opening and closing intervals of cost, and ends the claim; announces the
    /// change if a person can see one. If the node was woken meanwhile it stays due at once.
    /// `false`: the claim had been lost and nothing was written. A node to which a person gave
    /// another operation meanwhile keeps that state, operation and request; the claim still ends
    /// and the node is due at once.
    pub async fn record(self, claim: &Claim<NodeRecord>, progress: NodeProgress) -> Stored<bool> {
        doing(
            "record a node's progress",
            node_progress::record(self.0, claim, progress),
        )
        .await
    }

    /// Writes the request just made for a claimed node with its operation, in which that step is
    /// marked now, and goes on holding the claim, so that a crash right after finds both. `false`:
    /// the claim had been lost, or a person gave the node another operation meanwhile.
    pub async fn note_request(
        self,
        claim: &Claim<NodeRecord>,
        request: &str,
        operation: &Operation,
    ) -> Stored<bool> {
        doing(
            "note the request made for a node",
            node_progress::note_request(self.0, claim, request, operation),
        )
        .await
    }

    /// Makes the work on a node due at once and announces that work is due.
    pub async fn wake(self, id: NodeId) -> Stored<()> {
        doing("wake a node", claims::wake::<NodeRecord>(self.0, id)).await
    }

    /// When the next work is due (leases included), if any.
    pub async fn next_due(self) -> Stored<Option<Timestamp>> {
        doing(
            "look when work on nodes is due",
            claims::next_due::<NodeRecord>(self.0),
        )
        .await
    }
}

impl Resource for NodeRecord {
    const TABLE: &'static str = "nodes";
    const NOUN: &'static str = "node";
    const ALIVE: &'static str = "state <> 'deleted'";

    fn select() -> String {
        select_ordered(
            Self::TABLE,
            OF_NODES.table,
            "r.spec, r.task_yaml, r.machine, r.placement, r.address, r.autostop, \
             r.price_per_hour, r.spent, r.charged_since, r.request, r.seen",
        )
    }

    fn from_row(row: &Row) -> Result<Self, Cause> {
        Ok(Self {
            id: id(row, "id")?,
            name: word(row, "name")?,
            tenant: rows::tenant(row)?,
            environment: rows::environment(row)?,
            spec: json(row, "spec")?,
            task_yaml: text(row, "task_yaml")?,
            machine: text(row, "machine")?,
            state: word(row, "state")?,
            failure: optional_json(row, "failure")?,
            placement: optional_json(row, "placement")?,
            address: optional_text(row, "address")?,
            autostop: optional_json(row, "autostop")?,
            price_per_hour: optional_number(row, "price_per_hour")?.map(MicroDollars),
            spent: MicroDollars(number(row, "spent")?),
            charged_since: optional_time(row, "charged_since")?,
            request: optional_text(row, "request")?,
            seen: optional_text(row, "seen")?,
            created_by: id(row, "created_by")?,
            created_by_name: text(row, "created_by_name")?,
            created_at: time(row, "created_at")?,
            ready_at: optional_time(row, "ready_at")?,
            ends_at: optional_time(row, "ends_at")?,
            deleted_at: optional_time(row, "deleted_at")?,
            operation: operations::from_row(row)?,
            version: number(row, "version")?,
        })
    }

    fn id(&self) -> Uuid {
        self.id.into()
    }
}
