//! The feed of changes: what streams and reconcilers of every replica hear about.

use domain::ids::{ClusterId, NodeId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Something changed in the database. Says what, not how: readers look for themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// A cluster was written.
    Cluster {
        /// Which.
        id: ClusterId,
        /// Whose it is.
        tenant_id: TenantId,
    },
    /// A node was written.
    Node {
        /// Which.
        id: NodeId,
        /// Whose it is.
        tenant_id: TenantId,
    },
    /// Work on clusters, nodes or workspaces is due before it was planned.
    WorkDue,
    /// Somebody's rights, sessions or tokens changed: streams of theirs look again whether they may go on.
    Access {
        /// Whose.
        user_id: UserId,
    },
    /// Changes may have been missed: look at everything.
    Everything,
}
