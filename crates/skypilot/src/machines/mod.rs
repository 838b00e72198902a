//! The port [`provisioning::ports::machines::Machines`], spoken to a SkyPilot API server.
//!
//! Nothing is kept here but connections: the server is the only memory.

mod catalogue;
mod config;
mod errors;
mod freshness;
mod launches;
mod logs;
mod observe;
mod workspaces;

pub use config::{AwsAccess, SkyPilotConfig};

use crate::client::{
    self, AcceleratorQuery, Acting, ConfigError, ErrorKind, Identity, Refresh, Role, SkyPilot,
    SkyPilotError, StatusQuery, Variables,
};
use async_trait::async_trait;
use domain::{
    node::{catalogue::Offer, job::Job, machine_name::PREFIX, order::Autostop, view::NodeEvent},
    services::NodeLog,
};
use errors::{found, machine_error, repeatable};
use futures::stream::BoxStream;
use jiff::Timestamp;
use provisioning::ports::machines::{
    Machine, MachineErrorKind, MachineKey, MachineObservation, MachineState, Machines, RequestId,
    Served, ServerHealth, ServiceAccount, Workspace,
};
use secrecy::SecretString;
use serde::de::IgnoredAny;
use uuid::Uuid;

/// The port that SSH is at, which every task of the portal asks for.
const SSH: u16 = 22;

/// Machines on one SkyPilot API server.
#[derive(Debug)]
pub struct SkyPilotMachines {
    sky: SkyPilot,
    admin: Identity,
    config: SkyPilotConfig,
}

/// Who acts for a workspace, and with what.
struct Within<'a> {
    name: &'a str,
    identity: Identity,
    variables: Variables,
}

impl Within<'_> {
    fn acting(&self) -> Acting<'_> {
        Acting::by(&self.identity)
            .within(self.name)
            .with_variables(&self.variables)
    }
}

impl SkyPilotMachines {
    /// The adapter; nothing is asked of the server yet.
    ///
    /// # Errors
    /// If the configuration cannot be used.
    pub fn new(config: SkyPilotConfig) -> Result<Self, ConfigError> {
        let sky = SkyPilot::new(config.client())?;
        if config.admin_token.is_some() && !sky.is_private() {
            return Err(ConfigError::TokenInClear(sky.url().clone()));
        }
        let admin = match &config.admin_token {
            Some(token) => Identity::Bearer(token.clone()),
            None => named("hangar", 0),
        };
        Ok(Self { sky, admin, config })
    }

    fn within<'a>(&self, workspace: &'a Workspace) -> Within<'a> {
        Within {
            name: &workspace.name,
            identity: match &workspace.account {
                Some(account) => Identity::Bearer(account.token.clone()),
                None => named(&workspace.name, Uuid::from(workspace.id).as_u128()),
            },
            variables: self.config.aws.variables(&workspace.name),
        }
    }

    /// The one cluster of that name.
    async fn cluster(
        &self,
        acting: Acting<'_>,
        machine: &str,
        credentials: bool,
    ) -> Result<Option<client::Cluster>, SkyPilotError> {
        let query = StatusQuery {
            names: Some(&[machine]),
            refresh: Refresh::None,
            credentials,
            summary: false,
        };
        let clusters = self.sky.status(acting, &query).await?;
        Ok(clusters.into_iter().find(|cluster| cluster.name == machine))
    }

    /// Waits for a request whose result is nothing.
    async fn done(&self, identity: &Identity, request: &client::RequestId) -> Served<()> {
        let limit = self.config.timeouts.result;
        let done = self.sky.result::<IgnoredAny>(identity, request, limit);
        done.await.map(|_| ()).map_err(repeatable)
    }

    /// Where SSH is on a machine that is up; `None` where the cloud opens no ports.
    async fn address(&self, acting: Acting<'_>, machine: &str) -> Served<Option<String>> {
        match self.sky.endpoints(acting, machine, SSH).await {
            Ok(endpoints) => Ok(endpoints.get(&SSH).map(|address| with_port(address))),
            Err(error) => match error.kind {
                ErrorKind::NotUp
                | ErrorKind::NotFound
                | ErrorKind::NotSupported
                | ErrorKind::Rejected => Ok(None),
                _ => Err(machine_error(error)),
            },
        }
    }
}

/// Somebody on a server that believes what it is told. SkyPilot tells its users by eight hexadecimal digits.
fn named(name: &str, number: u128) -> Identity {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the random end of the id is enough"
    )]
    let user_id = format!("{:08x}", number as u32);
    Identity::Named {
        user_id,
        user_name: name.to_owned(),
    }
}

