//! Bodies that are too large, broken or of the wrong kind.

use crate::fixture::{DEVELOPER, TestPortal, order};
use bytes::Bytes;
use http_body_util::StreamBody;
use hyper::body::Frame;
use reqwest::{Body, Method};
use std::time::{Duration, Instant};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

#[tokio::test]
async fn a_hundred_megabytes_are_refused_before_they_are_read() {
    let portal = TestPortal::start().await;
    let token = portal.token_of(DEVELOPER).await;
    let mut connection = TcpStream::connect(portal.address).await.unwrap();
    let head = format!(
        "POST /api/v1/clusters HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: 104857600\r\n\r\n",
        portal.address
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    // Not one byte of the body has been sent.
    let read = timeout(Duration::from_secs(5), connection.read(&mut answer)).await;
    let read = read.expect("an answer without the body").unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]);
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    // The client must not send another request after the body that nobody reads.
    assert!(
        answer.to_lowercase().contains("connection: close"),
        "{answer}"
    );
    portal.stop().await;
}

#[tokio::test]
async fn a_request_with_two_hosts_or_none_is_refused_everywhere() {
    let portal = TestPortal::start().await;
    let ours = format!("Host: {}\r\n", portal.address);
    for path in [
        "/",
        "/sign-in",
        "/api/v1/me",
        "/healthz",
        "/readyz",
        "/pkg/a.js",
        "/gone",
    ] {
        for hosts in [
            ours.repeat(2),
            format!("{ours}Host: evil.example.com\r\n"),
            format!("host: evil.example.com\r\n{ours}"),
            String::new(),
        ] {
            let mut connection = TcpStream::connect(portal.address).await.unwrap();
            let head = format!("GET {path} HTTP/1.1\r\n{hosts}Connection: close\r\n\r\n");
            connection.write_all(head.as_bytes()).await.unwrap();
            let mut answer = String::new();
            connection.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 400"), "{head}{answer}");
        }
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_body_that_never_says_how_long_it_is_is_cut_off() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let megabyte = Bytes::from(vec![b'1'; 1 << 20]);
    let frame = move |_| Ok::<_, std::io::Error>(Frame::data(megabyte.clone()));
    let endless = futures::stream::iter((0..100).map(frame));
    let begun = Instant::now();
    let sent = program
        .request(Method::POST, "/api/v1/clusters")
        .header("content-type", "application/json")
        .body(Body::wrap(StreamBody::new(endless)))
        .send()
        .await;
    // The server may close before the client has sent everything.
    if let Ok(answer) = sent {
        assert_eq!(answer.status(), 413);
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert!(program.is_signed_in().await);
    portal.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_named() {
    let portal = TestPortal::start().await;
    let program = portal.program_of(DEVELOPER).await;
    let mut unknown = order("a");
    unknown["colour"] = "red".into();
    let deep = "[".repeat(100_000);
    for (body, media_type, status, kind) in [
        ("{".to_owned(), "application/json", 400, "bad-request"),
        (unknown.to_string(), "application/json", 400, "bad-request"),
        ("5".to_owned(), "application/json", 400, "bad-request"),
        (deep, "application/json", 400, "bad-request"),
        (
            "{}".to_owned(),
            "application/xml",
            415,
            "unsupported-media-type",
        ),
        (
            "name=a".to_owned(),
            "application/x-www-form-urlencoded",
            415,
            "unsupported-media-type",
        ),
    ] {
        let request = program
            .request(Method::POST, "/api/v1/clusters")
            .header("content-type", media_type)
            .body(body);
        program.send(request).await.assert_problem(status, kind);
    }
    let answer = program
        .json(Method::POST, "/api/v1/clusters", &unknown)
        .await;
    assert!(answer.body.contains("colour"), "{}", answer.body);
    portal.stop().await;
}

#[tokio::test]
async fn headers_that_do_not_come_to_an_end_are_not_waited_for() {
    let portal = TestPortal::start().await;
    let mut connection = TcpStream::connect(portal.address).await.unwrap();
    connection
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n")
        .await
        .unwrap();
    let mut rest = Vec::new();
    timeout(Duration::from_secs(15), connection.read_to_end(&mut rest))
        .await
        .expect("the server hangs up")
        .unwrap();
    portal.stop().await;
}
