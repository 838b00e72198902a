//! Servers that are gone, busy, slow, interrupted or not SkyPilot.

use crate::tape::{client, identity};
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use skypilot::client::{
    Acting, ClientConfig, ErrorKind, Identity, Launch, RequestId, SkyPilot, StatusQuery, Timeouts,
};
use std::time::Duration;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{any, method, path},
};

pub const ID: &str = "30462a9a-dd96-4720-bdf4-4c92d4c7f8b3";
const LAUNCH: Launch<'static> = Launch {
    cluster_name: "hgr-456789ab-trainer",
    task: "run: true",
    dryrun: false,
    no_setup: false,
};

fn taken() -> ResponseTemplate {
    ResponseTemplate::new(200)
        .insert_header("X-Skypilot-Request-ID", ID)
        .insert_header("X-SkyPilot-API-Version", "62")
        .set_body_json(Value::Null)
}

fn busy() -> ResponseTemplate {
    ResponseTemplate::new(503)
        .insert_header("X-SkyPilot-API-Version", "62")
        .set_body_json(json!({"detail": "The server has exhausted its concurrent worker limit."}))
}

pub fn impatient(address: &str, limit: Duration) -> SkyPilot {
    let mut config = ClientConfig::new(address.parse().unwrap());
    config.tries = 2;
    config.timeouts = Timeouts {
        answer: limit,
        result: limit,
        idle: limit,
        first_retry: Duration::from_millis(1),
        ..Timeouts::default()
    };
    SkyPilot::new(config).unwrap()
}

/// A server that does this to each connection after it has read the request.
pub async fn crooked<F: Future<Output = ()> + Send>(
    treat: impl Fn(TcpStream) -> F + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            treat(stream).await;
        }
    });
    address
}

#[tokio::test]
async fn requests_to_a_busy_server_are_retried() {
    let server = MockServer::start().await;
    Mock::given(path("/stop"))
        .respond_with(busy())
        .up_to_n_times(2)
        .mount(&server)
        .await;
    Mock::given(path("/stop"))
        .respond_with(taken())
        .mount(&server)
        .await;
    let identity = identity();
    let id = client(&server.uri())
        .submit_stop(Acting::by(&identity), "c")
        .await
        .unwrap();
    assert_eq!(id.to_string(), ID);
    assert_eq!(server.received_requests().await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_server_that_stays_busy_is_unreachable_with_its_own_message() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(busy()).mount(&server).await;
    let identity = identity();
    let error = client(&server.uri())
        .status(Acting::by(&identity), &StatusQuery::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.message.contains("concurrent worker limit"), "{error}");
    assert_eq!(server.received_requests().await.unwrap().len(), 4);
}

#[tokio::test]
async fn a_launch_is_sent_once_and_only_the_servers_own_refusal_is_clear() {
    let identity = identity();
    let acting = Acting::by(&identity);
    for (answer, kind) in [
        (busy(), ErrorKind::Unreachable),
        (
            ResponseTemplate::new(503).set_body_string("<h1>Service Unavailable</h1>"),
            ErrorKind::Unclear,
        ),
        (ResponseTemplate::new(502), ErrorKind::Unclear),
        (ResponseTemplate::new(504), ErrorKind::Unclear),
    ] {
        let server = MockServer::start().await;
        Mock::given(any()).respond_with(answer).mount(&server).await;
        let sky = client(&server.uri());
        let launched = sky.submit_launch(acting, &LAUNCH).await.unwrap_err();
        assert_eq!(launched.kind, kind, "{launched:?}");
        let executed = sky.submit_exec(acting, "c", "run: true").await.unwrap_err();
        assert_eq!(executed.kind, kind, "{executed:?}");
        assert_eq!(server.received_requests().await.unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_launch_whose_answer_never_comes_is_unclear() {
    let server = MockServer::start().await;
    let late = taken().set_delay(Duration::from_secs(60));
    Mock::given(any()).respond_with(late).mount(&server).await;
    let identity = identity();
    let sky = impatient(&server.uri(), Duration::from_millis(200));
    let error = sky
        .submit_launch(Acting::by(&identity), &LAUNCH)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unclear, "{error:?}");

    let address = crooked(async |stream| drop(stream)).await;
    let sky = impatient(&address, Duration::from_secs(5));
    let error = sky
        .submit_launch(Acting::by(&identity), &LAUNCH)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unclear, "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_gone_is_unreachable_and_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/sky", listener.local_addr().unwrap());
    drop(listener);
    let identity = identity();
    let sky = client(&address);
    let error = sky.health(&identity).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(
        error.message.contains(&address) && error.message.contains("refused"),
        "{error}"
    );
    let error = sky
        .submit_launch(Acting::by(&identity), &LAUNCH)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable, "nothing was sent");
}

#[tokio::test]
async fn an_address_may_have_a_path() {
    let server = MockServer::start().await;
    let health = json!({"status": "healthy", "api_version": "62", "version": "0.14.1"});
    Mock::given(method("GET"))
        .and(path("/sky/api/health"))
        .respond_with(ResponseTemplate::new(200).set_body_json(health))
        .mount(&server)
        .await;
    let sky = client(&format!("{}/sky", server.uri()));
    sky.health(&identity()).await.unwrap();
}

#[tokio::test]
async fn an_older_server_is_refused_by_health_and_by_every_answer() {
    let server = MockServer::start().await;
    let health = json!({"status": "healthy", "api_version": "57", "version": "0.13.0"});
    Mock::given(path("/api/health"))
        .respond_with(ResponseTemplate::new(200).set_body_json(health))
        .mount(&server)
        .await;
    let old = taken().insert_header("X-SkyPilot-API-Version", "57");
    Mock::given(path("/status"))
        .respond_with(old)
        .mount(&server)
        .await;
    let identity = identity();
    let sky = client(&server.uri());
    let error = sky.health(&identity).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::VersionMismatch);
    assert!(error.message.contains("0.13.0"), "{error}");
    let error = sky
        .status(Acting::by(&identity), &StatusQuery::default())
        .await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::VersionMismatch);
}

