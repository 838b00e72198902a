//! Nodes and workspaces, kept as wanted on the SkyPilot API server, which tells nothing by itself:
//! a node on its way is looked at every few seconds; settled ones are looked at together, a
//! workspace at a time, and woken when their machine is not as it was last seen.

mod assessment;
mod pass;
mod server_reports;
mod workspaces;

pub(super) use server_reports::{keep_catalogue, keep_orphans};

use super::worker::Work;
use crate::{
    error::StoreError,
    node_records::{NodeRecord, WorkspaceRecord},
    nodes::Machinery,
    ports::stores::{Store, Stored},
    records::Claim,
};
use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// The work on nodes.
pub(super) struct NodeWork {
    pub(super) store: Arc<dyn Store>,
    pub(super) machinery: Machinery,
}

#[async_trait]
impl Work for NodeWork {
    type Record = NodeRecord;

    async fn claim(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<NodeRecord>>> {
        self.store.claim_nodes(now, lease, limit).await
    }

    async fn extend(&self, claim: &Claim<NodeRecord>, until: Timestamp) -> Stored<bool> {
        self.store.extend_node(claim, until).await
    }

    async fn next_due(&self) -> Stored<Option<Timestamp>> {
        self.store.next_node_due().await
    }

    async fn pass(&self, claim: &Claim<NodeRecord>) -> Result<(), StoreError> {
        pass::run(&*self.store, &self.machinery, claim).await
    }

    fn describe(&self, record: &NodeRecord) -> String {
        format!("node {}", record.id)
    }
}

/// The work on workspaces.
pub(super) struct WorkspaceWork {
    pub(super) store: Arc<dyn Store>,
    pub(super) machinery: Machinery,
}

#[async_trait]
impl Work for WorkspaceWork {
    type Record = WorkspaceRecord;

    async fn claim(
        &self,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Stored<Vec<Claim<WorkspaceRecord>>> {
        self.store.claim_workspaces(now, lease, limit).await
    }

    async fn extend(&self, claim: &Claim<WorkspaceRecord>, until: Timestamp) -> Stored<bool> {
        self.store.extend_workspace(claim, until).await
    }

    async fn next_due(&self) -> Stored<Option<Timestamp>> {
        self.store.next_workspace_due().await
    }

    async fn pass(&self, claim: &Claim<WorkspaceRecord>) -> Result<(), StoreError> {
        workspaces::run(&*self.store, &self.machinery, claim).await
    }

    fn describe(&self, record: &WorkspaceRecord) -> String {
        format!("workspace {}", record.name)
    }
}
