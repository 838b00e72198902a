//! Everything the portal answers over HTTP, and what happens to every request on its way.

pub mod audit_export;
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
pub mod rest;
pub mod routes;
pub mod session;
pub mod sign_in;
pub mod site;
pub mod stream_limit;

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
    cluster::ClusterKind,
    node::view::NodeKind,
    problem::{Problem, ProblemKind},
};
use layers::{
    access_log, body_limit, cross_site, disconnects, host, panics,
    security_headers::{self, Policy},
    words,
};
use routes::Routes;
use std::{path::Path, sync::Arc};
use tower::ServiceBuilder;
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// The whole portal. `site` is the folder of the site's files.
pub fn router(portal: &Arc<Portal>, site: &Path) -> Router {
    // Files are the same for everybody, and probes are nobody's.
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
        .merge(rest::routes())
        .merge(pages::routes(portal))
        .method_not_allowed_fallback(no_such_method)
        .fallback(nothing_here)
        .with_state(portal.clone())
        .layer(compression)
        .layer(
            ServiceBuilder::new()
                .layer(from_fn(words::find))
                .layer(from_fn(cross_site::refuse))
                .layer(from_fn(body_limit::limit))
                .layer(from_fn(disconnects::outlive))
                .layer(panics::layer())
                .layer(portal.sessions.layer(portal.addresses.is_https()))
                .layer(from_fn_with_state(portal.clone(), identity::recognise)),
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
                .layer(from_fn_with_state(Arc::new(policy), security_headers::add)),
        )
}

/// Only pages are compressed: logs and exports are streams, whose end must reach the browser as it is.
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// What browsers use besides pages and their server functions.
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
        .get("/events/clusters", events::of_list::<ClusterKind>)
        .get("/events/clusters/{id}", events::of_one::<ClusterKind>)
        .get("/events/nodes", events::of_list::<NodeKind>)
        .get("/events/nodes/{id}", events::of_one::<NodeKind>)
}

/// Every route that knows who is asking: method and path.
pub fn list_of_routes() -> Vec<(Method, String)> {
    let mut list = browser_routes().list();
    list.extend(rest::list_of_routes());
    list.extend(pages::list_of_server_functions());
    list
}

async fn nothing_here(State(portal): State<Arc<Portal>>, request: Request) -> Response {
    if request.method() == Method::GET && problem::wants_html(request.headers()) {
        let (parts, _) = request.into_parts();
        return app::not_found(&portal.site, parts).await;
    }
    let problem = Problem::new(ProblemKind::NotFound, "There is nothing at this address.");
    problem::answer(problem, request.headers())
}

async fn no_such_method(request: Request) -> Response {
    let problem = Problem::new(
        ProblemKind::MethodNotAllowed,
        format!("{} does not go with this address.", request.method()),
    );
    problem::answer(problem, request.headers())
}
