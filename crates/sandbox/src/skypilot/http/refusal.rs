//! Refused calls, as the real server's web framework writes them.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// A call that was not accepted.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    body: Value,
    challenge: bool,
}

impl Refusal {
    pub fn new(status: StatusCode, detail: impl Into<Value>) -> Self {
        Self {
            status,
            body: json!({"detail": detail.into()}),
            challenge: false,
        }
    }

    pub fn bad(detail: impl Into<Value>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The role does not allow it.
    pub fn forbidden(detail: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, detail)
    }

    pub fn not_found(detail: impl Into<Value>) -> Self {
        Self::new(StatusCode::NOT_FOUND, detail)
    }

    pub fn unprocessable(problems: Vec<Value>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, problems)
    }

    pub fn internal(detail: impl Into<Value>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
    }

    /// A token that is not accepted.
    pub fn bad_token(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }

    pub fn anonymous(text: &str) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            body: json!(text),
            challenge: true,
        }
    }

    pub fn version_mismatch(message: String) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            body: json!({"error": "version_mismatch", "message": message}),
            challenge: false,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            if self.challenge {
                headers.insert(
                    header::WWW_AUTHENTICATE,
                    HeaderValue::from_static("Basic realm=\"SkyPilot\""),
                );
            }
        }
        response
    }
}
