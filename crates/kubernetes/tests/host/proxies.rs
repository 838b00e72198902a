//! A host cluster behind a proxy: the connection goes through it, and never around it.

use crate::place::{cluster, config, sandbox};
use domain::exposure::Exposure;
use kubernetes::KubernetesHosts;
use provisioning::ports::host_clusters::{HostClusters, HostErrorKind};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{TcpListener, TcpStream},
};

/// Only the proxies know this name.
const NAME: &str = "kubernetes.behind-the-proxy.invalid";

#[derive(Clone, Copy)]
enum Protocol {
    /// An HTTP proxy with CONNECT (RFC 9110), which asks for this Authorization.
    Connect(Option<&'static str>),
    /// SOCKS5 (RFC 1928) without authentication.
    Socks5,
}

/// A proxy that leads to one server.
struct Proxy {
    address: SocketAddr,
    /// What it was asked for.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn start(protocol: Protocol, server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let note = asked.clone();
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let note = note.clone();
                tokio::spawn(async move {
                    let target = match protocol {
                        Protocol::Connect(authorization) => {
                            connect(&mut client, authorization).await
                        }
                        Protocol::Socks5 => Some(socks5(&mut client).await),
                    };
                    let Some(target) = target else { return };
                    note.lock().unwrap().push(target);
                    let mut upstream = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut upstream).await;
                });
            }
        });
        Self { address, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Answers a CONNECT; the target, unless it is refused.
async fn connect(client: &mut TcpStream, authorization: Option<&str>) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let expected = authorization.map(|value| format!("\r\nproxy-authorization: {value}\r\n"));
    if expected.is_some_and(|line| !head.to_lowercase().contains(&line.to_lowercase())) {
        let refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
        client.write_all(refusal).await.unwrap();
        return None;
    }
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
    let mut words = head.split(' ');
    assert_eq!(words.next(), Some("CONNECT"));
    words.next().map(str::to_owned)
}

/// Answers a request to connect to a host by its name.
async fn socks5(client: &mut TcpStream) -> String {
    assert_eq!(client.read_u8().await.unwrap(), 5);
    let mut methods = vec![0; client.read_u8().await.unwrap().into()];
    client.read_exact(&mut methods).await.unwrap();
    assert!(methods.contains(&0));
    client.write_all(&[5, 0]).await.unwrap();
    let mut request = [0; 4];
    client.read_exact(&mut request).await.unwrap();
    assert_eq!(request, [5, 1, 0, 3], "connect to a name");
    let mut name = vec![0; client.read_u8().await.unwrap().into()];
    client.read_exact(&mut name).await.unwrap();
    let port = client.read_u16().await.unwrap();
    client
        .write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    format!("{}:{port}", String::from_utf8(name).unwrap())
}

/// The kubeconfig with a server that only the proxy knows.
fn behind(kubeconfig: &str, proxy: &str) -> (String, SocketAddr) {
    let mut text: Value = serde_norway::from_str(kubeconfig).unwrap();
    let cluster = &mut text["clusters"][0]["cluster"];
    let server: url::Url = cluster["server"].as_str().unwrap().parse().unwrap();
    let address = server.socket_addrs(|| None).unwrap()[0];
    cluster["server"] = json!(format!("https://{NAME}:{}", address.port()));
    cluster["tls-server-name"] = json!("kubernetes");
    cluster["proxy-url"] = json!(proxy);
    (serde_norway::to_string(&text).unwrap(), address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_is_reached_through_its_proxy() {
    let sandbox = sandbox().await;
    let (_, server) = behind(sandbox.host_kubeconfig(), "");
    // grace:p@ss
    let authorization = "Basic Z3JhY2U6cEBzcw==";
    for (protocol, scheme) in [
        (Protocol::Connect(None), "http://"),
        (
            Protocol::Connect(Some(authorization)),
            "http://grace:p%40ss@",
        ),
        (Protocol::Socks5, "socks5://"),
    ] {
        let proxy = Proxy::start(protocol, server).await;
        let (text, _) = behind(
            sandbox.host_kubeconfig(),
            &format!("{scheme}{}", proxy.address),
        );
        let hosts = KubernetesHosts::new(config(&sandbox, &text)).await.unwrap();
        let checks = hosts.check("sandbox").await.unwrap();
        assert!(checks.iter().all(|check| check.allowed));
        let name = format!("proxied-{}", proxy.address.port());
        let cluster = cluster(&name, Exposure::PortForward);
        hosts.make_namespace(&cluster).await.unwrap();
        let asked = proxy.asked();
        assert!(!asked.is_empty());
        let target = format!("{NAME}:{}", server.port());
        assert!(asked.iter().all(|found| *found == target), "{asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_around_a_proxy_that_refuses_or_is_away() {
    let sandbox = sandbox().await;
    let (_, server) = behind(sandbox.host_kubeconfig(), "");
    let strict = Proxy::start(Protocol::Connect(Some("Basic canary")), server).await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let away = gone.local_addr().unwrap();
    drop(gone);
    for proxy in [
        format!("http://user:canary-password@{}", strict.address),
        format!("http://{away}"),
        format!("socks5://{away}"),
    ] {
        let mut text: Value = serde_norway::from_str(sandbox.host_kubeconfig()).unwrap();
        text["clusters"][0]["cluster"]["proxy-url"] = json!(proxy);
        let text = serde_norway::to_string(&text).unwrap();
        let hosts = KubernetesHosts::new(config(&sandbox, &text)).await.unwrap();
        let error = hosts.check("sandbox").await.unwrap_err();
        assert_eq!(error.kind, HostErrorKind::Unreachable, "{proxy}");
        assert!(
            !format!("{error} {error:?}").contains("canary"),
            "{error:?}"
        );
    }
    assert!(strict.asked().is_empty());
}
