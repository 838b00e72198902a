//! The sandbox in the place of an identity provider, a host cluster and a SkyPilot API server. From the configuration's
//! side they are like any other.

use crate::config::{
    CloudCredentials, ProviderSettings, SANDBOX, Secret, Settings, SkyPilotSettings,
};
use anyhow::{Context as _, Result};
use domain::exposure::ExposureKind;
use kubernetes::{HostAccess, HostConfig};
use sandbox::{Faults, Sandbox, SandboxOptions, identity::Person};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::ErrorKind,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use url::Url;

/// The port of clusters behind the sandbox's load balancers: below 1024 only root may listen.
const API_PORT: u16 = 6443;
/// Names below it lead to this machine.
const INGRESS_DOMAIN: &str = "clusters.localhost";

/// The running sandbox.
pub struct StandIns(Sandbox);

impl StandIns {
    /// Starts the sandbox, if there is to be one, and adds it to the settings.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn start(settings: &mut Settings) -> Result<Option<Self>> {
        if !settings.sandbox {
            return Ok(None);
        }
        let folder = settings.data_dir.join("sandbox");
        let options = SandboxOptions {
            data_dir: Some(folder.clone()),
            pace: settings.sandbox_pace,
            ..SandboxOptions::default()
        };
        let ports = Ports::remembered(&folder);
        let started = match Sandbox::start(ports.applied_to(&options)).await {
            // Somebody else took a port meanwhile.
            Err(error) if is_taken(&error) => Sandbox::start(options).await,
            started => started,
        };
        let sandbox = started.context("the sandbox cannot be started")?;
        Ports::of(&sandbox)?.remember(&folder)?;
        settings.sign_in.providers.push(provider(&sandbox)?);
        settings.hosts.push(host(&sandbox));
        if settings.skypilot.is_none() {
            settings.skypilot = Some(skypilot(&sandbox)?);
        }
        Ok(Some(Self(sandbox)))
    }

    /// Its switches, for tests.
    pub fn faults(&self) -> &Faults {
        self.0.faults()
    }

    /// The sandbox itself, for tests that look behind it.
    pub fn sandbox(&self) -> &Sandbox {
        &self.0
    }

    /// What to know about it: it is not the real thing, and who can sign in.
    pub fn notice(&self) -> String {
        let people: Vec<_> = Person::ready()
            .into_iter()
            .map(|person| format!("  {:<14} {}", person.name, person.role))
            .collect();
        format!(
            "This is the sandbox: identity provider, Kubernetes and SkyPilot are stand-ins on this machine. \
             Sign in as one of these, without a password:\n{}",
            people.join("\n")
        )
    }

    /// Stops it.
    pub async fn stop(self) {
        self.0.shutdown().await;
    }
}

fn provider(sandbox: &Sandbox) -> Result<ProviderSettings> {
    Ok(ProviderSettings {
        slug: SANDBOX.to_owned(),
        title: "the sandbox".to_owned(),
        issuer: sandbox.issuer().parse()?,
        issuer_name: sandbox.issuer().to_owned(),
        client_id: sandbox.client().id.clone(),
        client_secret: Some(Secret::from(sandbox.client().secret.clone())),
        scopes: ["openid", "email", "profile"].map(String::from).to_vec(),
        userinfo: false,
        email_domains: Vec::new(),
        cognito_domain: None,
        user_pool: None,
    })
}

fn host(sandbox: &Sandbox) -> HostConfig {
    let access = HostAccess::Kubeconfig(sandbox.host_kubeconfig().to_owned().into());
    HostConfig {
        exposures: ExposureKind::ALL.to_vec(),
        ingress_domain: Some(INGRESS_DOMAIN.to_owned()),
        ingress_port: sandbox.ingress_port(),
        // Not every resolver knows names below localhost.
        ingress_address: Some("127.0.0.1".to_owned()),
        api_port: API_PORT,
        ..HostConfig::new(SANDBOX, access)
    }
}

fn skypilot(sandbox: &Sandbox) -> Result<SkyPilotSettings> {
    Ok(SkyPilotSettings {
        url: sandbox.skypilot_url().parse()?,
        admin_token: Some(Secret::from(sandbox.skypilot_admin_token().to_owned())),
        ca_file: None,
        credentials: CloudCredentials::None,
        kubernetes_contexts: None,
        disabled_clouds: Vec::new(),
        catalogue_clouds: Vec::new(),
    })
}

/// The ports of last time. With another port the provider would be another issuer, and everybody somebody else; and
/// kubeconfigs would lead nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Ports {
    identity: u16,
    kubernetes: u16,
    ingress: u16,
    #[serde(default)]
    skypilot: u16,
}

impl Ports {
    fn of(sandbox: &Sandbox) -> Result<Self> {
        let issuer: Url = sandbox.issuer().parse()?;
        let skypilot: Url = sandbox.skypilot_url().parse()?;
        Ok(Self {
            identity: issuer.port().unwrap_or(0),
            kubernetes: sandbox.kubernetes_address().port(),
            ingress: sandbox.ingress_port(),
            skypilot: skypilot.port().unwrap_or(0),
        })
    }

    fn remembered(folder: &Path) -> Self {
        fs::read(file(folder))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    fn remember(self, folder: &Path) -> Result<()> {
        let path = file(folder);
        fs::write(&path, serde_json::to_vec(&self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    fn applied_to(self, options: &SandboxOptions) -> SandboxOptions {
        let with = |address: SocketAddr, port| SocketAddr::new(address.ip(), port);
        SandboxOptions {
            identity_listen: with(options.identity_listen, self.identity),
            kubernetes_listen: with(options.kubernetes_listen, self.kubernetes),
            ingress_listen: with(options.ingress_listen, self.ingress),
            skypilot_listen: with(options.skypilot_listen, self.skypilot),
            ..options.clone()
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join("ports.json")
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

    #[test]
    fn ports_are_the_same_as_last_time() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Ports::remembered(folder.path()), Ports::default());
        let ports = Ports {
            identity: 1111,
            kubernetes: 2222,
            ingress: 3333,
            skypilot: 4444,
        };
        ports.remember(folder.path()).unwrap();
        let again = Ports::remembered(folder.path());
        let options = again.applied_to(&SandboxOptions::default());
        assert_eq!(options.identity_listen.port(), 1111);
        assert_eq!(options.skypilot_listen.port(), 4444);
        assert!(options.kubernetes_listen.ip().is_loopback());
    }
}
