//! A server in place of every cloud.

use clouds::Clouds;
use provisioning::ports::{
    cloud_credentials::{CloudIdentity, CredentialError},
    cloud_review::{CloudAccess, CloudReview},
};
use serde_json::Value;
use std::collections::HashMap;
use wiremock::{
    Mock, MockServer, Request, Respond, ResponseTemplate,
    matchers::{any, method, path},
};

pub struct StandIn {
    server: MockServer,
    clouds: Clouds,
}

pub fn json(status: u16, body: &Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

impl StandIn {
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let clouds = Clouds::new(Some(server.uri().parse().unwrap())).unwrap();
        Self { server, clouds }
    }

    /// Answers every request with `response`.
    pub async fn answering(response: impl Respond + 'static) -> Self {
        let stand_in = Self::start().await;
        let mock = Mock::given(any()).respond_with(response);
        mock.mount(&stand_in.server).await;
        stand_in
    }

    /// Answers `verb address` with `response`.
    pub async fn on(self, verb: &str, address: &str, response: ResponseTemplate) -> Self {
        let mock = Mock::given(method(verb)).and(path(address));
        mock.respond_with(response).mount(&self.server).await;
        self
    }

    pub async fn ask(&self, access: &CloudAccess) -> Result<CloudIdentity, CredentialError> {
        self.clouds.who_am_i(access).await
    }

    /// The requests so far.
    pub async fn requests(&self) -> Vec<Request> {
        self.server.received_requests().await.unwrap()
    }

    pub fn authority(&self) -> String {
        self.server.address().to_string()
    }
}

/// The fields of a form.
pub fn form(request: &Request) -> HashMap<String, String> {
    url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect()
}

pub fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers.get(name).unwrap().to_str().unwrap()
}

/// Answers of a cloud that does not accept a credential: status, body, whether waiting helps.
pub async fn refuses(access: &CloudAccess, cases: &[(u16, Value, bool)]) {
    for (status, body, may_pass) in cases {
        let stand_in = StandIn::answering(json(*status, body)).await;
        let error = stand_in.ask(access).await.unwrap_err();
        assert_eq!(error.may_pass, *may_pass, "{body}: {error}");
        // The cloud's own words, up to what Microsoft appends.
        let message = [
            "/error_description",
            "/error/message",
            "/errors/0/message",
            "/message",
        ]
        .iter()
        .find_map(|place| body.pointer(place)?.as_str())
        .unwrap();
        let message = message.split(" Trace ID").next().unwrap();
        assert!(error.message.contains(message), "{error}");
    }
}
