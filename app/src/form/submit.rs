//! Responds to forms. The server function runs first; then browsers get a page: the redirect of the function, or the page
//! of the form with the submitted values. Programs get the response of the function.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use domain::caller::Caller;
use domain::problem::{Problem, ProblemKind};
use leptos::prelude::provide_context;
use serde_json::Value;
use tower::ServiceExt;
use url::form_urlencoded::{self, byte_serialize};

use super::{Outcome, Submission};
use crate::form_error::FormError;
use crate::routes;
use crate::site::Site;

/// The field that holds the address of the form's page.
pub const PAGE: &str = "_page";
/// The field that distinguishes forms for the same function.
pub const KEY: &str = "_key";
/// The field of forms whose values may be in an address.
pub const KEEP: &str = "_keep";
/// The parameter that requests the page with the typed values, without running the function.
pub const PREVIEW: &str = "preview";

/// Bytes of fields in an address. Some proxies cut longer addresses off.
const LONGEST_QUERY: usize = 1_800;

#[derive(Clone)]
pub struct Forms {
    pub site: Site,
    /// The pages, without the document around them.
    pub pages: Router,
}

/// Handles every POST to a server function.
pub async fn submit(State(forms): State<Forms>, request: Request) -> Response {
    let for_browser = accepts_html(&request);
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let form = SentForm::read(&parts, &body);
    if for_browser && parts.uri.query() == Some(PREVIEW) {
        return forms.show(parts, &form, Outcome::Preview).await;
    }
    let site = parts
        .extensions
        .get::<Site>()
        .unwrap_or(&forms.site)
        .clone();
    let mut call = Request::from_parts(parts.clone(), Body::from(body));
    // Leptos would answer browsers by a redirect that carries the error in the address.
    call.headers_mut()
        .insert(ACCEPT, HeaderValue::from_static("application/json"));
    let answer =
        leptos_axum::handle_server_fns_with_context(move || provide_context(site.clone()), call)
            .await
            .into_response();
    let (mut head, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let problem = (!head.status.is_success()).then(|| problem(head.status, &body));
    if !for_browser {
        if let Some(problem) = &problem {
            head.status = status(problem);
        }
        return Response::from_parts(head, Body::from(body));
    }
    let cookies: Vec<_> = head.headers.get_all(SET_COOKIE).iter().cloned().collect();
    let mut response = match (problem, head.headers.get(LOCATION)) {
        (Some(problem), _) if problem.kind == ProblemKind::Unauthenticated => {
            Redirect::to(&routes::sign_in(&form.return_address())).into_response()
        }
        (Some(problem), _) => {
            let status = status(&problem);
            let mut response = forms.show(parts, &form, Outcome::Problem(problem)).await;
            if response.status() == StatusCode::OK {
                *response.status_mut() = status;
            }
            response
        }
        (None, Some(location)) => {
            (StatusCode::SEE_OTHER, [(LOCATION, location.clone())]).into_response()
        }
        (None, None) => match serde_json::from_slice(&body).unwrap_or(Value::Null) {
            Value::Null => Redirect::to(&form.page).into_response(),
            value => forms.show(parts, &form, Outcome::Answer(value)).await,
        },
    };
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

impl Forms {
    /// The page of the form, with the submitted values and the outcome.
    async fn show(&self, mut parts: Parts, form: &SentForm, outcome: Outcome) -> Response {
        parts.method = Method::GET;
        parts.uri = form.page.parse().unwrap_or_default();
        parts.headers.remove(CONTENT_TYPE);
        parts.headers.remove(CONTENT_LENGTH);
        parts.extensions = for_page(&parts.extensions);
        parts.extensions.insert(Submission::new(
            form.action.as_str(),
            form.key.as_str(),
            form.fields.clone(),
            outcome,
        ));
        let request = Request::from_parts(parts, Body::empty());
        match self.pages.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// The extensions that pages read. With the others, axum would add the parameters of the page's path to those of the
/// function's path.
fn for_page(extensions: &Extensions) -> Extensions {
    let mut kept = Extensions::new();
    if let Some(caller) = extensions.get::<Caller>() {
        kept.insert(caller.clone());
    }
    if let Some(site) = extensions.get::<Site>() {
        kept.insert(site.clone());
    }
    kept
}

/// A form as it arrived.
struct SentForm {
    action: String,
    page: String,
    key: String,
    keep: bool,
    fields: Arc<[(String, String)]>,
}

impl SentForm {
    fn read(parts: &Parts, body: &[u8]) -> Self {
        let (mut page, mut key, mut keep, mut fields) = (None, String::new(), false, Vec::new());
        for (name, value) in form_urlencoded::parse(body).into_owned() {
            match name.as_str() {
                PAGE => page = Some(value),
                KEY => key = value,
                KEEP => keep = true,
                _ => fields.push((name, value)),
            }
        }
        Self {
            action: parts.uri.path().to_owned(),
            page: page
                .filter(|page| is_own_address(page))
                .unwrap_or_else(|| routes::OVERVIEW.to_owned()),
            key,
            keep,
            fields: fields.into(),
        }
    }

    /// The page of the form, with the fields that fit, where fields may stand in an address.
    fn return_address(&self) -> String {
        if !self.keep {
            return self.page.clone();
        }
        let mut left = LONGEST_QUERY;
        let fields = self.fields.iter().filter_map(|(name, value)| {
            let length: usize = byte_serialize(value.as_bytes()).map(str::len).sum();
            left = left.checked_sub(name.len() + length)?;
            let name = name.split_once('[').map_or(name.as_str(), |(_, rest)| rest);
            Some((name.trim_end_matches(']'), value.as_str()))
        });
        routes::with_query(self.page.split('?').next().unwrap_or_default(), fields)
    }
}

/// Whether a redirect to `address` stays on this portal.
fn is_own_address(address: &str) -> bool {
    address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && address.parse::<Uri>().is_ok()
}

fn accepts_html(request: &Request) -> bool {
    request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

fn problem(status: StatusCode, body: &[u8]) -> Problem {
    match serde_json::from_slice::<FormError>(body) {
        Ok(FormError(problem)) => problem,
        // There is no such function: the page is from another version of the portal.
        Err(_) if status == StatusCode::BAD_REQUEST => FormError::unreadable().0,
        Err(error) => {
            tracing::error!(%error, "a server function's error cannot be read");
            Problem::new(
                ProblemKind::Internal,
                "The portal could not finish this request.",
            )
        }
    }
}

fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The problem of a server function that gets this body from a browser without a session: whether its arguments can be
/// read.
#[cfg(test)]
pub(crate) async fn problem_without_session(function: &str, body: &str) -> Problem {
    let call = Request::post(function)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let answer = leptos_axum::handle_server_fns_with_context(|| (), call)
        .await
        .into_response();
    let (head, body) = answer.into_parts();
    problem(head.status, &to_bytes(body, usize::MAX).await.unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(body: &str) -> SentForm {
        let (parts, ()) = Request::post("/rpc/create-cluster")
            .body(())
            .unwrap()
            .into_parts();
        SentForm::read(&parts, body.as_bytes())
    }

    #[test]
    fn a_form_leads_back_to_pages_of_this_portal_only() {
        assert_eq!(form("_page=%2Fclusters%2Fnew").page, "/clusters/new");
        for elsewhere in [
            "https%3A%2F%2Fevil.example",
            "%2F%2Fevil.example",
            "%2F%5Cevil.example",
            "",
        ] {
            assert_eq!(form(&format!("_page={elsewhere}")).page, "/");
        }
    }

    #[test]
    fn fields_stand_in_an_address_only_if_the_form_says_so() {
        let body = "_page=%2Fclusters%2Fnew%3Fplan%3Dsmall&draft%5Bname%5D=ci&secret=s";
        assert_eq!(form(body).return_address(), "/clusters/new?plan=small");
        let kept = form(&format!("{body}&_keep=true")).return_address();
        assert_eq!(kept, "/clusters/new?name=ci&secret=s");
        let long = "x".repeat(LONGEST_QUERY);
        let fitting = form(&format!("draft[run]={long}&{body}&_keep=true")).return_address();
        assert_eq!(fitting, kept);
    }
}
