//! A server without delays, and a workspace on it.

use provisioning::ports::machines::{
    Machine, MachineObservation, MachineState, Machines, RequestId, RequestState, Workspace,
};
use sandbox::{Pace, Sandbox, SandboxOptions};
use skypilot::{SkyPilotConfig, SkyPilotMachines, client::Timeouts};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longer than any step here takes on a slow machine.
const TOO_LONG: Duration = Duration::from_secs(30);

pub const MACHINE: &str = "hgr-456789ab-trainer";
pub const TASK: &str = "name: trainer\nresources:\n  infra: aws\n  accelerators: L4:1\n  ports: [22]\nrun: |\n  echo hello\n";

pub struct Place {
    pub sandbox: Sandbox,
    pub machines: SkyPilotMachines,
    pub workspace: Workspace,
}

pub fn workspace(name: &str) -> Workspace {
    Workspace {
        id: "0198e1b2-7c1d-7a54-9d5c-0000aaaa1111".parse().unwrap(),
        name: name.into(),
        account: None,
    }
}

impl Place {
    pub async fn new() -> Self {
        let sandbox = Sandbox::start(SandboxOptions {
            pace: Pace::of_unit(Duration::from_millis(5)),
            ..SandboxOptions::default()
        })
        .await
        .unwrap();
        let token = sandbox.skypilot_admin_token().into();
        let url = sandbox.skypilot_url().parse().unwrap();
        let mut config = SkyPilotConfig::new(url, Some(token));
        config.timeouts = Timeouts {
            first_retry: Duration::from_millis(1),
            ..Timeouts::default()
        };
        let machines = SkyPilotMachines::new(config).unwrap();
        let mut workspace = workspace("hgr-acme-dev-12345678");
        workspace.account = machines.ensure_workspace(&workspace).await.unwrap();
        machines.enabled_clouds(&workspace).await.unwrap();
        Self {
            sandbox,
            machines,
            workspace,
        }
    }

    pub async fn observe(&self, request: Option<&RequestId>) -> MachineObservation {
        let seen = self.machines.observe(&self.workspace, MACHINE, request);
        seen.await.unwrap()
    }

    /// Observes repeatedly.
    pub async fn until(
        &self,
        request: Option<&RequestId>,
        good: impl Fn(&MachineObservation) -> bool,
    ) -> MachineObservation {
        let end = Instant::now() + TOO_LONG;
        loop {
            let seen = self.observe(request).await;
            if good(&seen) {
                return seen;
            }
            assert!(Instant::now() < end, "never happened; last seen: {seen:#?}");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits for a request to succeed.
    pub async fn done(&self, request: &RequestId) -> Option<Machine> {
        let over = |seen: &MachineObservation| seen.request != Some(RequestState::Open);
        let seen = self.until(Some(request), over).await;
        assert_eq!(seen.request, Some(RequestState::Succeeded));
        seen.machine
    }

    /// Launches and waits until the machine is up.
    pub async fn up(&self) -> RequestId {
        let now = jiff::Timestamp::now();
        let launch = self.machines.launch(&self.workspace, MACHINE, TASK, now);
        let launch = launch.await.unwrap();
        let machine = self.done(&launch).await.unwrap();
        assert_eq!(machine.state, MachineState::Up);
        launch
    }
}
