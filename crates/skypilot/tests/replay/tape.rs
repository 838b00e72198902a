//! Recordings, replayed over HTTP.

use serde::Deserialize;
use serde_json::Value;
use skypilot::client::{ClientConfig, Identity, SkyPilot, Timeouts};
use std::{collections::BTreeMap, path::Path, time::Duration};
use url::Url;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path, query_param},
};

/// A recorded call with its response.
#[derive(Deserialize)]
pub struct Exchange {
    pub method: String,
    pub path: String,
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub answer: Value,
}

#[derive(Deserialize)]
pub struct Recording {
    pub exchanges: Vec<Exchange>,
}

/// A file of `tests/recordings`.
pub fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/recordings")
        .join(format!("{name}.json"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A server that responds as recorded, and a client for it.
pub struct Tape {
    pub sky: SkyPilot,
    pub identity: Identity,
    // Responds as long as it lives.
    _server: MockServer,
}

/// A client with short timeouts.
pub fn client(address: &str) -> SkyPilot {
    let mut config = ClientConfig::new(Url::parse(address).unwrap());
    config.timeouts = Timeouts {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(10),
        result: Duration::from_secs(10),
        check: Duration::from_secs(10),
        idle: Duration::from_secs(10),
        first_retry: Duration::from_millis(1),
    };
    SkyPilot::new(config).unwrap()
}

pub fn identity() -> Identity {
    Identity::Named {
        user_id: "aaaa1111".into(),
        user_name: "tenant-a".into(),
    }
}

impl Tape {
    pub async fn of(name: &str) -> Self {
        let server = MockServer::start().await;
        let recording: Recording = serde_json::from_str(&file(name)).unwrap();
        for exchange in &recording.exchanges {
            let (plain, query) = exchange
                .path
                .split_once('?')
                .unwrap_or((&exchange.path, ""));
            let mut answers = Mock::given(method(exchange.method.as_str())).and(path(plain));
            // Only the request's id: how often the client polls is its own business.
            let id = query.split('&').find(|pair| pair.contains("request_id"));
            if let Some((name, value)) = id.and_then(|pair| pair.split_once('=')) {
                answers = answers.and(query_param(name, value));
            }
            answers
                .respond_with(response(exchange))
                .mount(&server)
                .await;
        }
        Self {
            sky: client(&server.uri()),
            identity: identity(),
            _server: server,
        }
    }

    pub fn acting(&self) -> skypilot::client::Acting<'_> {
        skypilot::client::Acting::by(&self.identity)
    }
}

fn response(exchange: &Exchange) -> ResponseTemplate {
    let mut response = ResponseTemplate::new(exchange.status);
    for (name, value) in &exchange.headers {
        response = response.insert_header(name.as_str(), value.as_str());
    }
    match &exchange.answer {
        Value::String(text) => response.set_body_string(text),
        json => response.set_body_json(json),
    }
}
