//! Asks a tenant's own cluster for the identity of a credential. The tenant chooses the cluster's address, so the
//! name is resolved once, each address is checked, and the connection goes to a checked address only. Redirects are
//! not followed, and proxies of the portal's environment are not used.

use crate::errors::innermost;
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderValue, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use k8s_openapi::api::authentication::v1::SelfSubjectReview;
use kube::{
    Client, Config,
    client::Body,
    config::{
        AuthInfo, Cluster, Context, KubeConfigOptions, Kubeconfig, NamedAuthInfo, NamedCluster,
        NamedContext,
    },
};
use provisioning::{
    outgoing::OutgoingRules,
    ports::cloud_credentials::{CloudIdentity, ClusterReview, CredentialError, KubernetesAccess},
};
use secrecy::ExposeSecret;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::{net::lookup_host, time::timeout};

const PATH: &str = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
/// The timeout for all requests together.
const PATIENCE: Duration = Duration::from_secs(10);
const CONNECT: Duration = Duration::from_secs(5);
/// The maximum size of a response, in bytes.
const LONGEST: usize = 64 * 1024;
const NAME: &str = "checked";

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
        let host = access.server.host_str().unwrap_or_default();
        let port = access.server.port_or_known_default().unwrap_or(443);
        let literal = host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<SocketAddr> = match literal.parse::<IpAddr>() {
            Ok(address) => vec![(address, port).into()],
            Err(_) => lookup_host((host, port))
                .await
                .map_err(|error| CredentialError {
                    message: format!("the name {host} cannot be resolved"),
                    may_pass: true,
                    source: Some(error.into()),
                })?
                .collect(),
        };
        if let Some(refused) = found.iter().find(|found| !self.rules.permit(found.ip())) {
            return Err(lasting(format!(
                "{host} resolves to {}, in a network that is not allowed; the platform team can allow \
                 it with `allow` under [outgoing]",
                refused.ip()
            )));
        }
        found
            .first()
            .copied()
            .ok_or_else(|| lasting(format!("the name {host} has no address")))
    }
}

#[async_trait]
impl ClusterReview for TenantClusters {
    async fn who_am_i(&self, access: &KubernetesAccess) -> Result<CloudIdentity, CredentialError> {
        let asked = async {
            let address = self.address(access).await?;
            let client = client(access, address).await?;
            ask(&client, access).await
        };
        timeout(PATIENCE, asked).await.unwrap_or_else(|_| {
            Err(CredentialError {
                message: "the cluster did not respond in time".to_owned(),
                may_pass: true,
                source: None,
            })
        })
    }
}

/// A client that connects to `address` and verifies the server by its certificate.
async fn client(access: &KubernetesAccess, address: SocketAddr) -> Result<Client, CredentialError> {
    let host = access.server.host_str().unwrap_or_default();
    let named = access.server.domain().map(|_| host.to_owned());
    let mut server = access.server.clone();
    // Both are valid for an https URL with a host.
    let _ = server.set_ip_host(address.ip());
    let base64 = |text: &str| STANDARD.encode(text);
    let cluster = Cluster {
        server: Some(server.to_string()),
        certificate_authority_data: access.ca_pem.as_deref().map(base64),
        tls_server_name: access.server_name.clone().or(named),
        ..Cluster::default()
    };
    let user = AuthInfo {
        token: access.token.clone(),
        client_certificate_data: access.client_certificate_pem.as_deref().map(base64),
        client_key_data: access
            .client_key_pem
            .as_ref()
            .map(|key| base64(key.expose_secret()).into()),
        ..AuthInfo::default()
    };
    let kubeconfig = Kubeconfig {
        clusters: vec![NamedCluster {
            name: NAME.to_owned(),
            cluster: Some(cluster),
            ..NamedCluster::default()
        }],
        auth_infos: vec![NamedAuthInfo {
            name: NAME.to_owned(),
            auth_info: Some(user),
            ..NamedAuthInfo::default()
        }],
        contexts: vec![NamedContext {
            name: NAME.to_owned(),
            context: Some(Context {
                cluster: NAME.to_owned(),
                user: Some(NAME.to_owned()),
                ..Context::default()
            }),
            ..NamedContext::default()
        }],
        current_context: Some(NAME.to_owned()),
        ..Kubeconfig::default()
    };
    let unusable = || lasting("the kubeconfig's certificates or key are invalid".to_owned());
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .map_err(|_| unusable())?;
    config.proxy_url = None;
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

async fn ask(client: &Client, access: &KubernetesAccess) -> Result<CloudIdentity, CredentialError> {
    let base = access.server.path().trim_end_matches('/');
    let body = serde_json::to_vec(&SelfSubjectReview::default()).unwrap_or_default();
    let request = Request::post(format!("{base}{PATH}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json")
        .body(Body::from(body))
        .map_err(|_| lasting("the server's address is invalid".to_owned()))?;
    let response = client.send(request).await.map_err(not_reached)?;
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
        identity: presentable(&user),
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

fn not_reached(error: kube::Error) -> CredentialError {
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
