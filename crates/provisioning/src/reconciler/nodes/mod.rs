//! Reconciles nodes and workspaces with the SkyPilot API server, which announces nothing:
//! a node on its way is looked at every few seconds; settled ones are looked at together, a
//! workspace at a time, and woken when their machine is not as it was last seen.

mod assessment;
mod pass;
mod server_reports;
mod workspaces;

pub(super) use server_reports::{keep_catalogue, keep_orphans};

use super::worker::Work;
use crate::{
    nodes::SkyPilotBackend,
    ports::{machines::MachineError, sealing::SealError},
};
use async_trait::async_trait;
use domain::error::causes;
use persistence::{
    Database,
    error::StoreError,
    node_records::{NodeRecord, WorkspaceRecord},
    records::Claim,
};
use tracing::Span;

/// Why something on the SkyPilot API server is not finished.
#[derive(Debug)]
enum PassError {
    Server(MachineError),
    Seal(SealError),
    Store(StoreError),
}

impl From<MachineError> for PassError {
    fn from(error: MachineError) -> Self {
        Self::Server(error)
    }
}

impl From<SealError> for PassError {
    fn from(error: SealError) -> Self {
        Self::Seal(error)
    }
}

impl From<StoreError> for PassError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl PassError {
    fn log(&self, what: &str) {
        match self {
            Self::Server(error) => tracing::warn!(%error, detail = ?error.detail, "{what}"),
            Self::Seal(error) => tracing::error!(%error, "{what}"),
            Self::Store(error) => tracing::error!(error = %causes(error), "{what}"),
        }
    }
}

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

    fn span(&self, record: &NodeRecord) -> Span {
        tracing::info_span!(
            "pass",
            kind = "node",
            resource_id = %record.id,
            operation_id = %record.operation.id,
            attempt = record.operation.attempts + 1,
        )
    }
}

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

    fn span(&self, record: &WorkspaceRecord) -> Span {
        tracing::info_span!(
            "pass",
            kind = "workspace",
            resource_id = %record.id,
            attempt = record.attempts + 1,
        )
    }
}
