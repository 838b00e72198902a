//! Changes, announced to the event streams and reconcilers of every replica.

use domain::ids::{ClusterId, NodeId, TenantId, UserId};
use serde::{Deserialize, Serialize};

/// Something changed in the database. Receivers read the rows themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    Cluster {
        id: ClusterId,
        tenant_id: TenantId,
    },
    Node {
        id: NodeId,
        tenant_id: TenantId,
    },
    /// Work on clusters, nodes or workspaces is due earlier than planned.
    WorkDue,
    /// Permissions, sessions or tokens of a user changed: the user's streams check whether they may go on.
    Access {
        user_id: UserId,
    },
    /// Changes may have been missed: read everything again.
    Everything,
}
