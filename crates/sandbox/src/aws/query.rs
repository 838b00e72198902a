//! AWS's Query protocol: parameters as a form, the caller in the header of a signed request, answers in XML.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;
use uuid::Uuid;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const SECURITY_TOKEN: &str = "x-amz-security-token";

/// Why STS refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    AccessDenied,
    ExpiredToken,
    IncompleteSignature,
    InternalFailure,
    InvalidAction,
    InvalidClientTokenId,
    MissingAuthenticationToken,
    ValidationError,
}

impl Code {
    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDenied",
            Self::ExpiredToken => "ExpiredToken",
            Self::IncompleteSignature => "IncompleteSignature",
            Self::InternalFailure => "InternalFailure",
            Self::InvalidAction => "InvalidAction",
            Self::InvalidClientTokenId => "InvalidClientTokenId",
            Self::MissingAuthenticationToken => "MissingAuthenticationToken",
            Self::ValidationError => "ValidationError",
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::InvalidAction | Self::ValidationError => StatusCode::BAD_REQUEST,
            Self::InternalFailure => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::FORBIDDEN,
        }
    }
}

/// A refusal in AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What kind.
    pub code: Code,
    /// What AWS says.
    pub message: String,
}

impl Refusal {
    /// A refusal of this kind.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }

    /// One parameter breaks a rule.
    pub fn invalid(parameter: &str, value: Option<&str>, rule: &str) -> Self {
        let value = value.map_or_else(|| "null".to_owned(), |value| format!("'{value}'"));
        Self::new(
            Code::ValidationError,
            format!(
                "1 validation error detected: Value {value} at '{parameter}' failed to satisfy constraint: {rule}"
            ),
        )
    }

    /// Nobody knows the key or the session.
    pub fn unknown_token() -> Self {
        Self::new(
            Code::InvalidClientTokenId,
            "The security token included in the request is invalid.",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let side = match self.code {
            Code::InternalFailure => "Receiver",
            _ => "Sender",
        };
        let request = Uuid::new_v4().to_string();
        let error = elements(&[
            ("Type", side),
            ("Code", self.code.name()),
            ("Message", &self.message),
        ]);
        let body = format!(
            "<ErrorResponse xmlns=\"{NAMESPACE}\">\n<Error>\n{error}</Error>\n<RequestId>{request}</RequestId>\n</ErrorResponse>\n"
        );
        xml(self.code.status(), &request, body)
    }
}

/// The answer to `action`; `result` is XML.
pub fn answer(action: &str, result: &str) -> Response {
    let request = Uuid::new_v4().to_string();
    let body = format!(
        "<{action}Response xmlns=\"{NAMESPACE}\">\n<{action}Result>\n{result}</{action}Result>\n<ResponseMetadata>\n\
         <RequestId>{request}</RequestId>\n</ResponseMetadata>\n</{action}Response>\n"
    );
    xml(StatusCode::OK, &request, body)
}

/// Elements with text in them.
pub fn elements(elements: &[(&str, &str)]) -> String {
    elements
        .iter()
        .fold(String::new(), |mut xml, (name, text)| {
            // Writing to a string cannot fail.
            let _ = writeln!(xml, "<{name}>{}</{name}>", escaped(text));
            xml
        })
}

fn xml(status: StatusCode, request: &str, body: String) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "text/xml")], body).into_response();
    if let Ok(id) = HeaderValue::from_str(request) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return text.into();
    }
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .into()
}

/// What is asked: of the address and of the body.
pub struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Both as one.
    pub fn of(query: Option<&str>, body: &[u8]) -> Self {
        let query = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
        let body = form_urlencoded::parse(body).into_owned();
        Self(query.chain(body).collect())
    }

    /// A parameter that has something in it.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }
}

/// Whose key a request is signed with. The signature is not looked at: nobody here knows the secrets of users' keys.
pub struct Signer<'a> {
    /// The key's id.
    pub access_key_id: &'a str,
    /// Shown with temporary keys.
    pub session_token: Option<&'a str>,
}

impl<'a> Signer<'a> {
    /// As the headers say.
    pub fn of(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let authorization = text(header::AUTHORIZATION.as_str()).ok_or_else(|| {
            Refusal::new(
                Code::MissingAuthenticationToken,
                "Request is missing Authentication Token",
            )
        })?;
        let signed = authorization
            .strip_prefix("AWS4-HMAC-SHA256")
            .unwrap_or_default();
        let part = |name: &str| {
            let mut parts = signed.split(',').map(str::trim);
            parts
                .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
                .filter(|value| !value.is_empty())
                .ok_or_else(|| {
                    Refusal::new(
                        Code::IncompleteSignature,
                        format!("Authorization header requires '{name}' parameter."),
                    )
                })
        };
        let credential = part("Credential")?;
        part("SignedHeaders")?;
        part("Signature")?;
        let (access_key_id, _) = credential.split_once('/').unwrap_or((credential, ""));
        Ok(Self {
            access_key_id,
            session_token: text(SECURITY_TOKEN),
        })
    }
}
