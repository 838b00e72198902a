//! The OpenAPI document.

use super::operation::Operation;
use crate::http::problem::{MEDIA_TYPE, ProblemDocument};
use utoipa::{
    OpenApi, ToSchema,
    openapi::{
        self, Content, Ref, RefOr, ResponseBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hangar",
        description = "Virtual Kubernetes clusters and GPU nodes for programs.\n\n\
            Create an API token on the Account page and send it as `Authorization: Bearer hgr_…`. A token has scopes \
            (`read`, `clusters`, `nodes`, `admin`) and can be limited to one tenant. A token never has more permissions \
            than the user who created it, and cannot create tokens. Errors are `application/problem+json` (RFC 9457): \
            `detail` says what happened, `next_step` what to do, and `errors` which fields are invalid.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ProblemDocument)),
    security(("token" = [])),
)]
struct Preamble;

/// The problem responses that operations share: status, name, description.
const ERRORS: [(u16, &str, &str); 12] = [
    (
        400,
        "BadRequest",
        "The request could not be parsed, or does not name exactly one host",
    ),
    (401, "Unauthorized", "No valid API token or session"),
    (
        403,
        "Forbidden",
        "The caller's role or the token's scopes do not include the permission, or the request came from another site",
    ),
    (
        404,
        "NotFound",
        "The resource does not exist, or the caller has no access to it",
    ),
    (
        409,
        "Conflict",
        "The current state does not allow this, or the name is in use; `detail` says which",
    ),
    (410, "Gone", "The resource was deleted"),
    (
        413,
        "ContentTooLarge",
        "The request body is larger than 1 MiB",
    ),
    (
        415,
        "UnsupportedMediaType",
        "The request body is not `application/json`",
    ),
    (
        422,
        "UnprocessableContent",
        "Fields or parameters are invalid; `errors` says which",
    ),
    (
        429,
        "TooManyRequests",
        "Too many invalid API tokens came from this address; `Retry-After` says when to retry",
    ),
    (
        500,
        "InternalServerError",
        "An internal error; `reference` identifies its log entry",
    ),
    (
        503,
        "ServiceUnavailable",
        "The database or an outside system did not respond, or too many streams are open; `Retry-After` says when to retry",
    ),
];

/// The name of the shared response for a status.
pub(super) fn error_name(status: u16) -> &'static str {
    ERRORS
        .into_iter()
        .find(|(known, ..)| *known == status)
        .map_or("Problem", |(_, name, _)| name)
}

/// The whole document.
pub(super) fn document(operations: Vec<Operation>) -> openapi::OpenApi {
    let mut document = Preamble::openapi();
    let mut components = document.components.take().unwrap_or_default();
    for operation in operations {
        operation.describe(&mut document.paths, &mut components);
    }
    for (_, name, description) in ERRORS {
        let problem = Ref::from_schema_name(ProblemDocument::name());
        let response = ResponseBuilder::new()
            .description(description)
            .content(MEDIA_TYPE, Content::new(Some(RefOr::Ref(problem))));
        components
            .responses
            .insert(name.to_owned(), response.build().into());
    }
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("hgr_…")
        .description(Some("An API token, created on the Account page"))
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    document.components = Some(components);
    document
}
