//! Responses of handlers other than JSON with status 200.

use super::{
    PREFIX,
    signature::{ResponseBody, Signature, text},
};
use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::{
    ToSchema,
    openapi::{
        Array, Schema,
        header::{Header, HeaderBuilder},
    },
};

/// 200 with a list that is not paged.
pub struct List<T>(pub Vec<T>);

impl<T: Serialize> IntoResponse for List<T> {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

impl<T: ToSchema> ResponseBody for List<T> {
    fn describe(signature: &mut Signature) {
        let list = Array::new(signature.schema::<T>());
        signature.response(200, Schema::Array(list).into(), &["application/json"]);
    }
}

/// 202: the change is stored and will be carried out.
pub struct Accepted<T>(pub T);

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Json(self.0)).into_response()
    }
}

impl<T: ToSchema> ResponseBody for Accepted<T> {
    fn describe(signature: &mut Signature) {
        signature.json_response::<T>(202);
    }
}

/// A status without a body.
pub struct Empty<const STATUS: u16>;

impl<const STATUS: u16> IntoResponse for Empty<STATUS> {
    fn into_response(self) -> Response {
        StatusCode::from_u16(STATUS)
            .unwrap_or(StatusCode::NO_CONTENT)
            .into_response()
    }
}

impl<const STATUS: u16> ResponseBody for Empty<STATUS> {
    fn describe(signature: &mut Signature) {
        signature.empty_response(STATUS);
    }
}

/// 201 with what was created.
pub struct Created<T> {
    /// The address below `/api/v1`.
    pub path: String,
    pub body: T,
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let location = [(header::LOCATION, format!("{PREFIX}{}", self.path))];
        (StatusCode::CREATED, location, Json(self.body)).into_response()
    }
}

impl<T: ToSchema> ResponseBody for Created<T> {
    fn describe(signature: &mut Signature) {
        signature.json_response::<T>(201);
        let location: Header = HeaderBuilder::new()
            .schema(Some(text()))
            .description(Some("Path of the created resource"))
            .build();
        if let Some(response) = signature.responses.get_mut(&201) {
            response
                .headers
                .insert("Location".to_owned(), location.into());
        }
    }
}

/// What a request with an `Idempotency-Key` created: 201, or 200 if an earlier request did.
pub struct Ordered<T> {
    pub created: Created<T>,
    pub replayed: bool,
}

impl<T: Serialize> IntoResponse for Ordered<T> {
    fn into_response(self) -> Response {
        if self.replayed {
            Json(self.created.body).into_response()
        } else {
            self.created.into_response()
        }
    }
}

impl<T: ToSchema> ResponseBody for Ordered<T> {
    fn describe(signature: &mut Signature) {
        signature.json_response::<T>(200);
        Created::<T>::describe(signature);
    }
}

/// 201 with what was created, or 200 with what there was already.
pub enum CreatedOrFound<T, U> {
    Created(Created<T>),
    Found(U),
}

impl<T: Serialize, U: Serialize> IntoResponse for CreatedOrFound<T, U> {
    fn into_response(self) -> Response {
        match self {
            Self::Created(created) => created.into_response(),
            Self::Found(found) => Json(found).into_response(),
        }
    }
}

impl<T: ToSchema, U: ToSchema> ResponseBody for CreatedOrFound<T, U> {
    fn describe(signature: &mut Signature) {
        Created::<T>::describe(signature);
        signature.json_response::<U>(200);
    }
}
