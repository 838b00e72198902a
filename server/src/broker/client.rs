//! The API server's side of the broker: asks with its client certificate.

use super::routes::Workspaces;
use reqwest::{Certificate, Client, Identity, StatusCode};
use serde::Deserialize;
use std::{error::Error as _, fs, path::Path, time::Duration};
use url::Url;

/// AWS's libraries wait for the process without end: it must not.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(25);

/// Why there are no credentials. Goes to the error output, and from there into the API server's own errors: it holds
/// nothing of what was asked or answered but the portal's words about a refusal.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The identity cannot be used.
    #[error(
        "the identity {file} cannot be used: {why}; issue one on the portal's machine with `hangar broker identity NAME`"
    )]
    Identity {
        /// The file.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// No answer.
    #[error("no answer from {portal}: {why}")]
    NoAnswer {
        /// The broker's address.
        portal: Url,
        /// Why, with the causes.
        why: String,
    },
    /// The portal refuses.
    #[error("{portal} refuses: {detail}")]
    Refused {
        /// The broker's address.
        portal: Url,
        /// In the portal's words.
        detail: String,
    },
    /// What came is no answer of the broker.
    #[error(
        "what answers at {portal} is not Hangar's credential broker; --portal names its own port, mostly 7443"
    )]
    NotTheBroker {
        /// The broker's address.
        portal: Url,
    },
}

/// Asks the broker of one portal.
pub struct BrokerClient {
    http: Client,
    portal: Url,
}

/// What there is in a problem document that people need.
#[derive(Deserialize)]
struct Refusal {
    detail: String,
    #[serde(default)]
    next_step: Option<String>,
}

impl BrokerClient {
    /// For the broker at `portal`, with the identity in a file.
    ///
    /// # Errors
    /// If the file is not what `hangar broker identity` wrote.
    pub fn new(portal: Url, identity: &Path) -> Result<Self, ClientError> {
        let refuse = |why: String| ClientError::Identity {
            file: identity.display().to_string(),
            why,
        };
        let pem = fs::read_to_string(identity).map_err(|error| refuse(error.to_string()))?;
        let (own, authority) = parts(&pem).ok_or_else(|| {
            refuse(
                "it does not hold a key, a certificate and the authority's certificate".to_owned(),
            )
        })?;
        let not_readable = |_| refuse("its key or certificate cannot be read".to_owned());
        let http = Client::builder()
            .identity(Identity::from_pem(own.as_bytes()).map_err(not_readable)?)
            .tls_certs_only([Certificate::from_pem(authority.as_bytes()).map_err(not_readable)?])
            .https_only(true)
            // Nobody else is to see the credentials, and no proxy could show our certificate.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .build()
            .map_err(not_readable)?;
        Ok(Self { http, portal })
    }

    /// The credentials of a workspace, as a `credential_process` prints them.
    ///
    /// # Errors
    /// [`ClientError`] says what a person can do.
    pub async fn aws(&self, workspace: &str) -> Result<String, ClientError> {
        let answer = self.get(&["v1", "aws", workspace]).await?;
        // Only whole credentials go on: half an answer would be taken for an outage of AWS.
        let value: serde_json::Value =
            serde_json::from_str(&answer).map_err(|_| self.not_the_broker())?;
        if value["Version"] != 1 || !value["SecretAccessKey"].is_string() {
            return Err(self.not_the_broker());
        }
        Ok(answer)
    }

    /// The names of the workspaces that may be asked for.
    ///
    /// # Errors
    /// [`ClientError`] says what a person can do.
    pub async fn workspaces(&self) -> Result<Vec<String>, ClientError> {
        let answer = self.get(&["v1", "workspaces"]).await?;
        let Workspaces { workspaces } =
            serde_json::from_str(&answer).map_err(|_| self.not_the_broker())?;
        Ok(workspaces)
    }

    async fn get(&self, path: &[&str]) -> Result<String, ClientError> {
        let mut url = self.portal.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let response = self
            .http
            .get(url)
            .send()
            .await
            .map_err(|error| self.no_answer(error))?;
        let status = response.status();
        let text = response
            .text()
            .await
            .map_err(|error| self.no_answer(error))?;
        if status == StatusCode::OK {
            return Ok(text);
        }
        let refusal: Refusal = serde_json::from_str(&text).map_err(|_| self.not_the_broker())?;
        Err(ClientError::Refused {
            portal: self.portal.clone(),
            detail: match refusal.next_step {
                Some(next) => format!("{} {next}", refusal.detail),
                None => refusal.detail,
            },
        })
    }

    fn no_answer(&self, error: reqwest::Error) -> ClientError {
        let timed_out = error.is_timeout();
        let error = error.without_url();
        let mut why = Vec::new();
        let mut cause = error.source();
        while let Some(error) = cause {
            why.push(error.to_string());
            cause = error.source();
        }
        let mut why = why.join(": ");
        if timed_out {
            why = "it took too long".to_owned();
        } else if why.contains("CertificateExpired") || why.contains("certificate expired") {
            why.push_str("; issue a new identity with `hangar broker identity NAME`, or restart the portal, whichever has ended");
        } else if why.contains("UnknownIssuer")
            || why.contains("UnknownCA")
            || why.contains("BadSignature")
        {
            why.push_str("; the identity is not of this portal, or of an authority that was made anew: issue a new one");
        } else if why.contains("NotValidForName") {
            why.push_str("; add this name to `names` under [broker] in the portal's configuration");
        }
        ClientError::NoAnswer {
            portal: self.portal.clone(),
            why,
        }
    }

    fn not_the_broker(&self) -> ClientError {
        ClientError::NotTheBroker {
            portal: self.portal.clone(),
        }
    }
}

/// The key with the first certificate, and the second certificate.
fn parts(pem: &str) -> Option<(&str, &str)> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let own = pem.find(BEGIN)?;
    let authority = own + BEGIN.len() + pem[own + BEGIN.len()..].find(BEGIN)?;
    pem[..own]
        .contains("PRIVATE KEY-----")
        .then_some((&pem[..authority], &pem[authority..]))
}
