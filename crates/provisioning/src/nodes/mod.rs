//! Nodes: find, create, look, use, stop, delete.

mod backend;
pub mod catalogue;
mod create;
mod jobs;
mod logs;
mod operating;
mod orphans;
mod own_task;
pub(crate) mod view;

pub use backend::SkyPilotBackend;
pub use logs::{LogLines, LogStream};

use crate::{
    errors::{CreateError, NodeError},
    ports::machines::{MachineErrorKind, RequestId, Workspace},
    resources::{Resources, audit_entry},
};
use domain::{
    access::Action,
    audit::AuditAction,
    caller::Caller,
    event_page::{EventPage, EventQuery, Events},
    ids::NodeId,
    node::{
        catalogue::{OfferPage, OfferQuery},
        connection::{SshAccess, split_address},
        log::NodeLog,
        view::{Node, NodeEvent, NodeKind},
    },
    operation::OperationKind,
    problem::Problem,
};
use jiff::Timestamp;
use logs::LogTails;
use persistence::{Database, node_records::NodeRecord};
use std::sync::Arc;

/// An accepted order of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeOrdered {
    pub node: Node,
    /// Whether the same order with the same key had been accepted before.
    pub replayed: bool,
}

/// The use cases on nodes.
pub type Nodes = Resources<NodeKind>;

/// What they need beside the database.
pub struct NodeBackend {
    /// `None`: there are no nodes.
    skypilot: Option<SkyPilotBackend>,
    tails: LogTails,
}

impl Nodes {
    /// Without a SkyPilot API server every order is answered with what is missing.
    pub fn new(db: Database, skypilot: Option<SkyPilotBackend>) -> Self {
        let tails = LogTails::default();
        Self {
            db,
            backend: NodeBackend { skypilot, tails },
        }
    }

    fn backend(&self) -> Result<&SkyPilotBackend, Problem> {
        let skypilot = self.backend.skypilot.as_ref();
        skypilot.ok_or_else(|| CreateError::NoSkyPilotServer.into())
    }

    /// A page of the events of its machine.
    ///
    /// # Errors
    /// Not found, or the SkyPilot API server does not respond.
    pub async fn events(
        &self,
        caller: &Caller,
        id: NodeId,
        query: &EventQuery,
    ) -> Result<EventPage<NodeEvent>, Problem> {
        let node = self.authorized(caller, Action::ReadNode, id).await?;
        let workspace = self.workspace(&node).await?;
        let events = self
            .backend()?
            .machines
            .events(&workspace, &node.machine)
            .await
            .or_else(|error| match error.kind {
                MachineErrorKind::NotFound => Ok(Vec::new()),
                _ => Err(error),
            })?;
        Ok(Events::oldest_first(events, |event| event.at).page(query))
    }

    /// A log from its beginning (`tail`: only the last so many lines); `follow` keeps it open until it
    /// ends. Audited first: no audit entry, no log.
    ///
    /// # Errors
    /// Not found, forbidden, or the SkyPilot API server does not respond.
    pub async fn log(
        &self,
        caller: &Caller,
        id: NodeId,
        log: NodeLog,
        follow: bool,
        tail: Option<u32>,
    ) -> Result<LogStream, Problem> {
        let recorded = AuditAction::ReadNodeLog;
        let node = self
            .authorized_change(caller, Action::ReadNodeLogs, recorded, id)
            .await?;
        if let NodeLog::Job(Some(job)) = log {
            jobs::require_possible(job)?;
        }
        let workspace = self.workspace(&node).await?;
        let detail = match log {
            NodeLog::Provisioning => "provisioning".to_owned(),
            NodeLog::Job(Some(job)) => format!("job {job}"),
            NodeLog::Job(None) => "latest job".to_owned(),
        };
        // No entry, no log.
        self.audit(caller, AuditAction::ReadNodeLog, &node, Some(detail))
            .await?;
        // Other requests than these write no provisioning log.
        let brings_up = matches!(
            node.operation.kind,
            OperationKind::LaunchNode | OperationKind::StartNode
        );
        let request = node.request.clone().filter(|_| brings_up).map(RequestId);
        let machines = Arc::clone(&self.backend()?.machines);
        let wanted = logs::LogRequest {
            workspace,
            machine: node.details.machine,
            request,
            log,
            follow,
            tail,
        };
        self.backend.tails.open(id, machines, wanted).await
    }

