//! Creates a client for each host cluster.

use crate::{
    client_config::{client_config, read_file},
    config::{HostAccess, HostConfig, Timeouts},
    resend,
};
use http::{HeaderValue, header::USER_AGENT};
use kube::{Client, Config};
use provisioning::kubeconfig::Kubeconfig;
use secrecy::ExposeSecret;

/// The configuration of a host cluster is invalid.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Two hosts have the same name.
    #[error("Two host clusters are named “{0}”. Rename one of them.")]
    NameTwice(String),
    #[error("A host cluster has no name. Set a name for each one.")]
    NoName,
    #[error("Host cluster “{0}” offers no exposure. Set at least one in `exposures`.")]
    NoExposure(String),
    /// The kubeconfig is not usable.
    #[error("The kubeconfig of host cluster “{host}” is not usable: {reason}.")]
    Kubeconfig {
        host: String,
        /// The reason, without content of the kubeconfig.
        reason: String,
    },
    #[error(
        "Host cluster “{host}” has in_cluster = true, but Hangar does not run in a cluster: {reason}. \
         Run Hangar in a pod with a service account token, or set a kubeconfig."
    )]
    NotInCluster { host: String, reason: String },
}

/// Creates the client without sending any request.
pub(crate) fn connect(host: &HostConfig, timeouts: &Timeouts) -> Result<Client, ConfigError> {
    let unusable = |reason: String| ConfigError::Kubeconfig {
        host: host.name.clone(),
        reason: reason.trim_end_matches('.').to_owned(),
    };
    let context = host.context.as_deref();
    let mut config = match &host.access {
        HostAccess::InCluster => {
            Config::incluster().map_err(|error| ConfigError::NotInCluster {
                host: host.name.clone(),
                reason: error.to_string(),
            })?
        }
        HostAccess::Kubeconfig(text) => Kubeconfig::read(text.expose_secret(), context)
            .and_then(|kubeconfig| client_config(&kubeconfig, None))
            .map_err(unusable)?,
        HostAccess::KubeconfigFile(path) => {
            let text = read_file(path).map_err(unusable)?;
            Kubeconfig::read(&text, context)
                .and_then(|kubeconfig| client_config(&kubeconfig, path.parent()))
                .map_err(|reason| unusable(format!("{}: {reason}", path.display())))?
        }
    };
    config.connect_timeout = Some(timeouts.connect);
    // Requests have their own timeouts: a watch must be able to stay silent.
    config.read_timeout = None;
    // kube's own repetitions have no bound in time.
    config.default_retry = false;
    config.headers.push((
        USER_AGENT,
        HeaderValue::from_static(concat!("hangar/", env!("CARGO_PKG_VERSION"))),
    ));
    let client = Client::try_from(config).map_err(|error| {
        unusable(match error {
            // The output of a credential plugin may contain a credential.
            kube::Error::Auth(_) => {
                "its credential plugin or token file returned no credential".into()
            }
            other => other.to_string(),
        })
    })?;
    Ok(resend::repeating(client, timeouts.answer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    fn host(kubeconfig: &str) -> HostConfig {
        HostConfig::new(
            "eu-1",
            HostAccess::Kubeconfig(SecretString::from(kubeconfig)),
        )
    }

    fn refusal(host: &HostConfig) -> String {
        match connect(host, &Timeouts::default()) {
            Ok(_) => panic!("accepted"),
            Err(error) => format!("{error} {error:?}"),
        }
    }

    #[test]
    fn a_broken_kubeconfig_is_refused_without_quoting_it() {
        for text in [
            "apiVersion: v1\nusers: [{name: a, user: {token: canary}}\nclusters: canary",
            "clusters: [{name: a, cluster: {server: 'canary://'}}]\ncontexts: [{context: {cluster: a}}]",
        ] {
            let error = refusal(&host(text));
            assert!(
                !error.contains("canary") && error.contains("eu-1"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_missing_kubeconfig_file_is_named() {
        let host = HostConfig::new("eu-1", HostAccess::KubeconfigFile("/nowhere/k.yaml".into()));
        assert!(refusal(&host).contains("/nowhere/k.yaml"));
    }
}
