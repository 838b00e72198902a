//! What pages and server functions get from the server.

use std::sync::Arc;

use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, request::Parts};
use domain::caller::Caller;
use domain::problem::{Problem, ProblemKind};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use provisioning::Core;

use crate::cookie;
use crate::form_error::FormError;

/// The names of the site's files under `/pkg/`.
#[derive(Clone, Debug)]
pub struct Assets {
    /// The script of every page.
    pub script: String,
    /// The loader of the islands' program.
    pub islands: String,
    /// The islands' program.
    pub wasm: String,
    pub css: String,
}

#[derive(Clone, Debug)]
pub struct SignInProvider {
    /// In the address: `/sign-in/{slug}`.
    pub slug: String,
    /// On the button, after “Continue with”.
    pub title: String,
}

/// One portal, as its pages see it.
#[derive(Clone)]
pub struct Site {
    pub core: Arc<Core>,
    pub assets: Arc<Assets>,
    /// Whether the outside systems are the sandbox's.
    pub sandbox: bool,
    pub providers: Arc<[SignInProvider]>,
    /// The portal's address as users reach it, without a slash at the end.
    pub public_url: Arc<str>,
    pub api_document: Arc<serde_json::Value>,
}

impl Site {
    /// Whether browsers reach the portal over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The core and the caller of the server function that is running.
pub fn core() -> Result<(Arc<Core>, Caller), FormError> {
    let caller = use_context::<Parts>()
        .and_then(|parts| parts.extensions.get::<Caller>().cloned())
        .ok_or_else(Problem::unauthenticated)?;
    let site = use_context::<Site>().ok_or_else(|| {
        tracing::error!("a server function ran without its context");
        Problem::new(ProblemKind::Internal, "The portal is not set up correctly.")
    })?;
    Ok((site.core, caller))
}

/// Leads the browser to another page once the server function succeeds.
pub fn redirect(address: &str) {
    if HeaderValue::from_str(address).is_ok() {
        leptos_axum::redirect(address);
    }
}

/// Sets a cookie for the page's script and for later requests, with the answer of the server function.
pub fn set_cookie(name: &str, value: &str, seconds: i64) {
    let (Some(site), Some(response)) = (use_context::<Site>(), use_context::<ResponseOptions>())
    else {
        return;
    };
    let https = site.is_https();
    let cookie = cookie::for_scripts(https, &cookie::name(https, name), value, seconds);
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.append_header(SET_COOKIE, cookie);
    }
}
