//! One HTTP request to the server, with timeouts, a size limit, and retries where that is safe.

use super::{
    Answer, ClientConfig, ConfigError, ErrorKind, Identity, SkyPilotError, Timeouts,
    call::{Call, Repeat},
    version,
};
use provisioning::pem;
use reqwest::{Client, RequestBuilder, Response, header::HeaderMap};
use secrecy::ExposeSecret;
use std::{error::Error as StdError, fmt, time::Duration};
use url::{Host, Url};

/// The maximum size of a response in bytes. A catalogue of all clouds has several million bytes.
const LARGEST_ANSWER: usize = 32 * 1024 * 1024;
/// The longest pause between two attempts.
const LONGEST_RETRY: Duration = Duration::from_secs(5);

/// A connection to one server.
#[derive(Clone)]
pub(super) struct Transport {
    http: Client,
    url: Url,
    pub(super) timeouts: Timeouts,
    tries: u32,
}

/// A complete response.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Transport")
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

impl Transport {
    pub(super) fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        let mut url = config.url;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(ConfigError::Address(url));
        }
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        let mut http = Client::builder()
            .user_agent(concat!("hangar/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(config.timeouts.connect);
        if is_here(&url) {
            // The proxy of the portal's environment is for external addresses.
            http = http.no_proxy();
        }
        if let Some(file) = config.ca_file {
            let unusable = |reason: String| ConfigError::Certificates {
                file: file.clone(),
                reason,
            };
            let pem = std::fs::read(&file).map_err(|error| unusable(error.to_string()))?;
            let found = pem::certificates(&String::from_utf8_lossy(&pem))
                .map_err(|error| unusable(format!("the file {error}")))?;
            let certificates: Result<Vec<_>, _> = found
                .iter()
                .map(|der| reqwest::Certificate::from_der(der))
                .collect();
            let certificates = certificates.map_err(|error| unusable(innermost(&error)))?;
            http = http.tls_certs_merge(certificates);
        }
        Ok(Self {
            http: http
                .build()
                .map_err(|error| ConfigError::Client(innermost(&error)))?,
            url,
            timeouts: config.timeouts,
            tries: config.tries.max(1),
        })
    }

    /// Whether a token is safe on the connection.
    pub(super) fn is_private(&self) -> bool {
        self.url.scheme() == "https" || is_here(&self.url)
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Sends a call and reads the response, whatever its status.
    pub(super) async fn send(&self, identity: &Identity, call: &Call) -> Answer<Answered> {
        let mut tries = 1;
        loop {
            let outcome = self.try_once(identity, call).await;
            let passing = match &outcome {
                Ok(answered) => matches!(answered.status, 502..=504),
                Err(error) => error.kind == ErrorKind::Unreachable,
            };
            if !passing || call.repeat == Repeat::Never || tries >= self.tries {
                return outcome;
            }
            tracing::debug!(
                call = call.tried,
                tries,
                "retrying a request to the SkyPilot API server"
            );
            tokio::time::sleep(self.pause(tries)).await;
            tries += 1;
        }
    }

    /// Sends a call, and leaves the body of a successful response to be streamed.
    pub(super) async fn open(&self, identity: &Identity, call: &Call) -> Answer<Response> {
        let mut tries = 1;
        loop {
            let sent =
                tokio::time::timeout(self.timeouts.answer, self.request(identity, call).send());
            let error = match sent.await {
                Err(_) => self.silent(call, self.timeouts.answer),
                Ok(Err(error)) => self.broken(call, error),
                Ok(Ok(response)) if response.status().is_success() => {
                    version::checked(response.headers())?;
                    return Ok(response);
                }
                Ok(Ok(response)) => {
                    let answered = self.read(call, response).await?;
                    SkyPilotError::answered(call.tried, answered.status, &answered.body)
                }
            };
            if error.kind != ErrorKind::Unreachable || tries >= self.tries {
                return Err(error);
            }
            tracing::debug!(
                call = call.tried,
                tries,
                "retrying a request to the SkyPilot API server"
            );
            tokio::time::sleep(self.pause(tries)).await;
            tries += 1;
        }
    }

    async fn try_once(&self, identity: &Identity, call: &Call) -> Answer<Answered> {
        let limit = call.timeout.unwrap_or(self.timeouts.answer);
        let exchange = async {
            let response = self
                .request(identity, call)
                .send()
                .await
                .map_err(|error| self.broken(call, error))?;
            self.read(call, response).await
        };
        let answered = tokio::time::timeout(limit, exchange)
            .await
            .unwrap_or_else(|_| Err(self.silent(call, limit)))?;
        if call.repeat == Repeat::Never && self.may_have_arrived(&answered) {
            return Err(unclear(
                call.tried,
                &format!("a proxy responded with {}", answered.status),
            )
            .with_status(answered.status));
        }
        version::checked(&answered.headers)?;
        Ok(answered)
    }

    /// A gateway that timed out does not know what the server did. The server's own 503 comes before any work.
    fn may_have_arrived(&self, answered: &Answered) -> bool {
        matches!(answered.status, 502 | 504)
            || (answered.status == 503 && !version::has_api_version(&answered.headers))
    }

    fn request(&self, identity: &Identity, call: &Call) -> RequestBuilder {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{}", url.path(), call.path));
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .header(version::API_VERSION_HEADER, super::API_VERSION)
            .header(version::VERSION_HEADER, super::VERSION);
        if let Identity::Bearer(token) = identity {
            request = request.bearer_auth(token.expose_secret());
        }
        if !call.query.is_empty() {
            request = request.query(&call.query);
        }
        match &call.body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    async fn read(&self, call: &Call, mut response: Response) -> Answer<Answered> {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| self.broken(call, error))?
        {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(SkyPilotError::new(
                    ErrorKind::Server,
                    format!(
                        "The SkyPilot API server was asked to {}, and the response exceeds {} MiB, the most \
                         that the portal reads.",
                        call.tried,
                        LARGEST_ANSWER / 1024 / 1024
                    ),
                ));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answered {
            status,
            headers,
            body,
        })
    }

    /// The connection failed.
    pub(super) fn broken(&self, call: &Call, error: reqwest::Error) -> SkyPilotError {
        let error = error.without_url();
        let why = innermost(&error);
        if call.repeat == Repeat::Never && !error.is_connect() {
            return unclear(call.tried, &why).caused_by(error);
        }
        SkyPilotError::new(
            ErrorKind::Unreachable,
            format!(
                "The SkyPilot API server at {} did not respond: {why}. Check that it is running and that its URL is correct.",
                self.url
            ),
        )
        .caused_by(error)
    }

    /// The response, or the rest of it, did not arrive in time.
    pub(super) fn silent(&self, call: &Call, limit: Duration) -> SkyPilotError {
        let why = format!("it did not respond within {} seconds", limit.as_secs_f32());
        if call.repeat == Repeat::Never {
            return unclear(call.tried, &why);
        }
        SkyPilotError::new(
            ErrorKind::Unreachable,
            format!(
                "The SkyPilot API server at {} was asked to {}, and {why}. It may be overloaded.",
                self.url, call.tried
            ),
        )
    }

    /// Between half of a duration that doubles with each attempt, and the whole of it.
    fn pause(&self, tries: u32) -> Duration {
        let longest = self
            .timeouts
            .first_retry
            .saturating_mul(1 << (tries - 1).min(16))
            .min(LONGEST_RETRY);
        longest.mul_f64(rand::random_range(0.5..=1.0))
    }
}

fn unclear(tried: &str, why: &str) -> SkyPilotError {
    SkyPilotError::new(
        ErrorKind::Unclear,
        format!(
            "The SkyPilot API server was asked to {tried} and may or may not have accepted the request: {why}. \
             Its list of machines shows the outcome."
        ),
    )
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The innermost cause, which is the most specific: `Connection refused (os error 111)`.
pub(super) fn innermost(error: &dyn StdError) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().trim_end_matches('.').to_owned()
}
