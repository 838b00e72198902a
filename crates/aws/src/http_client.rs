//! The portal's HTTP client for the AWS SDK.

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    shared::IntoShared,
};
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use std::time::Duration;

/// The timeout for connection and TLS handshake.
const CONNECT: Duration = Duration::from_secs(3);
/// The timeout of one attempt; the SDK retries.
const ATTEMPT: Duration = Duration::from_secs(5);

#[derive(Clone, Debug)]
pub struct ReqwestClient(reqwest::Client);

impl ReqwestClient {
    /// A client with timeouts that follows no redirects: a signed request is for one host. Fails if the machine's
    /// certificates cannot be read.
    pub fn new() -> Result<Self, reqwest::Error> {
        reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .timeout(ATTEMPT)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map(Self)
    }
}

impl HttpClient for ReqwestClient {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.clone().into_shared()
    }
}

impl HttpConnector for ReqwestClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let client = self.0.clone();
        HttpConnectorFuture::new(answer(client, request))
    }
}

async fn answer(
    client: reqwest::Client,
    request: HttpRequest,
) -> Result<HttpResponse, ConnectorError> {
    let request = request
        .try_into_http1x()
        .map_err(|error| ConnectorError::user(error.into()))?;
    let (parts, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map_err(ConnectorError::user)?
        .to_bytes();
    let request = reqwest::Request::try_from(http::Request::from_parts(parts, body))
        .map_err(|error| ConnectorError::user(error.into()))?;
    let response = client.execute(request).await.map_err(lost)?;
    let response: http::Response<reqwest::Body> = response.into();
    // Not read here: the SDK would log the body, but does not log bodies that it reads itself if they are secret.
    HttpResponse::try_from(response.map(SdkBody::from_body_1_x))
        .map_err(|error| ConnectorError::other(error.into(), None))
}

/// The SDK retries timeouts and broken connections.
fn lost(error: reqwest::Error) -> ConnectorError {
    if error.is_timeout() {
        ConnectorError::timeout(error.into())
    } else {
        ConnectorError::io(error.into())
    }
}