#[tokio::test]
async fn a_result_that_takes_longer_is_still_running_and_a_gateway_does_not_end_the_wait() {
    let server = MockServer::start().await;
    Mock::given(path("/api/get"))
        .respond_with(ResponseTemplate::new(504))
        .up_to_n_times(6)
        .mount(&server)
        .await;
    let done =
        json!({"request_id": ID, "status": "SUCCEEDED", "return_value": "null", "error": "null"});
    Mock::given(path("/api/get"))
        .respond_with(ResponseTemplate::new(200).set_body_json(done))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    let late = ResponseTemplate::new(200).set_delay(Duration::from_secs(60));
    Mock::given(path("/api/get"))
        .respond_with(late)
        .mount(&server)
        .await;
    let (identity, id): (Identity, RequestId) = (identity(), ID.parse().unwrap());
    let sky = client(&server.uri());
    sky.result::<()>(&identity, &id, Duration::from_secs(20))
        .await
        .unwrap();
    let error = sky
        .result::<()>(&identity, &id, Duration::from_millis(200))
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::StillRunning, "{error:?}");
}

#[tokio::test]
async fn a_read_that_a_deletion_cancelled_is_repeated_once() {
    let server = MockServer::start().await;
    Mock::given(path("/cluster_events"))
        .respond_with(taken())
        .expect(4)
        .mount(&server)
        .await;
    let answered = |status: &str, value: &str| {
        ResponseTemplate::new(200)
            .insert_header("X-SkyPilot-API-Version", "62")
            .set_body_json(json!({"status": status, "return_value": value, "error": "null"}))
    };
    Mock::given(path("/api/get"))
        .respond_with(answered("CANCELLED", "null"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/api/get"))
        .respond_with(answered("SUCCEEDED", "[]"))
        .up_to_n_times(1)
        .mount(&server)
        .await;
    Mock::given(path("/api/get"))
        .respond_with(answered("CANCELLED", "null"))
        .mount(&server)
        .await;
    let (sky, identity) = (client(&server.uri()), identity());
    let acting = Acting::by(&identity);
    let events = sky.cluster_events(acting, "hgr-456789ab-trainer").await;
    assert_eq!(events.unwrap().len(), 0);
    // Cancelled each time: not by a deletion that was under way.
    let error = sky.cluster_events(acting, "hgr-456789ab-trainer").await;
    assert_eq!(error.unwrap_err().kind, ErrorKind::Cancelled);
}

#[tokio::test]
async fn foreign_responses_are_reported_without_their_content() {
    let server = MockServer::start().await;
    let page = ResponseTemplate::new(200).set_body_string("<html>canary</html>");
    Mock::given(any()).respond_with(page).mount(&server).await;
    let identity = identity();
    let sky = client(&server.uri());
    let health = sky.health(&identity).await.unwrap_err();
    let status = sky
        .status(Acting::by(&identity), &StatusQuery::default())
        .await
        .unwrap_err();
    for error in [health, status] {
        assert_eq!(error.kind, ErrorKind::Server);
        assert!(error.message.contains("proxy"), "{error}");
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_token() {
    let elsewhere = MockServer::start().await;
    Mock::given(any())
        .respond_with(taken())
        .mount(&elsewhere)
        .await;
    let server = MockServer::start().await;
    let redirect = ResponseTemplate::new(302).insert_header("Location", elsewhere.uri().as_str());
    Mock::given(any())
        .respond_with(redirect)
        .mount(&server)
        .await;
    let identity = Identity::Bearer("sky_secret".into());
    client(&server.uri()).health(&identity).await.unwrap_err();
    assert_eq!(elsewhere.received_requests().await.unwrap().len(), 0);
}

#[tokio::test]
async fn an_answer_without_end_is_not_read_to_the_end() {
    let address = crooked(async |mut stream| {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n")
            .await;
        let piece = vec![b' '; 1024 * 1024];
        while stream.write_all(&piece).await.is_ok() {}
    })
    .await;
    let error = client(&address).health(&identity()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Server);
    assert!(error.message.contains("32 MiB"), "{error}");
}

#[tokio::test]
async fn a_response_without_request_id_is_reported() {
    let server = MockServer::start().await;
    let stripped = ResponseTemplate::new(200).set_body_json(Value::Null);
    Mock::given(any())
        .respond_with(stripped)
        .mount(&server)
        .await;
    let identity = identity();
    let error = client(&server.uri())
        .submit_down(Acting::by(&identity), "c")
        .await
        .unwrap_err();
    assert!(error.message.contains("no request id"), "{error}");
    let (sky, id) = (client(&server.uri()), ID.parse().unwrap());
    let result = sky
        .result::<IgnoredAny>(&identity, &id, Duration::from_secs(5))
        .await;
    assert_eq!(result.unwrap_err().kind, ErrorKind::Server);
}
