//! What clusters and nodes have in common over HTTP. A further kind of resource brings another implementation.

use super::rest::Segment;
use domain::{
    access::Action,
    caller::Caller,
    cluster::{Cluster, ClusterEvent, ClusterKind, ClusterPage},
    event_page::{EventPage, EventQuery},
    ids::{ClusterId, NodeId, TenantId},
    listing::ListQueryInput,
    node::{
        order::NodeOrderInput,
        view::{Node, NodeEvent, NodeKind, NodePage},
    },
    order::OrderInput,
    problem::Problem,
};
use persistence::{change::Change, records::StoredKind};
use provisioning::Core;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Display;
use utoipa::ToSchema;

type Outcome<T> = Result<T, Problem>;

/// A kind of resource as callers see it.
pub trait Resource: Serialize + ToSchema + Send + Sync + Sized + 'static {
    /// One of them, as in ids of operations and names of events: `cluster`.
    const NAME: &'static str;
    /// All of them, as in addresses: `clusters`.
    const COLLECTION: &'static str;
    const READ: Action;
    const CREATE: Action;
    const DELETE: Action;
    /// What its events are.
    const EVENTS: &'static str;

    type Id: Segment + Copy + PartialEq + Display + Serialize + Sync + 'static;
    type Page: Serialize + ToSchema + Send;
    type Input: DeserializeOwned + ToSchema + Send;
    type Event: Serialize + ToSchema + Send;

    fn id(&self) -> Self::Id;

    /// The resource that a change is about, and its tenant.
    fn changed(change: Change) -> Option<(Self::Id, TenantId)>;

    fn list(
        core: &Core,
        caller: &Caller,
        query: ListQueryInput,
    ) -> impl Future<Output = Outcome<Self::Page>> + Send;

    fn get(
        core: &Core,
        caller: &Caller,
        id: Self::Id,
    ) -> impl Future<Output = Outcome<Self>> + Send;

    /// The resource, and whether an earlier request with the same key created it.
    fn create(
        core: &Core,
        caller: &Caller,
        input: Self::Input,
        key: Option<&str>,
    ) -> impl Future<Output = Outcome<(Self, bool)>> + Send;

    fn delete(
        core: &Core,
        caller: &Caller,
        id: Self::Id,
        confirmation: &str,
    ) -> impl Future<Output = Outcome<Self>> + Send;

    fn events(
        core: &Core,
        caller: &Caller,
        id: Self::Id,
        query: &EventQuery,
    ) -> impl Future<Output = Outcome<EventPage<Self::Event>>> + Send;
}

impl Resource for Cluster {
    const NAME: &'static str = "cluster";
    const COLLECTION: &'static str = "clusters";
    const READ: Action = Action::ReadCluster;
    const CREATE: Action = Action::OrderCluster;
    const DELETE: Action = Action::DeleteCluster;
    const EVENTS: &'static str =
        "Kubernetes events of the cluster on its host cluster, newest first.";

    type Id = ClusterId;
    type Page = ClusterPage;
    type Input = OrderInput;
    type Event = ClusterEvent;

    fn id(&self) -> ClusterId {
        self.id
    }

    fn changed(change: Change) -> Option<(ClusterId, TenantId)> {
        ClusterKind::changed(change)
    }

    async fn list(core: &Core, caller: &Caller, query: ListQueryInput) -> Outcome<ClusterPage> {
        let query = query.validate().map_err(Problem::invalid)?;
        core.clusters.list(caller, query).await
    }

    async fn get(core: &Core, caller: &Caller, id: ClusterId) -> Outcome<Self> {
        core.clusters.get(caller, id).await
    }

    async fn create(
        core: &Core,
        caller: &Caller,
        input: OrderInput,
        key: Option<&str>,
    ) -> Outcome<(Self, bool)> {
        let ordered = core.clusters.create(caller, input, key).await?;
        Ok((ordered.cluster, ordered.replayed))
    }

    async fn delete(core: &Core, caller: &Caller, id: ClusterId, name: &str) -> Outcome<Self> {
        core.clusters.delete(caller, id, name).await
    }

    async fn events(
        core: &Core,
        caller: &Caller,
        id: ClusterId,
        query: &EventQuery,
    ) -> Outcome<EventPage<ClusterEvent>> {
        core.clusters.events(caller, id, query).await
    }
}

impl Resource for Node {
    const NAME: &'static str = "node";
    const COLLECTION: &'static str = "nodes";
    const READ: Action = Action::ReadNode;
    const CREATE: Action = Action::OrderNode;
    const DELETE: Action = Action::DeleteNode;
    const EVENTS: &'static str = "SkyPilot's events of the node's machine, newest first.";

    type Id = NodeId;
    type Page = NodePage;
    type Input = NodeOrderInput;
    type Event = NodeEvent;

    fn id(&self) -> NodeId {
        self.id
    }

    fn changed(change: Change) -> Option<(NodeId, TenantId)> {
        NodeKind::changed(change)
    }

    async fn list(core: &Core, caller: &Caller, query: ListQueryInput) -> Outcome<NodePage> {
        let query = query.validate().map_err(Problem::invalid)?;
        core.nodes.list(caller, query).await
    }

    async fn get(core: &Core, caller: &Caller, id: NodeId) -> Outcome<Self> {
        core.nodes.get(caller, id).await
    }

    async fn create(
        core: &Core,
        caller: &Caller,
        input: NodeOrderInput,
        key: Option<&str>,
    ) -> Outcome<(Self, bool)> {
        let ordered = core.nodes.create(caller, input, key).await?;
        Ok((ordered.node, ordered.replayed))
    }

    async fn delete(core: &Core, caller: &Caller, id: NodeId, name: &str) -> Outcome<Self> {
        core.nodes.delete(caller, id, name).await
    }

    async fn events(
        core: &Core,
        caller: &Caller,
        id: NodeId,
        query: &EventQuery,
    ) -> Outcome<EventPage<NodeEvent>> {
        core.nodes.events(caller, id, query).await
    }
}
