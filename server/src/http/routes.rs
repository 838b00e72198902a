//! Routes for browsers, added here only so that tests can list and try every one.

use crate::portal::Portal;
use axum::{
    Router,
    handler::Handler,
    routing::{get, post},
};
use http::Method;
use std::sync::Arc;

#[derive(Default)]
pub struct Routes {
    router: Router<Arc<Portal>>,
    listed: Vec<(Method, String)>,
}

impl Routes {
    /// Adds a route that only reads.
    #[must_use]
    pub fn get<H, T>(mut self, path: &str, handler: H) -> Self
    where
        H: Handler<T, Arc<Portal>>,
        T: 'static,
    {
        self.listed.push((Method::GET, path.to_owned()));
        self.router = self.router.route(path, get(handler));
        self
    }

    /// Adds a route that changes something.
    #[must_use]
    pub fn post<H, T>(mut self, path: &str, handler: H) -> Self
    where
        H: Handler<T, Arc<Portal>>,
        T: 'static,
    {
        self.listed.push((Method::POST, path.to_owned()));
        self.router = self.router.route(path, post(handler));
        self
    }

    pub fn list(self) -> Vec<(Method, String)> {
        self.listed
    }

    pub fn into_router(self) -> Router<Arc<Portal>> {
        self.router
    }
}
