//! Nodes: reading them, and the port's methods, each told in the file of its subject.

use crate::{
    Cause, claims, costs,
    database::Database,
    list, node_list, node_orders, node_progress,
    node_usage::USAGE,
    operations::{self, OF_NODES},
    orders,
    resource::{self, Resource, select_ordered},
    rows::{
        self, Row, id, json, number, optional_json, optional_number, optional_text, optional_time,
        text, time, word,
    },
    sql::query,
    transaction::doing,
};
use async_trait::async_trait;
use domain::{
    ids::{EnvironmentId, NodeId, TenantId, UserId},
    money::MicroDollars,
    node::{listing::NodeQuery, name::NodeName},
    operation::Operation,
};
use jiff::{SignedDuration, Timestamp};
use provisioning::{
    audit::AuditEntry,
    node_records::{NewNode, NodeChange, NodeOrderStored, NodeProgress, NodeRecord},
    ports::{
        node_stores::{NodeRecordPage, NodeStore},
        stores::{Costs, Extent, Stored},
    },
    records::Claim,
};
use uuid::Uuid;

#[async_trait]
impl NodeStore for Database {
    async fn store_node_order(&self, new: NewNode, audit: AuditEntry) -> Stored<NodeOrderStored> {
        doing("store an order of a node", async {
            Ok(orders::store(self, &new, &audit).await?.into())
        })
        .await
    }

    async fn node_name_taken(&self, tenant: TenantId, name: &NodeName) -> Stored<bool> {
        doing("look up a node's name", async {
            let found = query(
                "SELECT id FROM nodes WHERE tenant_id = $1 AND name = $2 AND state <> 'deleted'",
            )
            .bind(tenant)
            .bind(name.as_str().to_owned())
            .fetch_optional(self.readers())
            .await?;
            Ok(found.is_some())
        })
        .await
    }

    async fn node(&self, id: NodeId) -> Stored<Option<NodeRecord>> {
        doing("read a node", async {
            resource::one(self.readers(), id).await
        })
        .await
    }

    async fn nodes(
        &self,
        scope: &Extent,
        owner: Option<UserId>,
        query: &NodeQuery,
    ) -> Stored<NodeRecordPage> {
        doing("list nodes", node_list::page(self, scope, owner, query)).await
    }

    async fn nodes_ending_before(
        &self,
        scope: &Extent,
        before: Timestamp,
        limit: u32,
    ) -> Stored<Vec<NodeRecord>> {
        doing(
            "list nodes that end soon",
            list::ending_before(self, scope, before, limit),
        )
        .await
    }

    async fn nodes_of_environment(&self, environment: EnvironmentId) -> Stored<Vec<NodeRecord>> {
        doing(
            "list the nodes of an environment",
            node_list::of_environment(self, environment),
        )
        .await
    }

    async fn machine_names(&self) -> Stored<Vec<String>> {
        doing("list the names of machines", async {
            let rows = query("SELECT machine FROM nodes WHERE state <> 'deleted'")
                .fetch_all(self.readers())
                .await?;
            rows.iter().map(|row| text(row, "machine")).collect()
        })
        .await
    }

    async fn node_costs(&self, scope: &Extent, since: Timestamp, now: Timestamp) -> Stored<Costs> {
        doing(
            "sum up what nodes cost",
            costs::sum(self, USAGE, scope, since, now),
        )
        .await
    }

    async fn store_node_change(
        &self,
        id: NodeId,
        version: i64,
        change: NodeChange,
        audit: AuditEntry,
    ) -> Stored<Option<NodeRecord>> {
        doing(
            "store what is asked of a node",
            node_orders::store_change(self, id, version, &change, &audit),
        )
        .await
    }

    async fn claim_nodes(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<NodeRecord>>> {
        doing(
            "claim work on nodes",
            claims::claim(self, now, lease, limit),
        )
        .await
    }

    async fn extend_node(&self, claim: &Claim<NodeRecord>, until: Timestamp) -> Stored<bool> {
        doing(
            "extend a claim on a node",
            claims::extend(self, claim, until),
        )
        .await
    }

    async fn record_node(&self, claim: &Claim<NodeRecord>, progress: NodeProgress) -> Stored<bool> {
        doing(
            "record a node's progress",
            node_progress::record(self, claim, progress),
        )
        .await
    }

    async fn note_node_request(
        &self,
        claim: &Claim<NodeRecord>,
        request: &str,
        operation: &Operation,
    ) -> Stored<bool> {
        doing(
            "note the request made for a node",
            node_progress::note_request(self, claim, request, operation),
        )
        .await
    }

    async fn wake_node(&self, id: NodeId) -> Stored<()> {
        doing("wake a node", claims::wake::<NodeRecord>(self, id)).await
    }

    async fn next_node_due(&self) -> Stored<Option<Timestamp>> {
        doing(
            "look when work on nodes is due",
            claims::next_due::<NodeRecord>(self),
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
