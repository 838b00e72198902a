//! Problems: why a request was refused or failed, for users and programs. A [`Problem`] is the only error that leaves
//! the server, over HTTP (as an RFC 9457 document) and on pages; it cannot contain an internal cause.

use serde::{Deserialize, Serialize};
use std::fmt;

/// An invalid field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name in the request, such as `name` or `plan`.
    pub field: String,
    /// What is wrong and how to correct it.
    pub message: String,
}

impl FieldError {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}

impl std::error::Error for FieldError {}

/// The kinds of problems; each has an HTTP status and a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The request is malformed (not JSON, an invalid path).
    BadRequest,
    /// Fields of the request are invalid; see `errors`.
    Invalid,
    /// No user is signed in, or the session or token has expired.
    Unauthenticated,
    /// Signed in, but not allowed to do this.
    Forbidden,
    /// The resource does not exist, or belongs to another tenant: both look the same.
    NotFound,
    /// The resource was deleted; only callers who could see it get this kind.
    Gone,
    /// The request conflicts with the current state.
    Conflict,
    /// The `Idempotency-Key` was used before for a different request.
    IdempotencyKeyReused,
    /// The body is larger than allowed.
    TooLarge,
    /// The media type of the body is not supported.
    UnsupportedMediaType,
    /// The method does not exist at this address.
    MethodNotAllowed,
    /// The request came from another site.
    CrossSite,
    /// The resource is not ready for this yet.
    NotReady,
    /// Too many such requests within a short time.
    TooManyRequests,
    /// An outside system does not respond.
    Unavailable,
    /// The portal failed; the reference identifies the log entry.
    Internal,
}

impl ProblemKind {
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden | Self::CrossSite => 403,
            Self::NotFound => 404,
            Self::Gone => 410,
            Self::MethodNotAllowed => 405,
            Self::Conflict | Self::NotReady => 409,
            Self::TooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid | Self::IdempotencyKeyReused => 422,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// A short title, the same for every problem of the kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "Malformed request",
            Self::Invalid => "Invalid input",
            Self::Unauthenticated => "Sign-in required",
            Self::Forbidden => "Permission denied",
            Self::NotFound => "Not found",
            Self::Gone => "Deleted",
            Self::Conflict => "Conflict",
            Self::IdempotencyKeyReused => "Idempotency-Key already used",
            Self::TooLarge => "Request too large",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::MethodNotAllowed => "Method not allowed",
            Self::CrossSite => "Request from another site",
            Self::NotReady => "Not ready yet",
            Self::TooManyRequests => "Too many requests",
            Self::Unavailable => "Temporarily unavailable",
            Self::Internal => "Internal error",
        }
    }

    /// The [`Problem::code`] of a problem that has no more precise one.
    pub fn code(self) -> &'static str {
        match self {
            Self::BadRequest => "bad_request",
            Self::Invalid => "invalid",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Gone => "gone",
            Self::Conflict => "conflict",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::TooLarge => "too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::CrossSite => "cross_site",
            Self::NotReady => "not_ready",
            Self::TooManyRequests => "too_many_requests",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// The last part of the problem's `type` URI: `not-found`.
    pub fn slug(self) -> String {
        self.code().replace('_', "-")
    }
}

/// A refusal or failure as users and API clients see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Gives status and title.
    pub kind: ProblemKind,
    /// Identifies the error more precisely than its kind and never changes: `no_credential`.
    #[serde(skip_deserializing)]
    pub code: &'static str,
    /// What happened here, as a sentence or two.
    pub detail: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// The invalid fields, if the request had fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Identifies the log entry of an internal error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Problem {
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code: kind.code(),
            detail: detail.into(),
            next_step: None,
            fields: Vec::new(),
            reference: None,
        }
    }

    /// Replaces the code of the kind.
    #[must_use]
    pub fn code(mut self, code: &'static str) -> Self {
        self.code = code;
        self
    }

    /// Shows the problem beside `field` as well.
    #[must_use]
    pub fn on_field(mut self, field: &str) -> Self {
        let message = match &self.next_step {
            Some(next_step) => format!("{} {next_step}", self.detail),
            None => self.detail.clone(),
        };
        self.fields.push(FieldError::new(field, message));
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn next(mut self, step: impl Into<String>) -> Self {
        self.next_step = Some(step.into());
        self
    }

    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [one] => one.message.clone(),
            many => format!("{} fields are invalid.", many.len()),
        };
        Self {
            fields,
            ..Self::new(ProblemKind::Invalid, detail)
        }
    }

    /// `what` does not exist, or belongs to another tenant.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ProblemKind::NotFound,
            format!("The {what} does not exist, or you have no access to it."),
        )
    }

    /// `what` (“cluster”) called `name` was deleted.
    pub fn gone(what: &str, name: &str) -> Self {
        Self::new(
            ProblemKind::Gone,
            format!("The {what} {name} was deleted. The name is available again."),
        )
    }

    /// The caller may not do `what` (“create clusters in this tenant”).
    pub fn forbidden(what: &str) -> Self {
        Self::new(ProblemKind::Forbidden, format!("You may not {what}."))
            .next("Ask an admin of the tenant for a role with this permission.")
    }

    pub fn unauthenticated() -> Self {
        Self::new(
            ProblemKind::Unauthenticated,
            "You are not signed in, or your session has expired.",
        )
        .next("Sign in and try again.")
    }

    /// An internal error; its cause is in the log under `reference`.
    pub fn internal(reference: impl Into<String>) -> Self {
        Self {
            reference: Some(reference.into()),
            ..Self::new(
                ProblemKind::Internal,
                "The portal could not complete this request because of an internal error.",
            )
            .next("Try again. If the error persists, give the reference to your platform team.")
        }
    }

    pub fn status(&self) -> u16 {
        self.kind.status()
    }

    /// The message for `field`, if it is invalid.
    pub fn field(&self, field: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.message.as_str())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind.title(), self.detail)
    }
}

impl std::error::Error for Problem {}
