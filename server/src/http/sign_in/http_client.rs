//! How the portal talks to identity providers: never for long, never for much, and never where a redirect leads.

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::{future::Future, pin::Pin, time::Duration};

/// One request may take this long.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Discovery documents and key sets are a few kilobytes.
const MAX_ANSWER: usize = 512 * 1024;

/// A request that brought no usable answer.
#[derive(Debug, thiserror::Error)]
pub enum ProviderHttpError {
    /// No connection, or no answer in time.
    #[error("no answer from the provider")]
    NoAnswer(#[source] reqwest::Error),
    /// The answer is larger than any provider's should be.
    #[error("the provider's answer is too large")]
    TooLarge,
    /// The request could not be built.
    #[error("the request cannot be built")]
    Request(#[source] http::Error),
}

impl From<reqwest::Error> for ProviderHttpError {
    fn from(error: reqwest::Error) -> Self {
        Self::NoAnswer(error.without_url())
    }
}

/// The client.
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

    /// Sends a request and reads the whole answer.
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
