//! What a person is told when something is refused or fails. A [`Problem`] is all that leaves the
//! server, over HTTP (as an RFC 9457 document) and to the pages; it cannot hold an internal cause.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Something wrong with one field of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name in the request, such as `name` or `plan`.
    pub field: String,
    /// What is wrong and how to put it right, as a sentence.
    pub message: String,
}

impl FieldError {
    /// An error at `field`.
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

/// The kinds of refusal; each has an HTTP status and a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// The request cannot be understood at all (not JSON, a bad path).
    BadRequest,
    /// Fields of the request break rules; see `errors`.
    Invalid,
    /// Nobody is signed in, or the session or token has ended.
    Unauthenticated,
    /// Signed in, but not allowed to do this.
    Forbidden,
    /// It does not exist, or belongs to somebody else: both look the same.
    NotFound,
    /// It was deleted; only callers who could see it are told so.
    Gone,
    /// It is in the way of something that exists.
    Conflict,
    /// An `Idempotency-Key` was used before for another request.
    IdempotencyKeyReused,
    /// The body is larger than allowed.
    TooLarge,
    /// The body has a media type that is not understood here.
    UnsupportedMediaType,
    /// The method does not exist on this address.
    MethodNotAllowed,
    /// The request came from another site.
    CrossSite,
    /// The cluster is not ready for this yet.
    NotReady,
    /// A system behind the portal does not answer.
    Unavailable,
    /// The portal failed; the reference leads to the log.
    Internal,
}

impl ProblemKind {
    /// The HTTP status that goes with it.
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
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// A short title for people, the same for every problem of the kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::BadRequest => "The request could not be read",
            Self::Invalid => "Something needs correcting",
            Self::Unauthenticated => "Sign in first",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::Gone => "Deleted",
            Self::Conflict => "Conflict",
            Self::IdempotencyKeyReused => "This Idempotency-Key was used for another request",
            Self::TooLarge => "Too large",
            Self::UnsupportedMediaType => "Unsupported media type",
            Self::MethodNotAllowed => "Method not allowed",
            Self::CrossSite => "Request from another site",
            Self::NotReady => "Not ready yet",
            Self::Unavailable => "Not available right now",
            Self::Internal => "Something went wrong on our side",
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
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_step: Option<String>,
    /// The fields at fault, if the request had fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Leads to the log entry of an internal failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

impl Problem {
    /// A problem of this kind.
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

    /// Fields that break rules.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [one] => one.message.clone(),
            many => format!("{} fields need correcting.", many.len()),
        };
        Self {
            fields,
            ..Self::new(ProblemKind::Invalid, detail)
        }
    }

    /// `what` does not exist, or is somebody else's.
    pub fn not_found(what: &str) -> Self {
        Self::new(
            ProblemKind::NotFound,
            format!("There is no such {what}, or you have no access to it."),
        )
    }

    /// `what` (“cluster”) called `name` was deleted.
    pub fn gone(what: &str, name: &str) -> Self {
        Self::new(
            ProblemKind::Gone,
            format!("The {what} {name} was deleted. Its name is available again."),
        )
    }

    /// The caller may not do `what` (“order clusters in this tenant”).
    pub fn forbidden(what: &str) -> Self {
        Self::new(ProblemKind::Forbidden, format!("You may not {what}."))
            .next("Ask an admin of the tenant for the role that may.")
    }

    /// Nobody is signed in.
    pub fn unauthenticated() -> Self {
        Self::new(
            ProblemKind::Unauthenticated,
            "You are not signed in, or your session has ended.",
        )
        .next("Sign in and try again.")
    }

    /// An internal failure; its cause is in the log under `reference`.
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

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.kind.status()
    }

    /// The message for `field`, if it is at fault.
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
