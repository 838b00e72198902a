//! Every route of the portal, and the layers that every request passes.

mod attachment;
pub mod audit_export;
mod call;
mod connection;
mod csv;
pub mod events;
pub mod health;
pub mod identity;
pub mod kubeconfig;
pub mod layers;
pub mod listener;
pub mod node_logs;
pub mod node_ssh;
pub mod pages;
mod plain_page;
pub mod problem;
pub mod resource;
pub mod rest;
pub mod routes;
pub mod session;
pub mod sign_in;
pub mod site;
pub mod stream_limit;
pub mod wrong_tokens;

use crate::portal::Portal;
use ::http::{Extensions, HeaderMap, Method, StatusCode, Version, header};
use axum::{
    Router,
    extract::{Request, State},
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::get,
};
use domain::{
    cluster::Cluster,
    node::view::Node,
    problem::{Problem, ProblemKind},
};
use layers::{
    access_log, body_limit, cross_site, disconnects, error_body, head, host, panics,
    security_headers::{self, Policy},
};
use routes::Routes;
use std::{path::Path, sync::Arc};
use tower::ServiceBuilder;
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// Every route. `site` is the folder of the site's files.
pub fn router(portal: &Arc<Portal>, site: &Path) -> Router {
    // Files and probes do not depend on the caller.
    let public = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .with_state(portal.clone())
        .merge(site::routes(site));

    let compression = CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(is_page);
    let personal = browser_routes()
        .into_router()
        .layer(from_fn(problem::show_to_browsers))
        .merge(rest::routes())
        .merge(pages::routes(portal))
        .method_not_allowed_fallback(no_such_method)
        .fallback(nothing_here)
        .with_state(portal.clone())
        .layer(compression)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(error_body::fill))
                .layer(from_fn(body_limit::limit))
                .layer(from_fn(disconnects::outlive))
                .layer(panics::layer())
                .layer(portal.sessions.layer(portal.addresses.is_https()))
                .layer(from_fn_with_state(portal.clone(), identity::recognise))
                .layer(from_fn_with_state(portal.clone(), cross_site::refuse))
                .layer(from_fn(head::refuse)),
        );

    let policy = Policy {
        https: portal.addresses.is_https(),
    };
    personal
        .layer(from_fn_with_state(
            portal.addresses.clone(),
            host::recognise,
        ))
        .merge(public)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(access_log::log))
                .layer(panics::layer())
                .layer(from_fn_with_state(Arc::new(policy), security_headers::add))
                .layer(from_fn(host::require_one)),
        )
}

/// Only pages are compressed: an aborted log or export must reach the client as aborted.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// Routes for browsers other than pages and their server functions.
fn browser_routes() -> Routes {
    sign_in::routes(Routes::default())
        .post("/clusters/{id}/kubeconfig", kubeconfig::download)
        .post("/nodes/{id}/ssh/key", node_ssh::key)
        .post("/nodes/{id}/ssh/config", node_ssh::config)
        .get(
            "/nodes/{id}/logs/provisioning",
            node_logs::provisioning_file,
        )
        .get(
            "/nodes/{id}/logs/provisioning/stream",
            node_logs::provisioning_stream,
        )
        .get("/nodes/{id}/logs/jobs/{job}", node_logs::job_file)
        .get("/nodes/{id}/logs/jobs/{job}/stream", node_logs::job_stream)
        .get("/events/clusters", events::of_collection::<Cluster>)
        .get("/events/clusters/{id}", events::of_resource::<Cluster>)
        .get("/events/nodes", events::of_collection::<Node>)
        .get("/events/nodes/{id}", events::of_resource::<Node>)
}

/// Method and path of every route that depends on the caller.
pub fn list_of_routes() -> Vec<(Method, String)> {
    let mut list = browser_routes().list();
    list.push((Method::GET, rest::DOCUMENT.to_owned()));
    let operations = rest::operations().into_iter();
    list.extend(operations.map(|operation| (operation.method.clone(), operation.full_path())));
    list.extend(pages::list_of_server_functions());
    list
}

async fn nothing_here(State(portal): State<Arc<Portal>>, request: Request) -> Response {
    if request.method() == Method::GET && problem::wants_html(request.headers()) {
        let (parts, _) = request.into_parts();
        return app::not_found(&portal.site, parts).await;
    }
    let problem = Problem::new(
        ProblemKind::NotFound,
        "There is no page or resource at this address.",
    );
    problem::answer(problem, request.headers())
}

async fn no_such_method(request: Request) -> Response {
    let problem = Problem::new(
        ProblemKind::MethodNotAllowed,
        format!("This address does not support {}.", request.method()),
    );
    problem::answer(problem, request.headers())
}
