//! The HTTP client for identity providers, with limits on time and size and without redirects.

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::{future::Future, pin::Pin, time::Duration};

/// The timeout for one request.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Discovery documents and key sets have a few kilobytes.
const MAX_ANSWER: usize = 512 * 1024;

/// A request without a usable response.
#[derive(Debug, thiserror::Error)]
pub enum ProviderHttpError {
    /// No connection, or no response in time.
    #[error("the provider did not respond")]
    NoAnswer(#[source] reqwest::Error),
    /// The response exceeds the limit.
    #[error("the provider's response is too large")]
    TooLarge,
    #[error("cannot build the request")]
    Request(#[source] http::Error),
}

impl From<reqwest::Error> for ProviderHttpError {
    fn from(error: reqwest::Error) -> Self {
        Self::NoAnswer(error.without_url())
    }
}

#[derive(Clone, Debug)]
pub struct ProviderHttp(reqwest::Client);

impl ProviderHttp {
    /// A client with the limits above.
    pub fn new() -> Result<Self, ProviderHttpError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self(client))
    }

    /// Sends a request and reads the whole response.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ProviderHttpError> {
        let mut answer = self.0.execute(request.try_into()?).await?;
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            *headers = answer.headers().clone();
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(ProviderHttpError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        response.body(body).map_err(ProviderHttpError::Request)
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = ProviderHttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
