//! The only way to add a route for browsers, so that there is a list of them: tests go through it and try each.

use crate::portal::Portal;
use axum::{
    Router,
    handler::Handler,
    routing::{get, post},
};
use http::Method;
use std::sync::Arc;

/// Routes and their list.
#[derive(Default)]
pub struct Routes {
    router: Router<Arc<Portal>>,
    listed: Vec<(Method, String)>,
}

impl Routes {
    /// Adds what only looks.
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

    /// Adds what changes something.
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

    /// Methods and paths.
    pub fn list(self) -> Vec<(Method, String)> {
        self.listed
    }

    /// The routes themselves.
    pub fn into_router(self) -> Router<Arc<Portal>> {
        self.router
    }
}
