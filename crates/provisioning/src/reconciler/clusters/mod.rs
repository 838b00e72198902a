//! Clusters, kept as wanted on their host clusters.

mod assessment;
mod drift;
mod pass;
mod power;

use super::worker::Work;
use crate::ports::host_clusters::HostClusters;
use async_trait::async_trait;
use domain::error::causes;
use futures::StreamExt;
use persistence::{
    Database,
    error::StoreError,
    records::{Claim, ClusterRecord},
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use tracing::Span;

pub(super) struct ClusterWork {
    pub(super) db: Database,
    pub(super) hosts: Arc<dyn HostClusters>,
}

#[async_trait]
impl Work for ClusterWork {
    type Record = ClusterRecord;

    fn db(&self) -> &Database {
        &self.db
    }

    async fn pass(&self, claim: &Claim<ClusterRecord>) -> Result<(), StoreError> {
        pass::run(&self.db, &*self.hosts, claim).await
    }

    fn span(&self, record: &ClusterRecord) -> Span {
        tracing::info_span!(
            "pass",
            kind = "cluster",
            resource_id = %record.id,
            operation_id = %record.operation.id,
            attempt = record.operation.attempts + 1,
        )
    }
}

impl ClusterWork {
    /// Makes clusters due whose objects changed on their host.
    pub(super) async fn wake_on_host_changes(&self, stop: &CancellationToken) {
        let mut changes = self.hosts.changes().ready_chunks(256);
        loop {
            let mut batch = tokio::select! {
                () = stop.cancelled() => return,
                batch = changes.next() => match batch {
                    Some(batch) => batch,
                    None => return,
                },
            };
            batch.sort_unstable();
            batch.dedup();
            if let Err(error) = self.db.clusters().wake_all(batch).await {
                tracing::error!(error = %causes(&error), "clusters not woken; their next regular look finds the change");
            }
        }
    }
}
