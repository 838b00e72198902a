//! The configuration of a SkyPilot API server.

use crate::client::{ClientConfig, Timeouts, Variables};
use provisioning::ports::cloud_credentials::{CredentialHandle, CredentialHandles};
use secrecy::SecretString;
use std::{fmt, path::PathBuf, sync::Arc};
use url::Url;

/// The server, the portal's identity on it, and the settings of workspaces.
#[derive(Clone, Debug)]
pub struct SkyPilotConfig {
    /// For example `https://skypilot.example.com`.
    pub url: Url,
    /// The token of a service account with the role `admin`; `None` on a server without authentication.
    pub admin_token: Option<SecretString>,
    /// A file with additional certificate authorities to trust, in PEM.
    pub ca_file: Option<PathBuf>,
    pub timeouts: Timeouts,
    /// How workspaces access AWS.
    pub aws: AwsAccess,
    /// The contexts of the server's kubeconfig that workspaces may use; `None`: all that the server allows.
    pub kubernetes_contexts: Option<Vec<String>>,
    /// Clouds that no workspace may use: `gcp`.
    pub disabled_clouds: Vec<String>,
    /// The clouds whose prices are read: `aws`. Empty: all that SkyPilot knows, which loads every price list.
    pub catalogue_clouds: Vec<String>,
}

/// How a workspace's machines are launched on AWS. Keys never pass through the SkyPilot API server.
#[derive(Clone)]
pub enum AwsAccess {
    /// With the server's own credentials, the same for every tenant.
    OfTheServer,
    /// With the profile of the workspace's name in the server's `~/.aws/config`, whose `credential_process` uses the
    /// portal's credential broker.
    Profiles,
    /// With a handle in each request, with which the server fetches credentials from the portal.
    Handles(Arc<dyn CredentialHandles>),
}

impl fmt::Debug for AwsAccess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::OfTheServer => "OfTheServer",
            Self::Profiles => "Profiles",
            Self::Handles(_) => "Handles",
        })
    }
}

impl SkyPilotConfig {
    /// A server with default settings.
    pub fn new(url: Url, admin_token: Option<SecretString>) -> Self {
        Self {
            url,
            admin_token,
            ca_file: None,
            timeouts: Timeouts::default(),
            aws: AwsAccess::OfTheServer,
            kubernetes_contexts: None,
            disabled_clouds: Vec::new(),
            catalogue_clouds: Vec::new(),
        }
    }

    pub(super) fn client(&self) -> ClientConfig {
        ClientConfig {
            ca_file: self.ca_file.clone(),
            timeouts: self.timeouts.clone(),
            ..ClientConfig::new(self.url.clone())
        }
    }
}

impl AwsAccess {
    /// The variables of SkyPilot's workers for a request in `workspace`.
    pub(super) fn variables(&self, workspace: &str) -> Variables {
        let Self::Handles(handles) = self else {
            return Vec::new();
        };
        let handle = handles.handle(workspace);
        let variables = handle.iter().flat_map(CredentialHandle::variables);
        variables
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_admins_token_does_not_show_in_debug_output() {
        let url = "https://skypilot.example.com".parse().unwrap();
        let config = SkyPilotConfig::new(url, Some(SecretString::from("sky_canary")));
        assert!(!format!("{config:?}").contains("canary"));
    }
}
