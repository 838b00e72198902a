//! The SkyPilot API server that launches nodes.

use super::{
    address,
    fault::Faults,
    secret::{self, Secret},
};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use url::Url;

/// How the server gets AWS credentials of a tenant. It never gets a tenant's own keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CloudCredentials {
    /// Each workspace names an AWS profile whose `credential_process` requests credentials from the portal's broker.
    #[default]
    Profile,
    /// Each request carries a handle, with which the server fetches credentials from the portal.
    Handle,
    /// The server has its own credentials, the same for every tenant.
    None,
}

/// `[skypilot]` in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkyPilotSection {
    pub url: Option<String>,
    /// The token of a service account with the role admin.
    pub admin_token: Option<Secret>,
    pub admin_token_file: Option<PathBuf>,
    /// A file with additional certificate authorities to trust, in PEM.
    pub ca_file: Option<PathBuf>,
    /// `profile`, `handle` or `none`; by default `profile`.
    pub credentials: Option<String>,
    /// The contexts of the server's kubeconfig that nodes may use; by default all that the server allows.
    pub kubernetes_contexts: Option<Vec<String>>,
    /// Clouds that no tenant may use, in SkyPilot's spelling.
    #[serde(default)]
    pub disabled_clouds: Vec<String>,
    /// The clouds whose prices are read; by default all for which the server has price lists.
    #[serde(default)]
    pub catalogue_clouds: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct SkyPilotSettings {
    pub url: Url,
    /// The token of a service account with the role admin; `None`: the server needs no authentication.
    pub admin_token: Option<Secret>,
    /// A file with additional certificate authorities to trust, in PEM.
    pub ca_file: Option<PathBuf>,
    pub credentials: CloudCredentials,
    /// The contexts of the server's kubeconfig that nodes may use; `None`: all that the server allows.
    pub kubernetes_contexts: Option<Vec<String>>,
    /// Clouds that no tenant may use: `gcp`.
    pub disabled_clouds: Vec<String>,
    /// The clouds whose prices are read: `aws`; empty: all for which the server has price lists.
    pub catalogue_clouds: Vec<String>,
}

const EXAMPLE: &str = "set it, for example to https://skypilot.example.com";

impl SkyPilotSection {
    /// Validates the section; files are relative to `folder`.
    pub fn read(self, folder: &Path, faults: &mut Faults) -> Option<SkyPilotSettings> {
        let admin_token = secret::resolve(
            "skypilot.admin_token",
            self.admin_token,
            self.admin_token_file.as_ref(),
            folder,
            faults,
        );
        if admin_token
            .as_ref()
            .is_some_and(|token| !is_header_value(token.expose()))
        {
            faults.add(
                "skypilot.admin_token",
                "must be one line of printable characters, as issued by the server: sky_…",
            );
        }
        let ca_file = self.ca_file.map(|path| folder.join(path));
        if let Some(path) = &ca_file
            && let Err(error) = std::fs::metadata(path)
        {
            faults.add(
                "skypilot.ca_file",
                format!("cannot read {}: {error}", path.display()),
            );
        }
        let credentials = match self.credentials.as_deref() {
            None | Some("profile") => CloudCredentials::Profile,
            Some("handle") => CloudCredentials::Handle,
            Some("none") => CloudCredentials::None,
            Some(other) => {
                faults.add(
                    "skypilot.credentials",
                    format!("must be profile, handle or none, not `{other}`"),
                );
                CloudCredentials::default()
            }
        };
        for (key, clouds) in [
            ("skypilot.disabled_clouds", &self.disabled_clouds),
            ("skypilot.catalogue_clouds", &self.catalogue_clouds),
        ] {
            if let Some(bad) = clouds.iter().find(|cloud| !is_cloud(cloud)) {
                faults.add(
                    key,
                    format!(
                        "`{bad}` is not a cloud in SkyPilot's spelling, for example aws or gcp"
                    ),
                );
            }
        }
        let Some(text) = self.url else {
            return faults.none("skypilot.url", format!("is missing; {EXAMPLE}"));
        };
        let url = server(&text, faults)?;
        if admin_token.is_some() && url.scheme() == "http" && !address::is_this_machine(&url) {
            faults.add(
                "skypilot.url",
                "must begin with https://: plain http would expose the admin token on the network",
            );
        }
        Some(SkyPilotSettings {
            url,
            admin_token,
            ca_file,
            credentials,
            kubernetes_contexts: self.kubernetes_contexts,
            disabled_clouds: self.disabled_clouds,
            catalogue_clouds: self.catalogue_clouds,
        })
    }
}

fn server(text: &str, faults: &mut Faults) -> Option<Url> {
    let mut refuse = |why: &str| faults.none("skypilot.url", format!("{why}; {EXAMPLE}"));
    let Ok(url) = Url::parse(text) else {
        return refuse("must be a URL");
    };
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return refuse("must begin with https:// (or http://)");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("must not contain a user name or password; set a token in admin_token");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refuse("must not contain ? or #");
    }
    Some(url)
}

fn is_cloud(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_header_value(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> (Option<SkyPilotSettings>, Faults) {
        let section: SkyPilotSection = toml::from_str(toml).unwrap();
        let mut faults = Faults::default();
        (section.read(Path::new("/nonexistent"), &mut faults), faults)
    }

    #[test]
    fn an_address_is_all_that_is_needed() {
        let (settings, faults) = read("url = \"https://sky.example.com/sky\"");
        assert!(faults.is_empty(), "{faults}");
        let settings = settings.unwrap();
        assert_eq!(settings.url.as_str(), "https://sky.example.com/sky");
        assert_eq!(settings.credentials, CloudCredentials::Profile);
        assert!(settings.admin_token.is_none());
    }

    #[test]
    fn each_fault_is_named_with_its_key() {
        for (toml, key) in [
            ("", "skypilot.url"),
            ("url = \"sky.example.com\"", "skypilot.url"),
            ("url = \"ftp://sky.example.com\"", "skypilot.url"),
            ("url = \"https://a:b@sky.example.com\"", "skypilot.url"),
            (
                "url = \"http://sky.example.com\"\nadmin_token = \"sky_a\"",
                "skypilot.url",
            ),
            (
                "url = \"https://sky.example.com\"\nadmin_token = \"two words\"",
                "skypilot.admin_token",
            ),
            (
                "url = \"https://sky.example.com\"\nadmin_token = \"\"",
                "skypilot.admin_token",
            ),
            (
                "url = \"https://sky.example.com\"\nadmin_token_file = \"gone\"",
                "skypilot.admin_token_file",
            ),
            (
                "url = \"https://sky.example.com\"\nca_file = \"gone.pem\"",
                "skypilot.ca_file",
            ),
            (
                "url = \"https://sky.example.com\"\ncredentials = \"keys\"",
                "skypilot.credentials",
            ),
            (
                "url = \"https://sky.example.com\"\ndisabled_clouds = [\"AWS\"]",
                "skypilot.disabled_clouds",
            ),
        ] {
            let (_, faults) = read(toml);
            let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
            assert_eq!(keys, [key], "{toml}");
        }
    }

    #[test]
    fn a_token_may_go_to_this_machine_without_tls() {
        for host in ["127.0.0.1", "[::1]", "localhost"] {
            let toml = format!("url = \"http://{host}:46580\"\nadmin_token = \"sky_a\"");
            let (_, faults) = read(&toml);
            assert!(faults.is_empty(), "{host}: {faults}");
        }
    }
}
