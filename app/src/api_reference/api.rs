//! What the API reference asks the server.

use leptos::server;

use super::document::Reference;
use crate::refusal::Refusal;
use crate::transport::{Fetch, Json};

/// The reference, made from the OpenAPI document.
#[server(prefix = "/rpc", endpoint = "api-reference", client = Fetch, output = Json)]
pub async fn load_reference() -> Result<Reference, Refusal> {
    use crate::server_context::page_context;
    let context = page_context()?;
    Ok(Reference::read(&context.api_document, &context.public_url))
}
