//! Nodes and workspaces, kept as wanted on the SkyPilot API server, which tells nothing by itself:
//! a node on its way is looked at every few seconds; settled ones are looked at together, a
//! workspace at a time, and woken when their machine is not as it was last seen.

mod assessment;
mod pass;
mod server_reports;
mod workspaces;

pub(super) use server_reports::{keep_catalogue, keep_orphans};

use super::worker::Work;
use crate::nodes::SkyPilotBackend;
use async_trait::async_trait;
use persistence::{
    Database,
    error::StoreError,
    node_records::{NodeRecord, WorkspaceRecord},
    records::Claim,
};

/// The work on nodes.
pub(super) struct NodeWork {
    pub(super) db: Database,
    pub(super) skypilot: SkyPilotBackend,
}

#[async_trait]
impl Work for NodeWork {
    type Record = NodeRecord;

    fn db(&self) -> &Database {
        &self.db
    }

    async fn pass(&self, claim: &Claim<NodeRecord>) -> Result<(), StoreError> {
        pass::run(&self.db, &self.skypilot, claim).await
    }

    fn describe(&self, record: &NodeRecord) -> String {
        format!("node {}", record.id)
    }
}

/// The work on workspaces.
pub(super) struct WorkspaceWork {
    pub(super) db: Database,
    pub(super) skypilot: SkyPilotBackend,
}

#[async_trait]
impl Work for WorkspaceWork {
    type Record = WorkspaceRecord;

    fn db(&self) -> &Database {
        &self.db
    }

    async fn pass(&self, claim: &Claim<WorkspaceRecord>) -> Result<(), StoreError> {
        workspaces::run(&self.db, &self.skypilot, claim).await
    }

    fn describe(&self, record: &WorkspaceRecord) -> String {
        format!("workspace {}", record.name)
    }
}
