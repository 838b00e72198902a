//! Logs that break off, and logs that do not exist.

use crate::{
    tape::{client, identity},
    trouble::{ID, crooked, impatient},
};
use futures::StreamExt;
use serde_json::json;
use skypilot::client::{Acting, ErrorKind, LogLength};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::path};

#[tokio::test]
async fn a_log_that_falls_silent_or_breaks_off_ends_with_an_error_after_what_came() {
    let hello = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nb\r\nhello\nworld\r\n";
    let identity = identity();
    let silent = crooked(async |mut stream| {
        stream.write_all(hello).await.unwrap();
        let _ = stream.read(&mut [0; 1]).await;
    })
    .await;
    let broken = crooked(async |mut stream| stream.write_all(hello).await.unwrap()).await;
    for address in [silent, broken] {
        let sky = impatient(&address, Duration::from_millis(500));
        let log = sky.provision_log(Acting::by(&identity), "c", LogLength::FOLLOW);
        let items: Vec<_> = log.await.unwrap().collect().await;
        let [Ok(first), Ok(rest), Err(error)] = items.as_slice() else {
            panic!("{items:?}");
        };
        assert_eq!((first.as_str(), rest.as_str()), ("hello\n", "world\n"));
        assert_eq!(error.kind, ErrorKind::Unreachable, "{error:?}");
    }
}

#[tokio::test]
async fn a_job_without_a_log_has_a_reason() {
    let server = MockServer::start().await;
    let empty = ResponseTemplate::new(200)
        .insert_header("X-Skypilot-Request-ID", ID)
        .set_body_string("");
    Mock::given(path("/logs"))
        .respond_with(empty)
        .mount(&server)
        .await;
    let error =
        json!({"type": "ClusterNotUpError", "message": "Cluster 'c' is not up."}).to_string();
    let failed = json!({"detail": {"request_id": ID, "status": "FAILED", "return_value": "null", "error": error}});
    Mock::given(path("/api/get"))
        .respond_with(ResponseTemplate::new(500).set_body_json(failed))
        .mount(&server)
        .await;
    let identity = identity();
    let sky = client(&server.uri());
    let log = sky
        .job_log(Acting::by(&identity), "c", None, LogLength::ALL)
        .await
        .unwrap();
    let items: Vec<_> = log.collect().await;
    let [Err(error)] = items.as_slice() else {
        panic!("{items:?}");
    };
    assert_eq!(error.kind, ErrorKind::NotUp);
}
