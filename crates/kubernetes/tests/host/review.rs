//! Reviews of a credential by a tenant's own cluster, and the addresses that the portal refuses.

use crate::place::sandbox;
use base64::{Engine, engine::general_purpose::STANDARD};
use kubernetes::TenantClusters;
use provisioning::{
    outgoing::OutgoingRules,
    ports::cloud_credentials::{ClusterReview, KubernetesAccess},
};
use serde_json::Value;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

/// The rules of a configuration that allows this machine.
fn allowing_loopback() -> OutgoingRules {
    let networks = ["127.0.0.0/8", "::1"].map(|text| text.parse().unwrap());
    OutgoingRules::new(networks.into())
}

/// Access with the sandbox's kubeconfig.
fn access(kubeconfig: &str) -> KubernetesAccess {
    let kubeconfig: Value = serde_norway::from_str(kubeconfig).unwrap();
    let cluster = &kubeconfig["clusters"][0]["cluster"];
    let user = &kubeconfig["users"][0]["user"];
    let pem = |value: &Value| {
        let text = STANDARD.decode(value.as_str()?).unwrap();
        Some(String::from_utf8(text).unwrap())
    };
    KubernetesAccess {
        server: cluster["server"].as_str().unwrap().parse().unwrap(),
        server_name: None,
        ca_pem: pem(&cluster["certificate-authority-data"]),
        token: user["token"].as_str().map(Into::into),
        client_certificate_pem: pem(&user["client-certificate-data"]),
        client_key_pem: pem(&user["client-key-data"]).map(Into::into),
    }
}

/// A server that must not be contacted; counts connections.
async fn never_contacted() -> (SocketAddr, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let arrived = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut some = [0; 64];
        stream.read(&mut some).await.unwrap_or_default()
    });
    (address, arrived)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cluster_returns_the_identity_of_a_credential() {
    let sandbox = sandbox().await;
    let access = access(sandbox.host_kubeconfig());
    let found = TenantClusters::new(allowing_loopback())
        .who_am_i(&access)
        .await
        .unwrap();
    assert!(found.identity.is_some_and(|name| !name.is_empty()));
    assert_eq!(found.account.as_deref(), access.server.host_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_portals_own_network_is_not_reached_by_address_or_by_name() {
    let sandbox = sandbox().await;
    let clusters = TenantClusters::new(OutgoingRules::default());
    let (address, arrived) = never_contacted().await;
    let port = address.port();
    for server in [
        sandbox
            .host_kubeconfig()
            .lines()
            .find_map(|line| line.trim().strip_prefix("server: "))
            .unwrap()
            .trim_matches('"')
            .to_owned(),
        format!("https://127.0.0.1:{port}"),
        // Names that resolve to this machine.
        format!("https://localhost:{port}"),
        format!("https://[::ffff:127.0.0.1]:{port}"),
        format!("https://2130706433:{port}"),
        "https://169.254.169.254".to_owned(),
        "https://10.0.0.1:6443".to_owned(),
    ] {
        let access = KubernetesAccess {
            server: server.parse().unwrap(),
            ..access(sandbox.host_kubeconfig())
        };
        let error = clusters.who_am_i(&access).await.unwrap_err();
        assert!(!error.may_pass, "{server}");
        assert!(error.message.contains("[outgoing]"), "{server}: {error}");
    }
    assert!(!arrived.is_finished());
    arrived.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_token_and_an_untrusted_certificate_are_distinguished() {
    let sandbox = sandbox().await;
    let clusters = TenantClusters::new(allowing_loopback());
    let good = access(sandbox.host_kubeconfig());
    let token = KubernetesAccess {
        token: Some("canary-token".into()),
        client_certificate_pem: None,
        client_key_pem: None,
        ..good.clone()
    };
    let error = clusters.who_am_i(&token).await.unwrap_err();
    assert!(error.message.contains("rejected the token"), "{error}");
    assert!(!error.may_pass && !format!("{error:?}").contains("canary"));
    let stranger = KubernetesAccess {
        ca_pem: None,
        ..good
    };
    let error = clusters.who_am_i(&stranger).await.unwrap_err();
    assert!(error.message.contains("certificate"), "{error}");
    assert!(!error.may_pass);
}

fn with_a_token(server: &str) -> KubernetesAccess {
    KubernetesAccess {
        server: server.parse().unwrap(),
        server_name: None,
        ca_pem: None,
        token: Some("canary-token".into()),
        client_certificate_pem: None,
        client_key_pem: None,
    }
}

#[tokio::test]
async fn a_cluster_that_is_not_there_may_be_there_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("https://{}", listener.local_addr().unwrap());
    drop(listener);
    let access = with_a_token(&server);
    let clusters = TenantClusters::new(allowing_loopback());
    let error = clusters.who_am_i(&access).await.unwrap_err();
    assert!(error.may_pass, "{error}");
}

/// The message about a server, and whether it may pass.
async fn said(server: &str) -> (String, bool) {
    let access = with_a_token(server);
    let clusters = TenantClusters::new(allowing_loopback());
    let error = clusters.who_am_i(&access).await.unwrap_err();
    let host = access.server.host_str().unwrap();
    (error.message.replace(host, "HOST"), error.may_pass)
}

/// A port where every connection gets this answer.
async fn answering(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.write_all(answer).await;
        }
    });
    server
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_not_told_from_one_in_the_portals_network() {
    let forbidden = said("https://10.0.0.1:6443").await;
    let metadata = said("https://169.254.169.254").await;
    let missing = said("https://no-such-name.invalid:6443").await;
    assert_eq!(forbidden, missing);
    assert_eq!(forbidden, metadata);
}

#[tokio::test]
async fn what_listens_in_the_portals_network_is_not_described() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = format!("https://{}", listener.local_addr().unwrap());
    drop(listener);
    let refused = said(&closed).await;
    assert!(refused.1);
    for answer in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"SSH-2.0-x\r\n",
        b"",
    ] {
        let server = answering(answer).await;
        assert_eq!(said(&server).await, refused, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_in_the_portals_network_is_not_described() {
    let sandbox = sandbox().await;
    let stranger = KubernetesAccess {
        ca_pem: None,
        server_name: Some("elsewhere.example.com".to_owned()),
        ..access(sandbox.host_kubeconfig())
    };
    let clusters = TenantClusters::new(allowing_loopback());
    let error = clusters.who_am_i(&stranger).await.unwrap_err();
    assert_eq!(
        error.message,
        "the kubeconfig does not trust the cluster's certificate"
    );
}
