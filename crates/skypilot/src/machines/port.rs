//! The methods of the port.

use super::{
    SkyPilotMachines, catalogue,
    errors::{machine_error, repeatable},
    observe,
};
use crate::client::{self, AcceleratorQuery, Acting, ErrorKind, LogLength, Role, StatusQuery};
use async_trait::async_trait;
use domain::node::{
    catalogue::Offer, job::Job, log::NodeLog, machine_name::PREFIX, order::Autostop,
    view::NodeEvent,
};
use futures::stream::BoxStream;
use jiff::Timestamp;
use provisioning::ports::machines::{
    Machine, MachineKey, MachineObservation, Machines, RequestId, Served, ServerHealth,
    ServiceAccount, Workspace,
};
use serde::de::IgnoredAny;

fn handle(request: client::RequestId) -> RequestId {
    RequestId(request.to_string())
}

#[async_trait]
impl Machines for SkyPilotMachines {
    async fn health(&self) -> Served<ServerHealth> {
        let health = self.sky.health(&self.admin).await.map_err(machine_error)?;
        let may_administer = match self.sky.who_am_i(&self.admin).await {
            Ok(user) => user.role == Some(Role::Admin),
            Err(error) if error.kind == ErrorKind::Unauthorized => false,
            Err(error) => return Err(machine_error(error)),
        };
        Ok(ServerHealth {
            version: health.version.unwrap_or_default(),
            api_version: health.api_version.parse().unwrap_or_default(),
            service_accounts: health.service_account_token_enabled,
            may_administer,
        })
    }

    async fn ensure_workspace(&self, workspace: &Workspace) -> Served<Option<ServiceAccount>> {
        self.make_workspace(workspace).await
    }

    async fn enabled_clouds(&self, workspace: &Workspace) -> Served<Vec<String>> {
        let within = self.within(workspace);
        let request = self.sky.submit_check(within.acting(), None);
        let request = request.await.map_err(repeatable)?;
        let limit = self.config.timeouts.check;
        let checked = self
            .sky
            .result::<client::Checked>(&within.identity, &request, limit);
        let mut checked = checked.await.map_err(repeatable)?;
        let clouds = checked.remove(&workspace.name).unwrap_or_default();
        Ok(clouds
            .into_iter()
            .filter(|(_, good_for)| good_for.iter().any(|use_| use_ == "compute"))
            .map(|(cloud, _)| cloud.to_lowercase())
            .collect())
    }

    async fn catalogue(&self) -> Served<Vec<Offer>> {
        let clouds = &self.config.catalogue_clouds;
        let query = AcceleratorQuery {
            clouds: (!clouds.is_empty()).then_some(clouds.as_slice()),
            all_regions: true,
            ..AcceleratorQuery::default()
        };
        let found = self.sky.list_accelerators(Acting::by(&self.admin), &query);
        let found = found.await.map_err(repeatable)?;
        let offers = found.into_values().flatten();
        Ok(offers.filter_map(catalogue::offer).collect())
    }

    async fn validate(&self, workspace: &Workspace, task_yaml: &str) -> Served<()> {
        let within = self.within(workspace);
        let validated = self.sky.validate(within.acting(), task_yaml);
        validated.await.map_err(machine_error)
    }

    async fn launch(
        &self,
        workspace: &Workspace,
        machine: &str,
        task_yaml: &str,
        since: Timestamp,
    ) -> Served<RequestId> {
        let within = self.within(workspace);
        let launched = self.launch_once(&within, machine, task_yaml, since);
        launched.await.map(handle)
    }

    async fn start(
        &self,
        workspace: &Workspace,
        machine: &str,
        autostop: Option<Autostop>,
    ) -> Served<RequestId> {
        let within = self.within(workspace);
        let autostop = autostop.map(|autostop| observe::wanted_autostop(Some(autostop)));
        let started = self.sky.submit_start(within.acting(), machine, autostop);
        started.await.map(handle).map_err(repeatable)
    }

    async fn stop(&self, workspace: &Workspace, machine: &str) -> Served<RequestId> {
        let within = self.within(workspace);
        let stopped = self.sky.submit_stop(within.acting(), machine);
        stopped.await.map(handle).map_err(repeatable)
    }

    async fn delete(&self, workspace: &Workspace, machine: &str) -> Served<RequestId> {
        let within = self.within(workspace);
        self.cancel_launches(&within, machine).await?;
        let down = self.sky.submit_down(within.acting(), machine);
        down.await.map(handle).map_err(repeatable)
    }

