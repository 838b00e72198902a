//! What a portal needs to use a running sandbox: its configuration file. And the ports of the last run: with other
//! ports the provider would be another issuer with other users, and kubeconfigs would lead nowhere.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::data_directory::DataDirectory;
use crate::sandbox::{Sandbox, SandboxOptions};

pub const CONFIGURATION: &str = "hangar.toml";
const PORTS: &str = "ports.json";
/// The port of clusters behind the sandbox's load balancers: below 1024 only root may listen.
const API_PORT: u16 = 6443;

#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Ports {
    identity: u16,
    kubernetes: u16,
    ingress: u16,
    skypilot: u16,
    aws: u16,
}

impl Ports {
    fn of(sandbox: &Sandbox) -> Self {
        let port = |url: &str| url.parse().ok().and_then(|url: Url| url.port());
        Self {
            identity: port(sandbox.issuer()).unwrap_or(0),
            kubernetes: sandbox.kubernetes_address().port(),
            ingress: sandbox.ingress_port(),
            skypilot: port(&sandbox.skypilot_url()).unwrap_or(0),
            aws: port(&sandbox.aws_url()).unwrap_or(0),
        }
    }

    fn applied_to(self, options: &SandboxOptions) -> SandboxOptions {
        let with = |address: SocketAddr, port| SocketAddr::new(address.ip(), port);
        SandboxOptions {
            identity_listen: with(options.identity_listen, self.identity),
            kubernetes_listen: with(options.kubernetes_listen, self.kubernetes),
            ingress_listen: with(options.ingress_listen, self.ingress),
            skypilot_listen: with(options.skypilot_listen, self.skypilot),
            aws_listen: with(options.aws_listen, self.aws),
            ..options.clone()
        }
    }
}

impl Sandbox {
    /// Starts in `folder`, on the ports of the last run where they are free, and writes the configuration of a portal
    /// that listens on `portal` and keeps its data in `portal_data`.
    pub async fn start_for_portal(
        folder: &Path,
        portal: SocketAddr,
        portal_data: &Path,
        options: SandboxOptions,
    ) -> Result<(Self, PathBuf)> {
        let data = DataDirectory::open(folder)?;
        let options = SandboxOptions {
            data_dir: Some(folder.to_owned()),
            ..options
        };
        let ports: Ports = data
            .read(PORTS)?
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default();
        let sandbox = match Self::start(ports.applied_to(&options)).await {
            Err(error) if is_taken(&error) => Self::start(options).await?,
            started => started?,
        };
        data.write(PORTS, &serde_json::to_vec(&Ports::of(&sandbox))?)?;
        let portal_data = std::path::absolute(portal_data).context("there is no such folder")?;
        let configuration = sandbox.configuration(portal, &portal_data);
        data.write(CONFIGURATION, configuration.as_bytes())?;
        Ok((sandbox, folder.join(CONFIGURATION)))
    }

    /// The SkyPilot API server gets tenants' AWS credentials from the portal's broker: each request brings a handle.
    fn configuration(&self, portal: SocketAddr, portal_data: &Path) -> String {
        format!(
            include_str!("portal.toml"),
            portal = portal,
            portal_data = portal_data,
            api_port = API_PORT,
            issuer = self.issuer(),
            client_id = self.client().id,
            client_secret = self.client().secret,
            kubeconfig = crate::sandbox::HOST_KUBECONFIG,
            ingress_port = self.ingress_port(),
            skypilot = self.skypilot_url(),
            skypilot_token = self.skypilot_admin_token(),
            sts = self.aws_url(),
        )
    }
}

fn is_taken(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == ErrorKind::AddrInUse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_second_run_has_the_ports_of_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let portal = SocketAddr::from(([127, 0, 0, 1], 8080));
        let start = || {
            // An address of its own: on the usual one another program may take the ports in between.
            let listen = SocketAddr::from(([127, 77, 0, 1], 0));
            let options = SandboxOptions {
                identity_listen: listen,
                kubernetes_listen: listen,
                ingress_listen: listen,
                skypilot_listen: listen,
                ssh_listen: listen,
                aws_listen: listen,
                ..SandboxOptions::default()
            };
            Sandbox::start_for_portal(folder.path(), portal, folder.path(), options)
        };
        let (first, configuration) = start().await.unwrap();
        let text = std::fs::read_to_string(&configuration).unwrap();
        assert!(text.contains(first.issuer()) && text.contains("sandbox = true"));
        let ports = (first.issuer().to_owned(), first.skypilot_url());
        first.shutdown().await;
        let (second, _) = start().await.unwrap();
        assert_eq!((second.issuer().to_owned(), second.skypilot_url()), ports);
    }
}
