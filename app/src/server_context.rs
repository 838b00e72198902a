//! What pages and server functions take from the request and give to the response: the only file that knows on which
//! side it runs. The server calls [`PageContext::provide`] for every request it lets a page or server function answer.

/// Sets the HTTP status of the page that is being rendered. Does nothing in the browser.
pub fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    on_server::set_status(status);
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}

#[cfg(feature = "ssr")]
pub use on_server::*;

#[cfg(feature = "ssr")]
mod on_server {
    use std::sync::Arc;
    use std::time::{SystemTime, UNIX_EPOCH};

    use axum::http::header::{ACCEPT, COOKIE, LOCATION, SET_COOKIE};
    use axum::http::request::Parts;
    use axum::http::{HeaderValue, StatusCode};
    use domain::caller::Caller;
    use domain::problem::{Problem, ProblemKind};
    use jiff::Timestamp;
    use leptos::prelude::{provide_context, use_context};
    use leptos_axum::ResponseOptions;
    use provisioning::Core;
    use serde::Serialize;
    use serde::de::DeserializeOwned;

    use crate::refusal::Refusal;
    use crate::routes;

    /// The names of the site's files under `/pkg/`.
    #[derive(Clone, Debug)]
    pub struct Assets {
        /// The module that loads the wasm.
        pub js: String,
        /// The wasm.
        pub wasm: String,
        /// The stylesheet.
        pub css: String,
    }

    /// A way to sign in.
    #[derive(Clone, Debug)]
    pub struct SignInProvider {
        /// In the address: `/sign-in/{slug}`.
        pub slug: String,
        /// On the button, after “Continue with”.
        pub title: String,
    }

    /// Everything that pages need from the server. Cheap to clone.
    #[derive(Clone)]
    pub struct PageContext {
        /// The site's files.
        pub assets: Arc<Assets>,
        /// All use cases.
        pub core: Arc<Core>,
        /// Whether the systems behind the portal are stand-ins.
        pub sandbox: bool,
        /// The ways to sign in.
        pub providers: Arc<[SignInProvider]>,
        /// The portal's address as people outside reach it, without a slash at the end.
        pub public_url: Arc<str>,
        /// The OpenAPI document.
        pub api_document: Arc<serde_json::Value>,
    }

    impl PageContext {
        /// Makes it available to the pages and server functions of this request.
        pub fn provide(&self) {
            provide_context(self.clone());
        }
    }

    /// What the server has provided.
    pub fn page_context() -> Result<PageContext, Refusal> {
        use_context().ok_or_else(|| {
            tracing::error!("a page or server function ran without its context");
            refuse(Problem::new(
                ProblemKind::Internal,
                "The portal is not set up right.",
            ))
        })
    }

    /// The core and who calls it.
    pub fn core() -> Result<(Arc<Core>, Caller), Refusal> {
        Ok((page_context()?.core, caller()?))
    }

    /// Who is asking, or a refusal if nobody is signed in.
    pub fn caller() -> Result<Caller, Refusal> {
        use_context::<Parts>()
            .and_then(|parts| parts.extensions.get::<Caller>().cloned())
            .ok_or_else(|| refuse(Problem::unauthenticated()))
    }

    /// Turns a problem into the answer, with its HTTP status.
    pub fn refuse(problem: Problem) -> Refusal {
        // A plain form's answer is a redirect back to the page, which then shows the problem.
        if !(is_post() && wants_html()) {
            set_status(problem.status());
        }
        Refusal(problem)
    }

    pub(super) fn set_status(status: u16) {
        let Some(response) = use_context::<ResponseOptions>() else {
            return;
        };
        // Once something has sent the browser elsewhere, what the rest of the page finds does not matter any more.
        let leads_elsewhere = response
            .0
            .read()
            .is_ok_and(|parts| parts.headers.contains_key(LOCATION));
        if let (false, Ok(status)) = (leads_elsewhere, StatusCode::from_u16(status)) {
            response.set_status(status);
        }
    }

    /// Sends the browser elsewhere, with a form's answer as well as with a page.
    pub fn redirect(address: &str) {
        // An address with a line break in it is nothing we ever build on purpose.
        if HeaderValue::from_str(address).is_ok() {
            leptos_axum::redirect(address);
        }
    }

    /// Whether the answer goes to a plain form or link instead of to our own wasm.
    pub fn wants_html() -> bool {
        use_context::<Parts>().is_some_and(|parts| {
            parts
                .headers
                .get(ACCEPT)
                .and_then(|accept| accept.to_str().ok())
                .is_some_and(|accept| accept.contains("text/html"))
        })
    }

    fn is_post() -> bool {
        use_context::<Parts>().is_some_and(|parts| parts.method == axum::http::Method::POST)
    }

    /// The value of a cookie that came with the request.
    pub fn cookie(name: &str) -> Option<String> {
        let parts = use_context::<Parts>()?;
        parts
            .headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value.to_owned())
    }

    /// What a plain form sent to a page that answers it itself.
    pub fn posted<T: Clone + Send + Sync + 'static>() -> Option<T> {
        use_context::<Parts>()?.extensions.get().cloned()
    }

    /// Sets a cookie: name, value and attributes as in the header.
    pub fn set_cookie(cookie: &str) {
        let value = HeaderValue::from_str(cookie);
        if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), value) {
            response.append_header(SET_COOKIE, value);
        }
    }

    /// What a plain form's answer says on the page that it leads to: a cookie that scripts cannot read, sent back by the
    /// next page and then forgotten.
    pub fn set_flash<T: Serialize>(name: &str, value: &T) {
        if let Ok(json) = serde_json::to_vec(value) {
            let hex: String = json.iter().map(|byte| format!("{byte:02x}")).collect();
            set_cookie(&format!("{name}={hex}; {FLASH}; Max-Age=60"));
        }
    }

    /// What the form that led here had to say.
    pub fn take_flash<T: DeserializeOwned>(name: &str) -> Option<T> {
        let hex = cookie(name)?;
        set_cookie(&format!("{name}=; {FLASH}; Max-Age=0"));
        let json: Option<Vec<u8>> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok())
            .collect();
        serde_json::from_slice(&json?).ok()
    }

    /// Sends a plain form that was refused back to its page, which then tells the problem; or to the sign-in, if that
    /// is the problem. Our own wasm gets the refusal itself.
    pub fn back_to_form(refusal: &Refusal, page: &str) {
        if !wants_html() {
            return;
        }
        if refusal.0.kind == ProblemKind::Unauthenticated {
            redirect(&routes::sign_in(page));
        } else {
            set_flash(PROBLEM, &refusal.0);
            redirect(page);
        }
    }

    /// The problem with the plain form that led to this page.
    pub fn form_problem() -> Option<Problem> {
        take_flash(PROBLEM)
    }

    /// The flash that carries a problem.
    const PROBLEM: &str = "form_problem";
    const FLASH: &str = "Path=/; HttpOnly; SameSite=Strict";

    /// The server's time.
    pub fn now() -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        i64::try_from(since.as_millis())
            .ok()
            .and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
            .unwrap_or(Timestamp::UNIX_EPOCH)
    }
}
