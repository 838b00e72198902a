//! The REST API to read: the OpenAPI document as a page.

mod api;
mod document;
mod operation;
mod page;
#[cfg(feature = "ssr")]
mod read;

pub use page::ApiReferencePage;
