//! A client for each host cluster: how the configuration becomes a connection.

use crate::config::{HostAccess, HostConfig, Timeouts};
use http::{HeaderValue, Uri, header::USER_AGENT};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig, KubeconfigError},
};
use secrecy::ExposeSecret;

/// The configuration of a host cluster cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Two hosts have one name.
    #[error("Two host clusters are called “{0}”. Give each a name of its own.")]
    NameTwice(String),
    /// A host has no name.
    #[error("A host cluster has no name. Give each one.")]
    NoName,
    /// A host offers no exposure.
    #[error(
        "Host cluster “{0}” offers no way to reach a vCluster. Name at least one in `exposures`."
    )]
    NoExposure(String),
    /// The kubeconfig cannot be used.
    #[error("The kubeconfig of host cluster “{host}” cannot be used: {reason}.")]
    Kubeconfig {
        /// The host.
        host: String,
        /// Why, without anything that the kubeconfig holds.
        reason: String,
    },
    /// The in-cluster configuration is not there.
    #[error(
        "Host cluster “{host}” is to be the one that Hangar runs in, but: {reason}. \
         Run Hangar in a pod with a ServiceAccount token, or give a kubeconfig."
    )]
    NotInCluster {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
}

/// Makes the client. Asks nothing of the host yet.
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
    // Answers are timed where they are asked for: a watch must be able to stay silent.
    config.read_timeout = None;
    // Repeating is the reconciler's business; a layer below it that also repeats hides trouble.
    config.default_retry = false;
    config.headers.push((
        USER_AGENT,
        HeaderValue::from_static(concat!("hangar/", env!("CARGO_PKG_VERSION"))),
    ));
    Client::try_from(config).map_err(|error| {
        unusable(match error {
            // What a credential plugin printed may be a credential.
            kube::Error::Auth(_) => "its credential plugin or token file gives nothing".into(),
            other => other.to_string(),
        })
    })
}

/// The proxies that the kubeconfig itself names. The one in the portal's environment is for the
/// outside world; kube would use it for every host, those on its own machine included.
fn proxies(kubeconfig: &Kubeconfig) -> Vec<Uri> {
    let clusters = kubeconfig.clusters.iter();
    clusters
        .filter_map(|named| named.cluster.as_ref()?.proxy_url.as_ref()?.parse().ok())
        .collect()
}

/// A YAML parser likes to quote the line it stumbled over, and that line may be a key.
fn without_content(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(_) => "it is not the YAML of a kubeconfig".into(),
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
