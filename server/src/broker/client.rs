//! The API server's side of the broker: requests with its client certificate.

use super::routes::Workspaces;
use reqwest::{Certificate, Client, Identity, StatusCode};
use serde::Deserialize;
use std::{error::Error, fs, path::Path, time::Duration};
use url::Url;

/// AWS's libraries wait for the process without a timeout.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(25);

/// Why there are no credentials. The message goes to standard error and from there into the API server's own errors,
/// so of the response it contains only the portal's reason for a refusal.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error(
        "the identity {file} is not usable: {why}; issue another one on the portal's machine with `hangar broker identity NAME`"
    )]
    Identity { file: String, why: String },
    #[error("{portal} did not respond: {why}")]
    NoAnswer { portal: Url, why: String },
    /// The portal refused the request.
    #[error("{portal} refused the request: {detail}")]
    Refused { portal: Url, detail: String },
    /// The response is not one of the broker.
    #[error(
        "{portal} is not Hangar's credential broker; pass the broker's own port with --portal, usually 7443"
    )]
    NotTheBroker { portal: Url },
}

pub struct BrokerClient {
    http: Client,
    portal: Url,
}

/// The relevant fields of a problem document.
#[derive(Deserialize)]
struct Refusal {
    detail: String,
    #[serde(default)]
    next_step: Option<String>,
}

impl BrokerClient {
    /// A client for the broker at `portal`, with the identity in a file. Fails if `hangar broker identity` did not
    /// write the file.
    pub fn new(portal: Url, identity: &Path) -> Result<Self, ClientError> {
        let refuse = |why: String| ClientError::Identity {
            file: identity.display().to_string(),
            why,
        };
        let pem = fs::read_to_string(identity).map_err(|error| refuse(error.to_string()))?;
        let (own, authority) = parts(&pem).ok_or_else(|| {
            refuse(
                "it must contain a key, a certificate and the authority's certificate".to_owned(),
            )
        })?;
        let not_readable = |_| refuse("its key or certificate cannot be read".to_owned());
        let http = Client::builder()
            .identity(Identity::from_pem(own.as_bytes()).map_err(not_readable)?)
            .tls_certs_only([Certificate::from_pem(authority.as_bytes()).map_err(not_readable)?])
            .https_only(true)
            // No proxy: it would see the credentials, and could not present our certificate.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .build()
            .map_err(not_readable)?;
        Ok(Self { http, portal })
    }

    /// The credentials of a workspace, in the format of a `credential_process`.
    pub async fn aws(&self, workspace: &str) -> Result<String, ClientError> {
        let answer = self.get(&["v1", "aws", workspace]).await?;
        // Only complete credentials are printed: AWS's libraries would treat a partial response as an outage of AWS.
        let value: serde_json::Value =
            serde_json::from_str(&answer).map_err(|_| self.not_the_broker())?;
        if value["Version"] != 1 || !value["SecretAccessKey"].is_string() {
            return Err(self.not_the_broker());
        }
        Ok(answer)
    }

    /// The names of the workspaces whose credentials this API server can fetch.
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
        let why = if error.is_timeout() {
            "the request timed out".to_owned()
        } else {
            let error = error.without_url();
            match causes(&error).find_map(advice) {
                Some(advice) => format!("{}; {advice}", innermost(&error)),
                None => innermost(&error),
            }
        };
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

/// An error and its sources. The error inside an I/O error is not among its sources.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        let wrapped = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(wrapped) => Some(wrapped),
            None => error.source(),
        };
        Some(error)
    })
}

/// The innermost cause, which is the most specific.
fn innermost(error: &(dyn Error + 'static)) -> String {
    causes(error).last().unwrap_or(error).to_string()
}

/// What to do about a failed handshake.
fn advice(error: &(dyn Error + 'static)) -> Option<&'static str> {
    use rustls::{AlertDescription as Alert, CertificateError as Fault, Error as Tls};
    const NOT_OURS: &str =
        "the identity belongs to another portal or a previous authority: issue a new one";
    match error.downcast_ref::<Tls>()? {
        Tls::InvalidCertificate(Fault::NotValidForName | Fault::NotValidForNameContext { .. }) => {
            Some("add this name to `names` under [broker] in the portal's configuration")
        }
        Tls::InvalidCertificate(Fault::Expired | Fault::ExpiredContext { .. }) => {
            Some("restart the portal: it issues a new certificate at each start")
        }
        Tls::AlertReceived(Alert::CertificateExpired) => {
            Some("this identity has expired: issue a new one with `hangar broker identity NAME`")
        }
        Tls::InvalidCertificate(_)
        | Tls::AlertReceived(
            Alert::UnknownCA
            | Alert::BadCertificate
            | Alert::DecryptError
            | Alert::CertificateUnknown,
        ) => Some(NOT_OURS),
        _ => None,
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
