//! What the types of a handler say about its operation: each argument and the result describe themselves, so that the
//! document cannot disagree with the code.

use super::Answer;
use axum::{Json, response::Response};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{
    ToSchema,
    openapi::{
        self, Components, Content, Object, Ref, RefOr, ResponseBuilder, Schema, Type,
        path::Parameter, request_body::RequestBodyBuilder,
    },
};

/// What an operation reads and answers.
#[derive(Default)]
pub struct Signature {
    pub parameters: Vec<RefOr<Parameter>>,
    pub body: Option<openapi::request_body::RequestBody>,
    pub responses: BTreeMap<u16, openapi::Response>,
    /// Statuses of the shared problem responses.
    pub errors: BTreeSet<u16>,
    /// What the operation refers to.
    pub components: Components,
}

impl Signature {
    /// Adds a parameter that several operations have.
    pub fn shared_parameter(&mut self, name: &str, parameter: Parameter) {
        self.parameters.push(RefOr::Ref(Ref::new(format!(
            "#/components/parameters/{name}"
        ))));
        self.components
            .parameters
            .insert(name.to_owned(), RefOr::T(parameter));
    }

    /// Adds a schema to the components.
    pub fn schema<T: ToSchema>(&mut self) -> RefOr<Schema> {
        let mut schemas = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut schemas);
        self.components.schemas.extend(schemas);
        Ref::from_schema_name(T::name()).into()
    }

    /// Sets the JSON body.
    pub fn json_body<T: ToSchema>(&mut self) {
        let content = Content::new(Some(self.schema::<T>()));
        let body = RequestBodyBuilder::new()
            .required(Some(openapi::Required::True))
            .content("application/json", content);
        self.body = Some(body.build());
        self.errors.extend([400, 413, 415, 422]);
    }

    /// Adds a response of these media types.
    pub fn response(&mut self, status: u16, schema: RefOr<Schema>, media_types: &[&str]) {
        let mut response = ResponseBuilder::new().description(reason(status));
        for media_type in media_types {
            response = response.content(*media_type, Content::new(Some(schema.clone())));
        }
        self.responses.insert(status, response.build());
    }

    /// Adds a response with a JSON body.
    pub fn json_response<T: ToSchema>(&mut self, status: u16) {
        let schema = self.schema::<T>();
        self.response(status, schema, &["application/json"]);
    }

    /// Adds a response without a body.
    pub fn empty_response(&mut self, status: u16) {
        let response = ResponseBuilder::new().description(reason(status));
        self.responses.insert(status, response.build());
    }
}

/// The description of a response that succeeds.
fn reason(status: u16) -> &'static str {
    match status {
        201 => "Created",
        202 => "Accepted",
        204 => "No content",
        _ => "OK",
    }
}

/// The schema of text.
pub fn text() -> RefOr<Schema> {
    Object::with_type(Type::String).into()
}

/// An argument of a handler.
pub trait RequestPart {
    fn describe(signature: &mut Signature);
}

/// What a handler answers.
pub trait ResponseBody {
    fn describe(signature: &mut Signature);
}

/// A handler whose arguments and result describe themselves.
pub trait Described<Arguments> {
    fn describe(signature: &mut Signature);
}

macro_rules! described {
    ($($argument:ident),*) => {
        impl<F, Fut, Body, $($argument),*> Described<($($argument,)*)> for F
        where
            F: FnOnce($($argument),*) -> Fut,
            Fut: Future<Output = Answer<Body>>,
            Body: ResponseBody,
            $($argument: RequestPart,)*
        {
            fn describe(signature: &mut Signature) {
                $($argument::describe(signature);)*
                Body::describe(signature);
            }
        }
    };
}
described!(A);
described!(A, B);
described!(A, B, C);
described!(A, B, C, D);

impl<T: ToSchema> ResponseBody for Json<T> {
    fn describe(signature: &mut Signature) {
        signature.json_response::<T>(200);
    }
}

/// Described where the operation is declared.
impl ResponseBody for Response {
    fn describe(_: &mut Signature) {}
}
