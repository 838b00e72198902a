//! The pages and their server functions, with what they need in context.

use super::layers::{host::Origin, security_headers::ScriptNonce};
use crate::portal::Portal;
use app::server_context::PageContext;
use axum::{Router, extract::FromRef};
use http::{Method, request::Parts};
use leptos::{
    config::LeptosOptions,
    nonce::Nonce,
    prelude::{provide_context, use_context},
};
use leptos_axum::{LeptosRoutes, generate_route_list};
use std::sync::Arc;

/// What the pages' router asks for and none of our pages needs.
#[derive(Clone)]
struct PageState {
    options: LeptosOptions,
}

impl FromRef<PageState> for LeptosOptions {
    fn from_ref(state: &PageState) -> Self {
        state.options.clone()
    }
}

/// Every page and server function.
pub fn routes(portal: &Arc<Portal>) -> Router {
    let state = PageState {
        options: LeptosOptions::builder().output_name("hangar").build(),
    };
    let pages = generate_route_list(app::App);
    let context = portal.pages.clone();
    let provide = move || provide(&context);
    Router::new()
        .leptos_routes_with_context(&state, pages, provide.clone(), app::shell)
        .merge(app::posted_pages(provide))
        .with_state(state)
}

/// Paths of the pages.
pub fn list_of_pages() -> Vec<String> {
    generate_route_list(app::App)
        .iter()
        .map(|page| page.path().to_owned())
        .collect()
}

/// Methods and paths of the server functions, and of the pages that answer a form themselves.
pub fn list_of_server_functions() -> Vec<(Method, String)> {
    let posted = app::POSTED_PAGES.map(|path| (Method::POST, path.to_owned()));
    leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (method, path.to_owned()))
        .chain(posted)
        .collect()
}

/// What a page or server function finds in its context, besides the request itself.
fn provide(context: &PageContext) {
    let mut context = context.clone();
    if let Some(parts) = use_context::<Parts>() {
        if let Some(Origin(origin)) = parts.extensions.get() {
            context.public_url = origin.clone();
        }
        if let Some(ScriptNonce(nonce)) = parts.extensions.get() {
            provide_context(Nonce::from_value(nonce.clone()));
        }
    }
    context.provide();
}