/// SkyPilot leaves the port out where the address is a web server's; the scheme is of no use here.
fn with_port(address: &str) -> String {
    let address = address
        .split_once("://")
        .map_or(address, |(_, address)| address)
        .trim_end_matches('/');
    let last = address.rsplit_once(':').map(|(_, port)| port);
    if last.is_some_and(|port| port.parse::<u16>().is_ok()) {
        address.to_owned()
    } else {
        format!("{address}:{SSH}")
    }
}

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

    async fn take_down(&self, workspace: &Workspace, machine: &str) -> Served<RequestId> {
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
        let within = self.within(workspace);
        let acting = within.acting();
        // The request first: one that is over has its effect in the list that is read after it.
        let request = match request {
            Some(request) => Some(self.request_state(&within.identity, request).await?),
            None => None,
        };
        let cluster = self.cluster(acting, machine, false).await;
        let mut observation = MachineObservation {
            machine: cluster.map_err(machine_error)?.map(observe::machine),
            request,
            events: Vec::new(),
            address: None,
        };
        let Some(found) = &mut observation.machine else {
            return Ok(observation);
        };
        if matches!(found.state, MachineState::Unhealthy | MachineState::Stopped) {
            return Ok(observation);
        }
        let events = match self.events(workspace, machine).await {
            // Gone since it was listed.
            Err(error) if error.kind == MachineErrorKind::NotFound => {
                observation.machine = None;
                return Ok(observation);
            }
            other => other?,
        };
        if found.state == MachineState::Launching {
            observation.events = events;
        } else if observe::was_set_up(&events) {
            observation.address = self.address(acting, machine).await?;
        } else {
            observe::mark_as_broken(found);
        }
        Ok(observation)
    }

    async fn machines(&self, workspace: &Workspace, fresh: bool) -> Served<Vec<Machine>> {
        let within = self.within(workspace);
        let clusters = if fresh {
            self.asked_anew(&within).await?
        } else {
            let query = StatusQuery::default();
            let clusters = self.sky.status(within.acting(), &query).await;
            clusters.map_err(machine_error)?
        };
        // Workspaces that are open to everybody are in the list too.
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

    async fn take_down_orphan(&self, workspace_name: &str, machine: &str) -> Served<()> {
        let variables = self.config.aws.variables(workspace_name);
        let acting = Acting::by(&self.admin)
            .within(workspace_name)
            .with_variables(&variables);
        let request = self.sky.submit_down(acting, machine).await;
        let request = request.map_err(repeatable)?;
        let limit = self.config.timeouts.result;
        let down = self.sky.result::<IgnoredAny>(&self.admin, &request, limit);
        match down.await {
            // It goes on, and the next list tells.
            Err(error) if error.kind == ErrorKind::StillRunning => Ok(()),
            Err(error) if error.kind == ErrorKind::NotFound => Ok(()),
            other => other.map(|_| ()).map_err(repeatable),
        }
    }

    async fn key(&self, workspace: &Workspace, machine: &str) -> Served<MachineKey> {
        let within = self.within(workspace);
        let cluster = self.cluster(within.acting(), machine, true).await;
        let Some(cluster) = cluster.map_err(machine_error)? else {
            let message = "The SkyPilot API server does not list the machine: it is gone.";
            return Err(found(MachineErrorKind::NotFound, message));
        };
        let credentials = cluster.credentials;
        let key = credentials.and_then(|credentials| {
            let private_key: SecretString = credentials.ssh_private_key_content?;
            Some(MachineKey {
                user: credentials.ssh_user,
                private_key,
            })
        });
        key.ok_or_else(|| {
            let message = "The SkyPilot API server has no key for the machine (yet). Try again once it is up.";
            found(MachineErrorKind::NotUp, message)
        })
    }

    async fn events(&self, workspace: &Workspace, machine: &str) -> Served<Vec<NodeEvent>> {
        let within = self.within(workspace);
        let events = self.sky.cluster_events(within.acting(), machine).await;
        events.map(observe::events).map_err(machine_error)
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
            // The server has it and puts it into the queue as soon as the machine lets it.
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
        let length = client::LogLength { follow, tail };
        self.read_log(&within, machine, request, log, length).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_always_has_its_port() {
        assert_eq!(with_port("203.0.113.7:22"), "203.0.113.7:22");
        assert_eq!(with_port("http://203.0.113.7:2222/"), "203.0.113.7:2222");
        assert_eq!(with_port("gpu.example.com"), "gpu.example.com:22");
    }

    #[test]
    fn no_token_is_sent_where_others_can_read_it() {
        let config = |url: &str| {
            SkyPilotConfig::new(url.parse().unwrap(), Some(SecretString::from("sky_x")))
        };
        let refused = SkyPilotMachines::new(config("http://skypilot.example.com")).unwrap_err();
        assert!(matches!(refused, ConfigError::TokenInClear(_)));
        SkyPilotMachines::new(config("https://skypilot.example.com")).unwrap();
        SkyPilotMachines::new(config("http://127.0.0.1:46580")).unwrap();
    }
}