    async fn set_autostop(
        &self,
        workspace: &Workspace,
        machine: &str,
        autostop: Option<Autostop>,
    ) -> Served<()> {
        let within = self.within(workspace);
        let wanted = observe::wanted_autostop(autostop);
        let request = self.sky.submit_autostop(within.acting(), machine, wanted);
        let request = request.await.map_err(repeatable)?;
        self.done(&within.identity, &request).await
    }

    async fn cancel_request(&self, workspace: &Workspace, request: &RequestId) -> Served<()> {
        let within = self.within(workspace);
        let Ok(request) = request.0.parse() else {
            return Ok(());
        };
        let cancelled = self.sky.cancel_requests(within.acting(), &[request]).await;
        cancelled.map(|_| ()).map_err(repeatable)
    }

    async fn observe(
        &self,
        workspace: &Workspace,
        machine: &str,
        request: Option<&RequestId>,
    ) -> Served<MachineObservation> {
        self.look(&self.within(workspace), machine, request).await
    }

    async fn machines(&self, workspace: &Workspace, fresh: bool) -> Served<Vec<Machine>> {
        let within = self.within(workspace);
        let clusters = if fresh {
            self.refreshed_clusters(&within).await?
        } else {
            let query = StatusQuery::default();
            let clusters = self.sky.status(within.acting(), &query).await;
            clusters.map_err(machine_error)?
        };
        // The list includes workspaces that are open to all users.
        let ours = |cluster: &client::Cluster| cluster.workspace == workspace.name;
        let clusters = clusters.into_iter().filter(ours);
        Ok(clusters.map(observe::machine).collect())
    }

    async fn all_machines(&self) -> Served<Vec<Machine>> {
        let query = StatusQuery::default();
        let clusters = self.sky.status(Acting::by(&self.admin), &query).await;
        let machines = clusters.map_err(machine_error)?.into_iter();
        Ok(machines
            .map(observe::machine)
            .filter(|machine| {
                machine.name.starts_with(PREFIX) || machine.workspace.starts_with(PREFIX)
            })
            .collect())
    }

    async fn delete_orphan(&self, workspace_name: &str, machine: &str) -> Served<()> {
        let variables = self.config.aws.variables(workspace_name);
        let acting = Acting::by(&self.admin)
            .within(workspace_name)
            .with_variables(&variables);
        let request = self.sky.submit_down(acting, machine).await;
        let request = request.map_err(repeatable)?;
        let limit = self.config.timeouts.result;
        let down = self.sky.result::<IgnoredAny>(&self.admin, &request, limit);
        match down.await {
            // The request continues, and the next observation shows the outcome.
            Err(error) if error.kind == ErrorKind::StillRunning => Ok(()),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            other => other.map(|_| ()).map_err(repeatable),
        }
    }

    async fn key(&self, workspace: &Workspace, machine: &str) -> Served<MachineKey> {
        self.key_of(&self.within(workspace), machine).await
    }

    async fn events(&self, workspace: &Workspace, machine: &str) -> Served<Vec<NodeEvent>> {
        self.events_of(&self.within(workspace), machine).await
    }

    async fn jobs(&self, workspace: &Workspace, machine: &str) -> Served<Vec<Job>> {
        let within = self.within(workspace);
        let jobs = self.sky.queue(within.acting(), machine).await;
        jobs.map(observe::jobs).map_err(repeatable)
    }

    async fn submit_job(
        &self,
        workspace: &Workspace,
        machine: &str,
        task_yaml: &str,
    ) -> Served<()> {
        let within = self.within(workspace);
        let request = self.sky.submit_exec(within.acting(), machine, task_yaml);
        let request = request.await.map_err(machine_error)?;
        let limit = self.config.timeouts.result;
        match self.sky.launched(&within.identity, &request, limit).await {
            // The server has accepted the job and queues it as soon as the machine allows.
            Err(error) if error.kind == ErrorKind::StillRunning => Ok(()),
            other => other.map(|_| ()).map_err(machine_error),
        }
    }

    async fn cancel_job(&self, workspace: &Workspace, machine: &str, job: u64) -> Served<()> {
        let within = self.within(workspace);
        let jobs = [job];
        let request = self.sky.submit_cancel(within.acting(), machine, &jobs);
        let request = request.await.map_err(repeatable)?;
        self.done(&within.identity, &request).await
    }

    async fn log(
        &self,
        workspace: &Workspace,
        machine: &str,
        request: Option<&RequestId>,
        log: NodeLog,
        follow: bool,
        tail: Option<u32>,
    ) -> Served<BoxStream<'static, Served<String>>> {
        let within = self.within(workspace);
        let length = LogLength { follow, tail };
        self.read_log(&within, machine, request, log, length).await
    }
}
