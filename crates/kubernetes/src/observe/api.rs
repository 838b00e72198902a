//! Checks whether a vCluster's API is ready: at the users' address and, if the portal cannot reach it, through the
//! host.

use super::endpoint::{self, Way};
use crate::{
    client_config::client_config, errors::innermost, host::Host, kubeconfig, objects::HTTPS,
};
use domain::exposure::ExposureKind;
use http::Request;
use k8s_openapi::api::core::v1::Secret;
use kube::{Client, Error};
use provisioning::{
    kubeconfig::Kubeconfig,
    ports::host_clusters::{ApiAnswer, VirtualCluster},
};
use secrecy::ExposeSecret;
use std::time::Duration;

/// The target of a check, and its credentials.
pub(super) struct ApiTarget<'a> {
    pub cluster: &'a VirtualCluster,
    pub endpoint: Option<&'a str>,
    pub secret: Option<&'a Secret>,
}

/// The result of one attempt.
enum Attempt {
    Ok,
    Not(String),
    OutOfReach(String),
}

/// Requests `/readyz`. Only useful once the pod reports that it is ready.
pub(super) async fn ask(host: &Host, target: ApiTarget<'_>) -> ApiAnswer {
    let direct = match directly(host, &target).await {
        Attempt::Ok => return ApiAnswer::Ok,
        Attempt::Not(why) => return ApiAnswer::Not(why),
        Attempt::OutOfReach(why) => why,
    };
    match through_host(host, target.cluster).await {
        Attempt::Ok => ApiAnswer::Ok,
        Attempt::Not(why) => ApiAnswer::Not(why),
        Attempt::OutOfReach(why) => ApiAnswer::ReadyByProbeOnly(format!("{direct} {why}")),
    }
}

/// At the users' address, with the users' credentials.
async fn directly(host: &Host, target: &ApiTarget<'_>) -> Attempt {
    let limit = host.timeouts.ready;
    if target.cluster.exposure.kind() == ExposureKind::PortForward {
        return Attempt::OutOfReach("The cluster has no address outside the host.".into());
    }
    let (Some(endpoint), Some(secret)) = (target.endpoint, target.secret) else {
        return Attempt::OutOfReach("The address or the kubeconfig is not known yet.".into());
    };
    let name = target.cluster.name.as_str();
    let way = endpoint::way(&target.cluster.exposure, &host.config, endpoint);
    let client = match client(secret, name, &way, limit) {
        Some(client) => client,
        None => return Attempt::OutOfReach("The kubeconfig is incomplete.".into()),
    };
    match tokio::time::timeout(limit, readyz(&client, "/readyz")).await {
        Ok(Ok(())) => Attempt::Ok,
        Ok(Err(Error::Api(status))) => Attempt::Not(format!(
            "{endpoint} responded with {}: {}",
            status.code, status.message
        )),
        Ok(Err(error)) => {
            let cause = innermost(&error);
            // Another server responds with a different certificate: an ingress that does not pass TLS through, or an
            // address that the certificate does not contain.
            if cause.to_lowercase().contains("certificate") {
                Attempt::Not(format!(
                    "{endpoint} presented another certificate: {cause}."
                ))
            } else {
                Attempt::OutOfReach(format!("{endpoint} cannot be reached: {cause}."))
            }
        }
        Err(_) => Attempt::OutOfReach(format!(
            "{endpoint} did not respond within {} seconds.",
            limit.as_secs_f32()
        )),
    }
}

fn client(secret: &Secret, name: &str, way: &Way, limit: Duration) -> Option<Client> {
    // The rewritten kubeconfig, without programs and files that the original could name.
    let text = kubeconfig::rewrite(secret, name, way)?;
    let kubeconfig = Kubeconfig::read(text.expose_secret(), None).ok()?;
    let mut config = client_config(&kubeconfig, None).ok()?;
    config.connect_timeout = Some(limit);
    config.default_retry = false;
    Client::try_from(config).ok()
}

/// Through the host's API server, which reaches Services over the host's network.
async fn through_host(host: &Host, cluster: &VirtualCluster) -> Attempt {
    let (namespace, name) = (cluster.name.namespace(), &cluster.name);
    let path = format!("/api/v1/namespaces/{namespace}/services/https:{name}:{HTTPS}/proxy/readyz");
    let limit = host.timeouts.ready;
    let why = match tokio::time::timeout(limit, readyz(&host.client, &path)).await {
        Ok(Ok(())) => return Attempt::Ok,
        // Refused or stuck in the proxy. Every other status comes from the vCluster.
        Ok(Err(Error::Api(status))) if matches!(status.code, 401 | 403 | 404 | 502..=504) => {
            format!("{}: {}", status.code, status.message)
        }
        Ok(Err(Error::Api(status))) => {
            return Attempt::Not(format!(
                "The API responded with {}: {}",
                status.code, status.message
            ));
        }
        Ok(Err(error)) => innermost(&error),
        Err(_) => format!("no response within {} seconds", limit.as_secs_f32()),
    };
    Attempt::OutOfReach(format!(
        "The API cannot be reached through the host either: {why}."
    ))
}

async fn readyz(client: &Client, path: &str) -> kube::Result<()> {
    let request = Request::get(path)
        .body(Vec::new())
        .map_err(Error::HttpError)?;
    client.request_text(request).await.map(drop)
}
