//! Responses, and the errors that they describe.

use crate::provider::{Provider, Secrets};
use jiff::Timestamp;
use provisioning::ports::cloud_credentials::CredentialError;
use reqwest::StatusCode;
use serde_json::Value;

pub struct Answer {
    pub status: StatusCode,
    /// The provider's clock.
    date: Option<Timestamp>,
    body: Body,
}

enum Body {
    Json(Value),
    /// Of a proxy or a captive portal.
    Html,
    Other,
}

/// A provider's error. Providers have three formats: OAuth 2.0 (RFC 6749, 5.2), an object with code and message, and
/// GraphQL.
pub struct Refusal {
    pub code: String,
    pub message: String,
}

impl Answer {
    pub fn new(status: StatusCode, date: Option<Timestamp>, body: &[u8]) -> Self {
        let body = match serde_json::from_slice(body) {
            Ok(value @ Value::Object(_)) => Body::Json(value),
            _ if body.trim_ascii_start().starts_with(b"<") => Body::Html,
            _ => Body::Other,
        };
        Self { status, date, body }
    }

    /// The error that the body describes.
    pub fn refusal(&self) -> Option<Refusal> {
        match &self.body {
            Body::Json(body) => Refusal::read(body),
            Body::Html | Body::Other => None,
        }
    }

    /// The body of a request that succeeded.
    ///
    /// # Errors
    /// What the provider answered instead, without anything in `secrets`.
    pub fn accepted(
        self,
        provider: &Provider,
        secrets: &Secrets,
    ) -> Result<Value, CredentialError> {
        let (status, refusal) = (self.status, self.refusal());
        match (self.body, refusal) {
            (Body::Json(body), _) if status.is_success() => Ok(body),
            (_, refusal) if status == StatusCode::TOO_MANY_REQUESTS => {
                Err(provider.throttles(refusal, secrets))
            }
            (_, refusal) if status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT => {
                Err(provider.fails(status, refusal, secrets))
            }
            (_, Some(refusal)) => Err(provider.refuses(refusal, self.date, secrets)),
            (Body::Json(_) | Body::Other, None) if status == StatusCode::UNAUTHORIZED => {
                let refusal = Refusal {
                    code: "401".to_owned(),
                    message: String::new(),
                };
                Err(provider.refuses(refusal, self.date, secrets))
            }
            _ => Err(provider.not_from(status)),
        }
    }
}

impl Refusal {
    pub fn read(body: &Value) -> Option<Self> {
        let inner = body
            .get("error")
            .filter(|error| error.is_object())
            .or_else(|| body.pointer("/errors/0"))
            .unwrap_or(body);
        let text = |value: Option<&Value>| match value? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let code = text(inner.get("code"))
            .or_else(|| text(inner.pointer("/extensions/code")))
            .or_else(|| text(body.get("error")));
        let message = text(inner.get("message")).or_else(|| text(body.get("error_description")));
        if code.is_none() && message.is_none() {
            return None;
        }
        Some(Self {
            code: code.unwrap_or_default(),
            message: message.unwrap_or_default(),
        })
    }
}
