//! Reading requests so that whatever cannot be read is answered with a problem.

use crate::http::{layers::body_limit, problem::ApiProblem};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::JsonRejection},
};
use domain::problem::{Problem, ProblemKind};
use http::{HeaderMap, StatusCode, request::Parts};
use serde::de::DeserializeOwned;
use std::error::Error as _;

/// A JSON body.
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        match Json::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(of_json(&rejection).into()),
        }
    }
}

fn of_json(rejection: &JsonRejection) -> Problem {
    // The cause names the field; the text around it is the framework's.
    let cause = rejection.source().map(ToString::to_string);
    match rejection {
        JsonRejection::MissingJsonContentType(_) => Problem::new(
            ProblemKind::UnsupportedMediaType,
            "The body must be JSON and say so.",
        )
        .next("Send Content-Type: application/json."),
        rejection if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => body_limit::too_large(),
        JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => Problem::new(
            ProblemKind::BadRequest,
            format!("The body cannot be read: {}.", cause.unwrap_or_default()),
        )
        .next("See /api/openapi.json for what belongs into it."),
        _ => Problem::new(ProblemKind::BadRequest, "The body did not arrive whole."),
    }
}

/// Query parameters.
pub struct ApiQuery<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for ApiQuery<T> {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Problem::new(
                ProblemKind::BadRequest,
                format!("The query cannot be read: {}.", rejection.body_text()),
            )
            .into()),
        }
    }
}

/// The key that makes an order one order, if one was sent.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    headers
        .get("idempotency-key")
        .map(|value| {
            value.to_str().map_err(|_| {
                Problem::new(
                    ProblemKind::BadRequest,
                    "The Idempotency-Key must be visible ASCII characters.",
                )
            })
        })
        .transpose()
}
