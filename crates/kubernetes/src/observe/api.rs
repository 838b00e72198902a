//! Asking a vCluster's API whether it is ready: where people will ask it, and if the portal
//! cannot get there, through the host.

use super::endpoint::{self, Way};
use crate::{errors::innermost, host::Host, kubeconfig, objects::HTTPS};
use domain::exposure::ExposureKind;
use http::Request;
use k8s_openapi::api::core::v1::Secret;
use kube::{
    Client, Config, Error,
    config::{KubeConfigOptions, Kubeconfig},
};
use provisioning::ports::host_clusters::{ApiAnswer, VirtualCluster};
use secrecy::ExposeSecret;
use std::time::Duration;

/// Whom to ask, and with what.
pub(super) struct Asked<'a> {
    pub cluster: &'a VirtualCluster,
    pub endpoint: Option<&'a str>,
    pub secret: Option<&'a Secret>,
}

/// What became of one attempt.
enum Attempt {
    Ok,
    Not(String),
    OutOfReach(String),
}

/// Asks `/readyz`. To be called when the pod says that it is ready.
pub(super) async fn ask(host: &Host, asked: Asked<'_>) -> ApiAnswer {
    let direct = match directly(host, &asked).await {
        Attempt::Ok => return ApiAnswer::Ok,
        Attempt::Not(why) => return ApiAnswer::Not(why),
        Attempt::OutOfReach(why) => why,
    };
    match through_host(host, asked.cluster).await {
        Attempt::Ok => ApiAnswer::Ok,
        Attempt::Not(why) => ApiAnswer::Not(why),
        Attempt::OutOfReach(why) => ApiAnswer::ReadyByProbeOnly(format!("{direct} {why}")),
    }
}

/// At its address, with the credential that people get.
async fn directly(host: &Host, asked: &Asked<'_>) -> Attempt {
    let limit = host.timeouts.ready;
    if asked.cluster.exposure.kind() == ExposureKind::PortForward {
        return Attempt::OutOfReach("It has no address outside of its host.".into());
    }
    let (Some(endpoint), Some(secret)) = (asked.endpoint, asked.secret) else {
        return Attempt::OutOfReach("Its address or its kubeconfig is not known yet.".into());
    };
    let name = asked.cluster.name.as_str();
    let way = endpoint::way(&asked.cluster.exposure, &host.config, endpoint);
    let client = match client(secret, name, &way, limit).await {
        Some(client) => client,
        None => return Attempt::OutOfReach("Its kubeconfig is not complete.".into()),
    };
    match tokio::time::timeout(limit, readyz(&client, "/readyz")).await {
        Ok(Ok(())) => Attempt::Ok,
        Ok(Err(Error::Api(status))) => Attempt::Not(format!(
            "{endpoint} answers {}: {}",
            status.code, status.message
        )),
        Ok(Err(error)) => {
            let cause = innermost(&error);
            // Somebody answers there, with a certificate that is not the vCluster's: an ingress
            // that does not pass TLS through, or an address the certificate does not name.
            if cause.to_lowercase().contains("certificate") {
                Attempt::Not(format!("{endpoint} shows another certificate: {cause}."))
            } else {
                Attempt::OutOfReach(format!("{endpoint} cannot be reached: {cause}."))
            }
        }
        Err(_) => Attempt::OutOfReach(format!(
            "{endpoint} does not answer within {} seconds.",
            limit.as_secs_f32()
        )),
    }
}

async fn client(secret: &Secret, name: &str, way: &Way, limit: Duration) -> Option<Client> {
    // The rewritten one: what a kubeconfig could otherwise make the portal do is left out of it.
    let text = kubeconfig::rewrite(secret, name, way)?;
    let kubeconfig = Kubeconfig::from_yaml(text.expose_secret()).ok()?;
    let options = KubeConfigOptions::default();
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options)
        .await
        .ok()?;
    config.connect_timeout = Some(limit);
    config.proxy_url = None;
    config.default_retry = false;
    Client::try_from(config).ok()
}

/// Through the host's API server, which reaches Services by its own network.
async fn through_host(host: &Host, cluster: &VirtualCluster) -> Attempt {
    let (namespace, name) = (cluster.name.namespace(), &cluster.name);
    let path = format!("/api/v1/namespaces/{namespace}/services/https:{name}:{HTTPS}/proxy/readyz");
    let limit = host.timeouts.ready;
    let why = match tokio::time::timeout(limit, readyz(&host.client, &path)).await {
        Ok(Ok(())) => return Attempt::Ok,
        // Refused or stuck on the way there. Everything else is the vCluster's own answer.
        Ok(Err(Error::Api(status))) if matches!(status.code, 401 | 403 | 404 | 502..=504) => {
            format!("{}: {}", status.code, status.message)
        }
        Ok(Err(Error::Api(status))) => {
            return Attempt::Not(format!("It answers {}: {}", status.code, status.message));
        }
        Ok(Err(error)) => innermost(&error),
        Err(_) => format!("no answer within {} seconds", limit.as_secs_f32()),
    };
    Attempt::OutOfReach(format!(
        "Through the host it cannot be reached either: {why}."
    ))
}

async fn readyz(client: &Client, path: &str) -> kube::Result<()> {
    let request = Request::get(path)
        .body(Vec::new())
        .map_err(Error::HttpError)?;
    client.request_text(request).await.map(drop)
}
