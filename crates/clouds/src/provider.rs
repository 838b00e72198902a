//! What is wrong, in words for users, with the provider's own message and nothing of a secret.

use crate::answer::Refusal;
use domain::outside_text::readable;
use jiff::{SignedDuration, Timestamp};
use provisioning::ports::cloud_credentials::CredentialError;
use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};

/// Signatures are refused if the clocks differ by more than this.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);
/// The longest message of a provider, in characters.
const LONGEST_MESSAGE: usize = 300;

/// A cloud, and what its errors mean.
pub struct Provider {
    pub title: &'static str,
    /// Whether requests are signed with the time, so that a wrong clock refuses them.
    pub signed: bool,
    /// The first whose text is in the error counts.
    pub hints: &'static [Hint],
}

pub struct Hint {
    /// A part of the error's code or message.
    pub text: &'static str,
    /// What happened, and what to do.
    pub advice: &'static str,
    /// Whether a retry can help.
    pub may_pass: bool,
}

/// An error that lasts until the credential or its permissions change.
pub const fn lasting(text: &'static str, advice: &'static str) -> Hint {
    Hint {
        text,
        advice,
        may_pass: false,
    }
}

/// An error that a retry can help.
pub const fn passing(text: &'static str, advice: &'static str) -> Hint {
    Hint {
        text,
        advice,
        may_pass: true,
    }
}

/// What a request contains and no message may repeat: a provider or a proxy may echo the request.
pub struct Secrets(Vec<SecretString>);

impl Secrets {
    pub fn new(secrets: &[&str]) -> Self {
        Self(secrets.iter().map(|secret| (*secret).into()).collect())
    }

    fn remove_from(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in &self.0 {
            let secret = secret.expose_secret();
            let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
            for found in [secret, &encoded] {
                if !found.is_empty() {
                    text = text.replace(found, "[secret]");
                }
            }
        }
        text
    }
}

impl Provider {
    /// No connection, or no complete response in time.
    pub fn not_reached(&self, error: reqwest::Error) -> CredentialError {
        let title = self.title;
        let message = if error.is_timeout() {
            format!("{title} did not respond in time")
        } else if error.is_connect() {
            format!("{title} cannot be reached; check the portal's network and its proxy")
        } else {
            format!("the response of {title} is incomplete")
        };
        CredentialError {
            message,
            may_pass: true,
            source: Some(error.into()),
        }
    }

    /// The response is of something else. What a proxy answers says nothing about the credential.
    pub fn not_from(&self, status: StatusCode) -> CredentialError {
        CredentialError {
            message: format!(
                "the response (HTTP {}) is not from {}; check the portal's network and its proxy",
                status.as_u16(),
                self.title
            ),
            may_pass: true,
            source: None,
        }
    }

    pub fn throttles(&self, refusal: Option<Refusal>, secrets: &Secrets) -> CredentialError {
        let text = format!("{} throttles requests at the moment", self.title);
        self.error(text, true, refusal.as_ref(), secrets)
    }

    pub fn fails(
        &self,
        status: StatusCode,
        refusal: Option<Refusal>,
        secrets: &Secrets,
    ) -> CredentialError {
        let text = format!(
            "{} has an internal error (HTTP {})",
            self.title,
            status.as_u16()
        );
        self.error(text, true, refusal.as_ref(), secrets)
    }

    /// The provider does not accept the credential. `date`: its clock.
    pub fn refuses(
        &self,
        refusal: Refusal,
        date: Option<Timestamp>,
        secrets: &Secrets,
    ) -> CredentialError {
        let skew = date.map(|date| Timestamp::now().duration_since(date).abs());
        if let Some(skew) = skew.filter(|skew| self.signed && *skew > CLOCK_SKEW) {
            let text = format!(
                "the portal's clock and that of {} differ by {} minutes; synchronise the portal's clock by NTP",
                self.title,
                skew.as_mins()
            );
            return self.error(text, true, Some(&refusal), secrets);
        }
        let hint = self
            .hints
            .iter()
            .find(|hint| refusal.code.contains(hint.text) || refusal.message.contains(hint.text));
        let (text, may_pass) = match hint {
            Some(hint) => (hint.advice.to_owned(), hint.may_pass),
            None => (format!("{} refused the credential", self.title), false),
        };
        self.error(text, may_pass, Some(&refusal), secrets)
    }

    fn error(
        &self,
        text: String,
        may_pass: bool,
        refusal: Option<&Refusal>,
        secrets: &Secrets,
    ) -> CredentialError {
        let own = refusal.map(|refusal| {
            // Microsoft appends ids for its support.
            let message = refusal
                .message
                .split("Trace ID:")
                .next()
                .unwrap_or_default();
            let parts = [refusal.code.as_str(), message.trim()];
            let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            let own = secrets.remove_from(&parts.join(": "));
            readable(&own, LONGEST_MESSAGE).replace(['\n', '\t'], " ")
        });
        CredentialError {
            message: match own {
                Some(own) => format!("{text} ({}: {own})", self.title),
                None => text,
            },
            may_pass,
            source: None,
        }
    }
}

/// The credential cannot be used, as it is stored or as the provider says.
pub fn unusable(message: impl Into<String>) -> CredentialError {
    CredentialError {
        message: message.into(),
        may_pass: false,
        source: None,
    }
}
