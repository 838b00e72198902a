//! Asks a tenant's own cluster for the identity of a credential. The tenant chooses the cluster's address, so the
//! name is resolved once, each address is checked, and the connection goes to a checked address only. Redirects are
//! not followed, and proxies of the portal's environment are not used.
//!
//! Messages do not describe the portal's network: they contain no address that a name resolved to, they do not tell a name
//! that does not resolve from one that resolves into a network that is not allowed, and they say of an address that is not
//! public only whether a cluster responds there. The log has the cause.

use crate::errors::innermost;
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{Client, Config, client::Body, config::AuthInfo};
use provisioning::{
    outgoing::{OutgoingRules, is_public},
    pem,
    ports::cloud_credentials::{CloudIdentity, ClusterReview, CredentialError, KubernetesAccess},
};
use secrecy::ExposeSecret;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{net::lookup_host, time::timeout};
use url::Host;

const PATH: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
/// The timeout for the request.
const PATIENCE: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
/// The maximum size of a response, in bytes.
const LONGEST: usize = 64 * 1024;

/// Tenants' own clusters, restricted by the outgoing rules.
pub struct TenantClusters {
    rules: OutgoingRules,
}

impl TenantClusters {
    pub fn new(rules: OutgoingRules) -> Self {
        Self { rules }
    }

    /// An address of the server, after every address of its name was checked.
    async fn address(&self, access: &KubernetesAccess) -> Result<SocketAddr, CredentialError> {
        let port = access.server.port_or_known_default().unwrap_or(443);
        let (host, found) = match access.server.host() {
            Some(Host::Ipv4(address)) => (address.to_string(), Ok(vec![(address, port).into()])),
            Some(Host::Ipv6(address)) => (address.to_string(), Ok(vec![(address, port).into()])),
            Some(Host::Domain(name)) => {
                let found = match timeout(CONNECT, lookup_host((name, port))).await {
                    Ok(Ok(found)) => Ok(found.collect()),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(limit) => Err(limit.to_string()),
                };
                (name.to_owned(), found)
            }
            None => (String::new(), Ok(Vec::new())),
        };
        let refused = |cause: String| CredentialError {
            message: format!(
                "the portal may not connect to {host}: it is not a public address, or a name that does not lead to \
                 one. The platform team can allow more networks with `allow` under [outgoing]"
            ),
            may_pass: false,
            source: Some(cause.into()),
        };
        let found: Vec<SocketAddr> = found.map_err(refused)?;
        if let Some(found) = found.iter().find(|found| !self.rules.permit(found.ip())) {
            return Err(refused(format!("{} is not allowed", found.ip())));
        }
        found
            .first()
            .copied()
            .ok_or_else(|| refused("the name has no address".to_owned()))
    }
}

#[async_trait]
impl ClusterReview for TenantClusters {
    async fn who_am_i(&self, access: &KubernetesAccess) -> Result<CloudIdentity, CredentialError> {
        let address = self.address(access).await?;
        let client = client(access, address)?;
        let asked = timeout(PATIENCE, ask(&client, access, address.ip()));
        asked.await.unwrap_or_else(|limit| {
            let error = CredentialError {
                message: "the cluster did not respond in time".to_owned(),
                may_pass: true,
                source: Some(limit.into()),
            };
            Err(not_reached(address.ip(), error))
        })
    }
}

/// A client that connects to `address` and verifies the server by its certificate.
fn client(access: &KubernetesAccess, address: SocketAddr) -> Result<Client, CredentialError> {
    let host = access.server.host_str().unwrap_or_default();
    let named = access.server.domain().map(str::to_owned);
    let mut server = access.server.clone();
    // Both are valid for an https URL with a host.
    let _ = server.set_ip_host(address.ip());
    let unusable = || lasting("the kubeconfig's certificates or key are invalid".to_owned());
    let mut config = Config::new(server.as_str().parse().map_err(|_| unusable())?);
    if let Some(pem) = &access.ca_pem {
        let certificates = pem::certificates(pem).map_err(|_| unusable())?;
        let der = certificates.into_iter().map(|found| found.to_vec());
        config.root_cert = Some(der.collect());
    }
    config.tls_server_name = access.server_name.clone().or(named);
    let base64 = |text: &str| STANDARD.encode(text);
    config.auth_info = AuthInfo {
        token: access.token.clone(),
        client_certificate_data: access.client_certificate_pem.as_deref().map(base64),
        client_key_data: access
            .client_key_pem
            .as_ref()
            .map(|key| base64(key.expose_secret()).into()),
        ..AuthInfo::default()
    };
    config.connect_timeout = Some(CONNECT);
    config.read_timeout = Some(PATIENCE);
    config.default_retry = false;
    let authority = match access.server.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    if let Ok(authority) = HeaderValue::from_str(&authority) {
        config.headers.push((header::HOST, authority));
    }
    Client::try_from(config).map_err(|_| unusable())
}

