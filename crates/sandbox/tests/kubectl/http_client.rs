//! A plain HTTP client with a kubeconfig's certificates, for what kubectl would try again or ask more than once.

use std::net::SocketAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::{Certificate, Client, Identity};
use serde_json::Value;

/// A client for the cluster of a kubeconfig; `host` leads to `address`.
pub fn client(kubeconfig: &Value, host: &str, address: SocketAddr) -> Client {
    let decoded = |value: &Value| BASE64.decode(value.as_str().unwrap()).unwrap();
    let cluster = &kubeconfig["clusters"][0]["cluster"];
    let user = &kubeconfig["users"][0]["user"];
    let authority = decoded(&cluster["certificate-authority-data"]);
    let mut identity = decoded(&user["client-certificate-data"]);
    identity.extend(decoded(&user["client-key-data"]));
    Client::builder()
        .tls_certs_only([Certificate::from_pem(&authority).unwrap()])
        .identity(Identity::from_pem(&identity).unwrap())
        .resolve(host, address)
        .no_proxy()
        .build()
        .unwrap()
}
