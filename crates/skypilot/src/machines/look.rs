//! Reads the state, address and key of one machine.

use super::{
    SkyPilotMachines, Within,
    errors::{found, machine_error},
    observe,
};
use crate::client::{Acting, Cluster, ErrorKind, Refresh, SkyPilotError, StatusQuery};
use domain::node::view::NodeEvent;
use provisioning::ports::machines::{
    MachineErrorKind, MachineKey, MachineObservation, MachineState, RequestId, Served,
};
use secrecy::SecretString;

/// The SSH port, which every task of the portal requests.
const SSH: u16 = 22;

impl SkyPilotMachines {
    /// The state of a machine, and of the request for it.
    pub(super) async fn look(
        &self,
        within: &Within<'_>,
        machine: &str,
        request: Option<&RequestId>,
    ) -> Served<MachineObservation> {
        let acting = within.acting();
        // The request first: if it has completed, the list that is read afterwards shows its effect.
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
        let events = match self.events_of(within, machine).await {
            // Deleted since it was listed.
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

    /// Reads the key of a machine.
    pub(super) async fn key_of(&self, within: &Within<'_>, machine: &str) -> Served<MachineKey> {
        let cluster = self.cluster(within.acting(), machine, true).await;
        let Some(cluster) = cluster.map_err(machine_error)? else {
            let message = "The machine does not exist on the SkyPilot API server any more.";
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
            let message = "The SkyPilot API server has no key for the machine yet. Try again when the machine is up.";
            found(MachineErrorKind::NotUp, message)
        })
    }

    /// The events of a machine, oldest first.
    pub(super) async fn events_of(
        &self,
        within: &Within<'_>,
        machine: &str,
    ) -> Served<Vec<NodeEvent>> {
        let events = self.sky.cluster_events(within.acting(), machine).await;
        events.map(observe::events).map_err(machine_error)
    }

    /// The cluster of that name.
    async fn cluster(
        &self,
        acting: Acting<'_>,
        machine: &str,
        credentials: bool,
    ) -> Result<Option<Cluster>, SkyPilotError> {
        let query = StatusQuery {
            names: Some(&[machine]),
            refresh: Refresh::None,
            credentials,
            summary: false,
        };
        let clusters = self.sky.status(acting, &query).await?;
        Ok(clusters.into_iter().find(|cluster| cluster.name == machine))
    }

    /// The SSH address of a machine that is up; `None` if the cloud opens no ports.
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

/// SkyPilot omits the port of a web server's address; the scheme is not needed.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_always_has_its_port() {
        assert_eq!(with_port("203.0.113.7:22"), "203.0.113.7:22");
        assert_eq!(with_port("http://203.0.113.7:2222/"), "203.0.113.7:2222");
        assert_eq!(with_port("gpu.example.com"), "gpu.example.com:22");
    }
}
