//! The OpenAPI document.

use crate::http::problem::ProblemDocument;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        self,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Hangar",
        description = "Virtual Kubernetes clusters and GPU nodes, ordered and used by programs.\n\n\
            Make an API token on the Account page and send it as `Authorization: Bearer hgr_…`. A token has scopes (`read`, \
            `clusters`, `nodes`, `admin`) and may be for one tenant: it never may more than they say, nor more than its \
            maker may; a refusal says which scope is missing. Tokens make no tokens. Whatever is refused is \
            answered with `application/problem+json` (RFC 9457): `detail` says what happened, `next_step` what to do, \
            `errors` which fields are at fault.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(ProblemDocument)),
    modifiers(&Token),
    security(("token" = [])),
)]
struct Preamble;

struct Token;

impl Modify for Token {
    fn modify(&self, document: &mut openapi::OpenApi) {
        let token = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("hgr_…")
            .description(Some("An API token, made on the Account page."))
            .build();
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(token));
    }
}

pub(super) fn preamble() -> openapi::OpenApi {
    Preamble::openapi()
}

/// The whole document.
pub fn document() -> openapi::OpenApi {
    super::described().into_openapi()
}
