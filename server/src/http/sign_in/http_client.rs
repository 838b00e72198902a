//! The HTTP client for identity providers, with limits on time and size and without redirects.

use super::issuer::Issuer;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::{future::Future, pin::Pin, time::Duration};
use url::Url;

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
    /// The provider's metadata names an address that the portal does not send requests to.
    #[error("{0}")]
    NotAllowed(String),
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

/// Sends requests to one provider. Its metadata names the addresses, so each is checked against that of the issuer.
#[derive(Clone, Debug)]
pub struct ProviderHttp {
    client: reqwest::Client,
    issuer: Url,
}

impl ProviderHttp {
    /// A client with the limits above.
    pub fn new(issuer: Url) -> Result<Self, ProviderHttpError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .build()?;
        Ok(Self { client, issuer })
    }

    /// Sends a request and reads the whole response.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, ProviderHttpError> {
        let request: reqwest::Request = request.try_into()?;
        let issuer = Issuer::at(&self.issuer).await;
        issuer.allows_requests(request.url()).await?;
        let mut answer = self.client.execute(request).await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use openidconnect::{IssuerUrl, core::CoreProviderMetadata};
    use std::{io::ErrorKind, net::TcpListener};

    /// Keys are read by the library that reads the metadata, through this client.
    #[tokio::test]
    async fn a_public_provider_cannot_send_the_portal_to_a_private_address() {
        let inner = TcpListener::bind("127.0.0.1:0").unwrap();
        inner.set_nonblocking(true).unwrap();
        let here = inner.local_addr().unwrap();
        let http = ProviderHttp::new("https://8.8.8.8".parse().unwrap()).unwrap();
        for address in [
            format!("https://{here}/jwks"),
            format!("http://{here}/jwks"),
            format!("https://localhost:{}/jwks", here.port()),
            "https://169.254.169.254/latest".to_owned(),
            "http://8.8.8.8/jwks".to_owned(),
        ] {
            let request = http::Request::get(&address).body(Vec::new()).unwrap();
            let refused = http.send(request).await;
            assert!(
                matches!(refused, Err(ProviderHttpError::NotAllowed(_))),
                "{address}"
            );
        }
        let issuer = IssuerUrl::new(format!("https://{here}")).unwrap();
        let refused = CoreProviderMetadata::discover_async(issuer, &http).await;
        assert!(refused.is_err());
        let reached = inner.accept().map(drop);
        assert_eq!(reached.unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}
