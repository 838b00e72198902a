//! Requests, with limits on time and size.

use crate::{
    Clouds,
    answer::Answer,
    provider::{Provider, unusable},
};
use jiff::{Timestamp, fmt::rfc2822};
use provisioning::ports::cloud_credentials::CredentialError;
use reqwest::{Client, RequestBuilder, header, redirect::Policy};
use std::time::Duration;
use url::Url;

/// The timeout for connection and TLS handshake.
const CONNECT: Duration = Duration::from_secs(3);
/// The timeout of one request. A check makes at most two; a user waits for it.
const PATIENCE: Duration = Duration::from_secs(8);
/// The maximum size of a response, in bytes. The largest is a list of file systems.
const LONGEST: usize = 512 * 1024;
/// Some providers' firewalls refuse requests without one.
const USER_AGENT: &str = concat!("hangar/", env!("CARGO_PKG_VERSION"));

/// Uses the proxy of the portal's environment, as its other clients do.
pub fn client(https_only: bool) -> Result<Client, reqwest::Error> {
    Client::builder()
        .https_only(https_only)
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .user_agent(USER_AGENT)
        .build()
}

impl Clouds {
    /// The address of `path` at `origin`, or at the stand-in. The segments of the path are encoded.
    pub fn url(&self, origin: &str, path: &[&str]) -> Result<Url, CredentialError> {
        let mut url = match &self.stand_in {
            Some(stand_in) => stand_in.clone(),
            None => origin
                .parse::<Url>()
                .map_err(|_| unusable(format!("the address {origin} is invalid")))?,
        };
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.clear().extend(path);
        }
        Ok(url)
    }

    /// Sends the request and reads the whole response.
    pub async fn ask(
        &self,
        provider: &Provider,
        request: RequestBuilder,
    ) -> Result<Answer, CredentialError> {
        let lost = |error: reqwest::Error| provider.not_reached(error.without_url());
        let mut response = request.send().await.map_err(lost)?;
        let status = response.status();
        let date = response.headers().get(header::DATE).and_then(clock);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            if body.len() + chunk.len() > LONGEST {
                return Err(provider.not_from(status));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer::new(status, date, &body))
    }
}

fn clock(value: &header::HeaderValue) -> Option<Timestamp> {
    let zoned = rfc2822::parse(value.to_str().ok()?).ok()?;
    Some(zoned.timestamp())
}
