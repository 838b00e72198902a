//! Stop, start and autostop: the request writes desired state, the reconciler acts on it.

use super::{Nodes, view::can_retry};
use crate::{
    errors::NodeError,
    resources::{audit_entry, view},
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    ids::NodeId,
    node::{
        order::{Autostop, AutostopInput, IdleAction, cannot_stop},
        view::{Node, NodeKind, NodeState},
    },
    operation::{Operation, OperationKind},
    problem::{FieldError, Problem},
};
use jiff::Timestamp;
use persistence::{
    new_id,
    node_records::{NodeChange, NodeRecord},
};

/// How often a change is tried again that the reconciler's writes came before.
const ATTEMPTS: usize = 5;

impl Nodes {
    /// Stops it. Stopping it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, or not possible in its state.
    pub async fn stop(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem> {
        self.change(
            caller,
            id,
            Action::OperateNode,
            AuditAction::StopNode,
            None,
            |node| {
                if matches!(node.state, NodeState::Stopping | NodeState::Stopped) {
                    return Ok(None);
                }
                if let Some(reason) = cannot_stop(cloud(node), node.spec.spot) {
                    return Err(NodeError::CannotStop { reason }.into());
                }
                if !node.state.is_up() {
                    return Err(wrong_state(node, "stopped"));
                }
                Ok(Some(turn(NodeState::Stopping, OperationKind::StopNode)))
            },
        )
        .await
    }

    /// Starts it. Starting it again is not an error.
    ///
    /// # Errors
    /// Not found, forbidden, or not possible in its state.
    pub async fn start(&self, caller: &Caller, id: NodeId) -> Result<Node, Problem> {
        self.change(
            caller,
            id,
            Action::OperateNode,
            AuditAction::StartNode,
            None,
            |node| match node.state {
                NodeState::Starting | NodeState::Ready | NodeState::Degraded => Ok(None),
                NodeState::Stopped => Ok(Some(turn(NodeState::Starting, OperationKind::StartNode))),
                _ if can_retry(node) => {
                    Ok(Some(turn(NodeState::Pending, OperationKind::LaunchNode)))
                }
                _ => Err(wrong_state(node, "started")),
            },
        )
        .await
    }

    /// Sets when it stops by itself.
    ///
    /// # Errors
    /// Invalid, not found, forbidden, or not possible in its state.
    pub async fn set_autostop(
        &self,
        caller: &Caller,
        id: NodeId,
        input: AutostopInput,
    ) -> Result<Node, Problem> {
        let wanted = Autostop::validate(input.idle_minutes, &input.idle_action)
            .map_err(|error| Problem::invalid(vec![error]))?;
        let detail = wanted.map_or_else(|| "never".to_owned(), Autostop::summary);
        self.change(
            caller,
            id,
            Action::OperateNode,
            AuditAction::ChangeAutostop,
            Some(detail),
            |node| {
                if wanted.is_some_and(|wanted| wanted.then == IdleAction::Stop)
                    && let Some(why) = cannot_stop(cloud(node), node.spec.spot)
                {
                    return Err(Problem::invalid(vec![FieldError::new("idle_action", why)]));
                }
                if !node.state.is_up() && node.state != NodeState::Stopped {
                    return Err(wrong_state(node, "changed"));
                }
                Ok((node.autostop != wanted).then_some(NodeChange::Autostop(wanted)))
            },
        )
        .await
    }

    /// Decides on the node as it is and writes the change, again if it changed meanwhile.
    async fn change(
        &self,
        caller: &Caller,
        id: NodeId,
        action: Action,
        recorded: AuditAction,
        detail: Option<String>,
        decide: impl Fn(&NodeRecord) -> Result<Option<NodeChange>, Problem> + Send + Sync,
    ) -> Result<Node, Problem> {
        for _ in 0..ATTEMPTS {
            let node = self.authorized_change(caller, action, recorded, id).await?;
            let Some(change) = decide(&node)? else {
                return Ok(view(node, caller, Timestamp::now()));
            };
            let mut audit = audit_entry::<NodeKind>(caller, recorded, &node);
            audit.detail.clone_from(&detail);
            if let Some(changed) = self
                .db
                .nodes()
                .change(id, node.version, change, audit)
                .await?
            {
                return Ok(view(changed, caller, Timestamp::now()));
            }
        }
        Err(NodeError::KeepsChanging.into())
    }
}

fn turn(state: NodeState, kind: OperationKind) -> NodeChange {
    NodeChange::Turn(state, Operation::begin(new_id(), kind, Timestamp::now()))
}

fn cloud(node: &NodeRecord) -> Option<&str> {
    node.placement
        .as_ref()
        .map(|placement| placement.cloud.as_str())
        .or(node.spec.cloud.as_deref())
}

fn wrong_state(node: &NodeRecord, change: &'static str) -> Problem {
    NodeError::WrongState {
        name: node.name.to_string(),
        state: node.state,
        change,
    }
    .into()
}
