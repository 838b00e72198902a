//! A page is an async function from a [`PageRequest`] to a [`Page`]: it asks the core and shows HTML. The router puts
//! the document around it.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use domain::access::PlatformAction;
use domain::caller::Caller;
use domain::problem::{Problem, ProblemKind};
use jiff::Timestamp;
use leptos::prelude::*;
use provisioning::Core;

use crate::address::Address;
use crate::form::{FormState, ProblemNotice, Submission};
use crate::problem_page::no_such_page;
use crate::routes;
use crate::site::Site;

/// A request for a page.
#[derive(Clone)]
pub struct PageRequest {
    pub site: Site,
    pub core: Arc<Core>,
    pub caller: Caller,
    pub address: Address,
    pub now: Timestamp,
    /// The form that was sent from this page, if the answer to it is this page again.
    submission: Option<Submission>,
}

/// In context while a page is rendered.
#[derive(Clone, Debug)]
pub(crate) struct Rendering {
    pub address: Address,
    pub now: Timestamp,
}

impl<S: Send + Sync> FromRequestParts<S> for PageRequest
where
    Site: FromRef<S>,
{
    type Rejection = Redirect;

    /// Without a caller the browser is sent to the sign-in page, which leads back here.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Redirect> {
        let address = Address::from(&parts.uri);
        let Some(caller) = parts.extensions.get::<Caller>().cloned() else {
            return Err(Redirect::to(&routes::sign_in(&address.to_string())));
        };
        let site = parts
            .extensions
            .get::<Site>()
            .cloned()
            .unwrap_or_else(|| Site::from_ref(state));
        Ok(Self {
            core: site.core.clone(),
            site,
            caller,
            address,
            now: Timestamp::now(),
            submission: parts.extensions.get::<Submission>().cloned(),
        })
    }
}

impl PageRequest {
    /// The page with this title. The problem of a form that is not on the page any more stands above it.
    pub fn show<V: IntoView + 'static>(
        &self,
        title: impl Into<String>,
        view: impl FnOnce() -> V,
    ) -> Page {
        let mut html = self.render(view);
        let problem = self
            .submission
            .as_ref()
            .and_then(Submission::unshown_problem);
        if let Some(problem) = problem.cloned() {
            let messages = problem
                .fields
                .iter()
                .map(|error| error.message.clone())
                .collect();
            let here = self.address.to_string();
            let notice = || view! { <ProblemNotice problem=problem messages=messages here=here /> };
            html.insert_str(0, &self.render(notice));
        }
        Page::new(title, html)
    }

    /// HTML of a view that finds address and time of the page in its context.
    pub(crate) fn render<V: IntoView + 'static>(&self, view: impl FnOnce() -> V) -> String {
        let rendering = Rendering {
            address: self.address.clone(),
            now: self.now,
        };
        render(rendering, view)
    }

    /// For callers who may not do `action` the page does not exist.
    pub fn require(&self, action: PlatformAction) -> Result<(), PageError> {
        if self.caller.may_on_platform(action) {
            Ok(())
        } else {
            Err(no_such_page().into())
        }
    }

    /// The state of the form that sends to the server function at `action`.
    pub fn form(&self, action: &'static str) -> FormState {
        FormState::new(action, self.address.clone(), self.submission.clone())
    }
}

/// See [`PageRequest::render`].
pub(crate) fn render<V: IntoView + 'static>(
    rendering: Rendering,
    view: impl FnOnce() -> V,
) -> String {
    let owner = Owner::new();
    let html = owner.with(|| {
        provide_context(rendering);
        view().into_any().to_html()
    });
    without_comments(&html)
}

/// Leptos writes comments that mark nodes for hydration; no page is hydrated. In text and attributes `<` is escaped, so
/// `<!` begins a comment.
fn without_comments(html: &str) -> String {
    let mut clean = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!") {
        clean.push_str(before);
        let end = match comment.strip_prefix("--") {
            Some(text) => text.split_once("-->"),
            None => comment.split_once('>'),
        };
        rest = end.map_or("", |(_, after)| after);
    }
    clean.push_str(rest);
    clean
}

/// The answer of a page, before the document is put around it.
#[derive(Clone, Debug)]
pub struct Page {
    pub(crate) title: String,
    pub(crate) html: String,
    pub(crate) status: StatusCode,
    pub(crate) live: Vec<String>,
    pub(crate) refresh_seconds: Option<u32>,
    pub(crate) reloads: bool,
    pub(crate) has_navigation: bool,
}

impl Page {
    pub(crate) fn new(title: impl Into<String>, html: String) -> Self {
        Self {
            title: title.into(),
            html,
            status: StatusCode::OK,
            live: Vec::new(),
            refresh_seconds: None,
            reloads: false,
            has_navigation: true,
        }
    }

    /// The page refreshes whenever the event stream at `address` has news.
    #[must_use]
    pub fn live(mut self, address: impl Into<String>) -> Self {
        self.live.push(address.into());
        self
    }

    /// The page refreshes every few seconds, for changes without an event stream.
    #[must_use]
    pub fn refresh_every(mut self, seconds: u32) -> Self {
        self.refresh_seconds = Some(seconds);
        self
    }

    /// Where scripts do not run, the browser loads the page again every few seconds.
    #[must_use]
    pub fn reload_without_script(mut self, reloads: bool) -> Self {
        self.reloads = reloads;
        self
    }

    /// The page stands alone, also for callers who are signed in.
    #[must_use]
    pub fn without_navigation(mut self) -> Self {
        self.has_navigation = false;
        self
    }

    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

/// Carries the page to the router's document layer.
impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// What a page function returns.
pub type PageResult = Result<Page, PageError>;

/// A problem that takes the place of the page; `?` makes it from a [`Problem`].
#[derive(Clone, Debug)]
pub struct PageError(pub(crate) Problem);

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status());
        let mut response = status
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            .into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// For callers who may not view an admin page, the page does not exist.
pub fn hide_forbidden(problem: Problem) -> Problem {
    if problem.kind == ProblemKind::Forbidden {
        no_such_page()
    } else {
        problem
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_no_comments_and_keeps_what_looks_like_one() {
        let rendering = Rendering {
            address: Address::default(),
            now: Timestamp::UNIX_EPOCH,
        };
        let text = "<!-- typed -->";
        let html = render(rendering, || {
            view! { <p title=text>{text} {().into_any()} {None::<String>} {vec!["b"]}</p> }
        });
        assert!(!html.contains("<!"), "{html}");
        assert_eq!(html.matches("&lt;!--").count(), 2, "{html}");
        assert_eq!(without_comments("a<!>b<!--<() />-->c"), "abc");
    }
}
