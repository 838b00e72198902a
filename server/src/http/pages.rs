//! Pages and server functions.

use super::layers::host::Origin;
use crate::portal::Portal;
use app::site::Site;
use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::Method;
use std::sync::Arc;

pub fn routes(portal: &Arc<Portal>) -> Router<Arc<Portal>> {
    let site = portal.site.clone();
    app::routes(site.clone())
        .layer(from_fn_with_state(site, with_origin))
        .with_state(())
}

/// Pages use the origin of the request.
async fn with_origin(State(mut site): State<Site>, mut request: Request, next: Next) -> Response {
    if let Some(Origin(origin)) = request.extensions().get() {
        site.public_url = origin.clone();
    }
    request.extensions_mut().insert(site);
    next.run(request).await
}

pub fn list_of_server_functions() -> Vec<(Method, String)> {
    let functions = app::function_paths().into_iter();
    functions
        .map(|(method, path)| (method, path.to_owned()))
        .collect()
}

pub fn list_of_pages() -> Vec<String> {
    app::page_paths().into_iter().map(str::to_owned).collect()
}
