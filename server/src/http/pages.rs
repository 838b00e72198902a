//! Pages and server functions.

use super::{layers::host::Origin, rest, sign_in};
use crate::portal::Portal;
use app::site::Site;
use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::Method;
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

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

/// Whether the address is that of a page, of a sign-in, or of nothing, so that other sites may link to it. Everything else
/// sends data of a user or opens a stream.
pub fn may_be_linked(request: &Request) -> bool {
    static PAGES: LazyLock<BTreeSet<&'static str>> =
        LazyLock::new(|| app::page_paths().into_iter().collect());
    let Some(route) = request.extensions().get::<MatchedPath>() else {
        return true;
    };
    let route = route.as_str();
    PAGES.contains(route) || route == rest::DOCUMENT || route.starts_with(sign_in::PAGE)
}
