//! Reading requests. What cannot be read is answered with a problem.

use super::signature::{RequestPart, Signature, text};
use crate::http::{call::Call, layers::body_limit, problem::ApiProblem};
use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::JsonRejection},
};
use domain::problem::{Problem, ProblemKind};
use http::{StatusCode, request::Parts};
use serde::{Deserialize, de::DeserializeOwned};
use std::error::Error;
use utoipa::{
    IntoParams, ToSchema,
    openapi::{
        RefOr,
        path::{Parameter, ParameterBuilder, ParameterIn},
    },
};

impl RequestPart for Call {
    fn describe(signature: &mut Signature) {
        // The request names no host or comes from another site; no caller or permission; too many wrong tokens; the
        // database is away.
        signature.errors.extend([400, 401, 403, 429, 500, 503]);
    }
}

/// A JSON body.
pub struct ApiJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for ApiJson<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        // The cause names the field; the text around it is the framework's.
        let cause = |rejection: &JsonRejection| rejection.source().map(ToString::to_string);
        Ok(Self(json(request, state, cause).await?))
    }
}

impl<T: ToSchema> RequestPart for ApiJson<T> {
    fn describe(signature: &mut Signature) {
        signature.json_body::<T>();
    }
}

/// A JSON body with secrets in it: a body that cannot be parsed is never quoted in the problem.
pub struct SecretJson<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for SecretJson<T> {
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        let cause = |rejection: &JsonRejection| position(rejection);
        Ok(Self(json(request, state, cause).await?))
    }
}

impl<T: ToSchema> RequestPart for SecretJson<T> {
    fn describe(signature: &mut Signature) {
        signature.json_body::<T>();
    }
}

async fn json<S: Send + Sync, T: DeserializeOwned>(
    request: Request,
    state: &S,
    cause: impl Fn(&JsonRejection) -> Option<String>,
) -> Result<T, Problem> {
    let rejection = match Json::from_request(request, state).await {
        Ok(Json(value)) => return Ok(value),
        Err(rejection) => rejection,
    };
    Err(match &rejection {
        JsonRejection::MissingJsonContentType(_) => Problem::new(
            ProblemKind::UnsupportedMediaType,
            "The request body must be JSON.",
        )
        .next("Send Content-Type: application/json."),
        rejection if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => body_limit::too_large(),
        JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => Problem::new(
            ProblemKind::BadRequest,
            match cause(&rejection) {
                Some(cause) => format!("The request body is not valid: {cause}."),
                None => "The request body is not valid.".to_owned(),
            },
        )
        .next("See /api/openapi.json for its schema."),
        _ => Problem::new(
            ProblemKind::BadRequest,
            "The request body could not be read to its end.",
        ),
    })
}

fn position(error: &(dyn Error + 'static)) -> Option<String> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(json) = error.downcast_ref::<serde_json::Error>() {
            let (line, column) = (json.line(), json.column());
            return Some(format!("error at line {line}, column {column}"));
        }
        next = error.source();
    }
    None
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
                format!("The query is not valid: {}.", rejection.body_text()),
            )
            .into()),
        }
    }
}

impl<T: IntoParams> RequestPart for ApiQuery<T> {
    fn describe(signature: &mut Signature) {
        let parameters = T::into_params(|| Some(ParameterIn::Query));
        signature
            .parameters
            .extend(parameters.into_iter().map(RefOr::T));
        signature.errors.insert(400);
    }
}

/// The name of what is to be deleted, so that a wrong id deletes nothing.
pub struct Confirmation(pub String);

#[derive(Deserialize)]
struct ConfirmationQuery {
    #[serde(default)]
    confirmation: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Confirmation {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        let ApiQuery(query) =
            ApiQuery::<ConfirmationQuery>::from_request_parts(parts, state).await?;
        Ok(Self(query.confirmation))
    }
}

impl RequestPart for Confirmation {
    fn describe(signature: &mut Signature) {
        let parameter: Parameter = ParameterBuilder::new()
            .name("confirmation")
            .parameter_in(ParameterIn::Query)
            .required(utoipa::openapi::Required::True)
            .description(Some(
                "Name or slug of the resource, so that a wrong ID changes nothing",
            ))
            .schema(Some(text()))
            .build();
        signature.shared_parameter("Confirmation", parameter);
        signature.errors.extend([400, 422]);
    }
}

/// The key under which a request to create something is carried out once.
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        let value = parts.headers.get("idempotency-key");
        match value.map(|value| value.to_str()).transpose() {
            Ok(key) => Ok(Self(key.map(str::to_owned))),
            Err(_) => Err(Problem::new(
                ProblemKind::BadRequest,
                "Idempotency-Key must be visible ASCII characters.",
            )
            .into()),
        }
    }
}

impl RequestPart for IdempotencyKey {
    fn describe(signature: &mut Signature) {
        let parameter: Parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some(
                "At most 128 visible ASCII characters, different for each resource. A request that repeats the key and \
                 the body of an earlier one is answered with what the earlier one created.",
            ))
            .schema(Some(text()))
            .build();
        signature.shared_parameter("IdempotencyKey", parameter);
        signature.errors.extend([400, 422]);
    }
}
