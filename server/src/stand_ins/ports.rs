//! The ports of last time.

use anyhow::{Context as _, Result};
use sandbox::{Sandbox, SandboxOptions};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};
use url::Url;

/// The ports of last time. With another port the provider would be another issuer, and everybody somebody else; and
/// kubeconfigs would lead nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ports {
    identity: u16,
    kubernetes: u16,
    ingress: u16,
    #[serde(default)]
    skypilot: u16,
    #[serde(default)]
    aws: u16,
}

impl Ports {
    pub(super) fn of(sandbox: &Sandbox) -> Result<Self> {
        let issuer: Url = sandbox.issuer().parse()?;
        let skypilot: Url = sandbox.skypilot_url().parse()?;
        let aws: Url = sandbox.aws_url().parse()?;
        Ok(Self {
            identity: issuer.port().unwrap_or(0),
            kubernetes: sandbox.kubernetes_address().port(),
            ingress: sandbox.ingress_port(),
            skypilot: skypilot.port().unwrap_or(0),
            aws: aws.port().unwrap_or(0),
        })
    }

    pub(super) fn remembered(folder: &Path) -> Self {
        fs::read(file(folder))
            .ok()
            .and_then(|text| serde_json::from_slice(&text).ok())
            .unwrap_or_default()
    }

    pub(super) fn remember(self, folder: &Path) -> Result<()> {
        let path = file(folder);
        fs::write(&path, serde_json::to_vec(&self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    pub(super) fn applied_to(self, options: &SandboxOptions) -> SandboxOptions {
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

fn file(folder: &Path) -> PathBuf {
    folder.join("ports.json")
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
            aws: 5555,
        };
        ports.remember(folder.path()).unwrap();
        let again = Ports::remembered(folder.path());
        let options = again.applied_to(&SandboxOptions::default());
        assert_eq!(options.identity_listen.port(), 1111);
        assert_eq!(options.skypilot_listen.port(), 4444);
        assert_eq!(options.aws_listen.port(), 5555);
        assert!(options.kubernetes_listen.ip().is_loopback());
    }
}