    /// The node's workspace, opened.
    async fn workspace(&self, node: &NodeRecord) -> Result<Workspace, Problem> {
        let record = self
            .db
            .workspaces()
            .of_environment(node.environment.id)
            .await?
            .filter(|workspace| workspace.ready)
            .ok_or(NodeError::WorkspaceNotReady)?;
        Ok(self.backend()?.open(&record).await?)
    }

    /// `available` (“The SSH key is”) needs a running machine.
    fn require_up(node: &NodeRecord, available: &'static str) -> Result<(), NodeError> {
        if node.state.is_up() {
            return Ok(());
        }
        Err(NodeError::NotUp {
            name: node.name.to_string(),
            state: node.state,
            available,
        })
    }

    /// Records something done to `node` on its own.
    async fn audit(
        &self,
        caller: &Caller,
        action: AuditAction,
        node: &NodeRecord,
        detail: Option<String>,
    ) -> Result<(), Problem> {
        let mut entry = audit_entry::<NodeKind>(caller, action, node);
        entry.detail = detail;
        self.db.audit().append(entry).await?;
        Ok(())
    }

    /// Address and key for SSH, read from the server each time. Audited first: no audit entry, no key.
    ///
    /// # Errors
    /// Not found, forbidden, not ready, or the SkyPilot API server does not respond.
    pub async fn ssh(&self, caller: &Caller, id: NodeId) -> Result<SshAccess, Problem> {
        let recorded = AuditAction::ReadNodeKey;
        let node = self
            .authorized_change(caller, Action::ConnectNode, recorded, id)
            .await?;
        Self::require_up(&node, "The SSH key is")?;
        let Some((host, port)) = node.address.as_deref().and_then(split_address) else {
            let name = node.name.to_string();
            return Err(NodeError::NoAddress { name }.into());
        };
        let workspace = self.workspace(&node).await?;
        let key = self
            .backend()?
            .machines
            .key(&workspace, &node.machine)
            .await?;
        // No entry, no key: the entry is committed before anything leaves.
        self.audit(caller, AuditAction::ReadNodeKey, &node, None)
            .await?;
        Ok(SshAccess {
            host_alias: node.name.to_string(),
            host: host.to_owned(),
            port,
            user: key.user,
            private_key: key.private_key,
        })
    }

    /// A page of what can be launched, as the clouds of the caller's tenants allow.
    ///
    /// # Errors
    /// Not found for a tenant the caller may not see; unavailable without a SkyPilot API server.
    pub async fn catalogue(
        &self,
        caller: &Caller,
        query: OfferQuery,
    ) -> Result<OfferPage, Problem> {
        let catalogue = self.backend()?.catalogue.current();
        let clouds = match &query.tenant {
            None => self.own_clouds(caller).await?,
            Some(tenant) => {
                self.clouds_of(caller, tenant, query.environment.as_deref())
                    .await?
            }
        };
        Ok(catalogue::page(
            &catalogue.of_clouds(clouds.as_deref()),
            &query,
            catalogue.read_at,
            Timestamp::now(),
        ))
    }

    /// The clouds of all workspaces the caller may see; `None`: some have not been asked.
    async fn own_clouds(&self, caller: &Caller) -> Result<Option<Vec<String>>, Problem> {
        self.clouds_where(caller, |_, _| true).await
    }

    async fn clouds_of(
        &self,
        caller: &Caller,
        tenant: &str,
        environment: Option<&str>,
    ) -> Result<Option<Vec<String>>, Problem> {
        self.clouds_where(caller, |found, part| {
            found == tenant && environment.is_none_or(|environment| environment == part)
        })
        .await
    }

    async fn clouds_where(
        &self,
        caller: &Caller,
        wanted: impl Fn(&str, &str) -> bool,
    ) -> Result<Option<Vec<String>>, Problem> {
        let mut clouds = Vec::new();
        for workspace in self.db.workspaces().list().await? {
            if caller.may(Action::ReadNode, workspace.tenant.id)
                && wanted(&workspace.tenant.slug, &workspace.environment.slug)
            {
                match create::enabled(&workspace) {
                    Some(enabled) => clouds.extend(enabled),
                    None => return Ok(None),
                }
            }
        }
        Ok(Some(clouds))
    }
}