async fn ask(
    client: &Client,
    access: &KubernetesAccess,
    address: IpAddr,
) -> Result<CloudIdentity, CredentialError> {
    let base = access.server.path().trim_end_matches('/');
    let body = serde_json::to_vec(&SelfSubjectReview::default()).unwrap_or_default();
    let request = Request::post(format!("{base}{PATH}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(body))
        .map_err(|_| lasting("the server's address is invalid".to_owned()))?;
    let response = client
        .send(request)
        .await
        .map_err(|error| not_reached(address, failed(error)))?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LONGEST)
        .collect()
        .await
        .map_err(|_| {
            lasting("the response is not from a Kubernetes API server, or incomplete".to_owned())
        })?
        .to_bytes();
    match status {
        StatusCode::OK | StatusCode::CREATED => {}
        StatusCode::UNAUTHORIZED => {
            return Err(lasting(
                "the cluster rejected the token or client certificate; it has expired or was revoked".to_owned(),
            ));
        }
        StatusCode::FORBIDDEN => {
            return Err(lasting(
                "the cluster accepted the credential but does not allow it to review itself; grant it system:basic-user"
                    .to_owned(),
            ));
        }
        StatusCode::NOT_FOUND => {
            return Err(lasting(
                "the cluster has no SelfSubjectReview API, which needs Kubernetes 1.28, or another server responded at \
                 this address"
                    .to_owned(),
            ));
        }
        other if other.is_redirection() => {
            return Err(lasting(format!(
                "the server redirects (HTTP {}), and the portal does not follow redirects",
                other.as_u16()
            )));
        }
        other => {
            return Err(CredentialError {
                message: format!("the cluster responded with HTTP {}", other.as_u16()),
                may_pass: other.is_server_error(),
                source: None,
            });
        }
    }
    let user = serde_json::from_slice::<SelfSubjectReview>(&body)
        .ok()
        .and_then(|review| review.status?.user_info?.username)
        .filter(|name| !name.is_empty())
        .ok_or_else(|| lasting("the response is not from a Kubernetes API server".to_owned()))?;
    Ok(CloudIdentity {
        account: Some(access.server.host_str().unwrap_or_default().to_owned()),
        identity: Some(presentable(&user)),
    })
}

/// Untrusted text of the cluster, shortened to one line.
fn presentable(text: &str) -> String {
    let visible = text.chars().filter(|letter| !letter.is_control());
    visible.take(253).collect()
}

fn lasting(message: String) -> CredentialError {
    CredentialError {
        message,
        may_pass: false,
        source: None,
    }
}

fn failed(error: kube::Error) -> CredentialError {
    let cause = innermost(&error);
    let certificate = cause.contains("certificate");
    CredentialError {
        message: if certificate {
            format!("the kubeconfig does not trust the cluster's certificate: {cause}")
        } else {
            format!("the cluster cannot be reached: {cause}")
        },
        may_pass: !certificate,
        source: Some(error.into()),
    }
}

/// Refused, silent or speaking something else: of the portal's own network a tenant does not learn which.
fn not_reached(address: IpAddr, error: CredentialError) -> CredentialError {
    if is_public(address.to_canonical()) {
        return error;
    }
    let message = if error.may_pass {
        "no cluster responds at the server's address"
    } else {
        "the kubeconfig does not trust the cluster's certificate"
    };
    CredentialError {
        message: message.to_owned(),
        ..error
    }
}
