//! Creates a client for each host cluster.

use crate::{
    config::{HostAccess, HostConfig, Timeouts},
    resend,
};
use http::{HeaderValue, Uri, header::USER_AGENT};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig, KubeconfigError},
};
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
pub(crate) async fn connect(host: &HostConfig, timeouts: &Timeouts) -> Result<Client, ConfigError> {
    let unusable = |reason: String| ConfigError::Kubeconfig {
        host: host.name.clone(),
        reason,
    };
    let kubeconfig = match &host.access {
        HostAccess::InCluster => None,
        HostAccess::KubeconfigFile(path) => Some(Kubeconfig::read_from(path)),
        HostAccess::Kubeconfig(text) => Some(Kubeconfig::from_yaml(text.expose_secret())),
    };
    let mut config = match kubeconfig {
        None => Config::incluster().map_err(|error| ConfigError::NotInCluster {
            host: host.name.clone(),
            reason: error.to_string(),
        })?,
        Some(kubeconfig) => {
            let kubeconfig = kubeconfig.map_err(|error| unusable(without_content(&error)))?;
            let proxies = proxies(&kubeconfig);
            let options = KubeConfigOptions {
                context: host.context.clone(),
                ..KubeConfigOptions::default()
            };
            let mut config = Config::from_custom_kubeconfig(kubeconfig, &options)
                .await
                .map_err(|error| unusable(without_content(&error)))?;
            config.proxy_url = config.proxy_url.filter(|proxy| proxies.contains(proxy));
            config
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

/// The proxies of the kubeconfig itself. The proxy in the portal's environment is for external addresses; kube would
/// use it for every host, even one on the same machine.
fn proxies(kubeconfig: &Kubeconfig) -> Vec<Uri> {
    let clusters = kubeconfig.clusters.iter();
    clusters
        .filter_map(|named| named.cluster.as_ref()?.proxy_url.as_ref()?.parse().ok())
        .collect()
}

/// YAML parsers quote the line of an error, which may contain a key.
fn without_content(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(_) => "it is not a kubeconfig in YAML".into(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    #[tokio::test]
    async fn a_broken_kubeconfig_is_refused_without_quoting_it() {
        let text = "apiVersion: v1\nusers: [{name: a, user: {token: canary}}\nclusters: canary";
        let host = HostConfig::new("eu-1", HostAccess::Kubeconfig(SecretString::from(text)));
        let Err(error) = connect(&host, &Timeouts::default()).await else {
            panic!("accepted");
        };
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
        assert!(error.to_string().contains("eu-1"));
    }

    #[tokio::test]
    async fn a_missing_kubeconfig_file_is_named() {
        let host = HostConfig::new("eu-1", HostAccess::KubeconfigFile("/nowhere/k.yaml".into()));
        let Err(error) = connect(&host, &Timeouts::default()).await else {
            panic!("accepted");
        };
        assert!(error.to_string().contains("/nowhere/k.yaml"), "{error}");
    }
}
