//! The authorization endpoint: checks the request, lets the user choose who they are, and redirects back with a code.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::{Deserialize, Serialize};
use url::Url;

use super::grants::Grant;
use super::{Person, Provider, chooser};

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthorizationRequest {
    pub client_id: String,
    pub redirect_uri: String,
    pub response_type: String,
    pub scope: String,
    pub state: Option<String>,
    pub nonce: Option<String>,
    pub code_challenge: String,
    pub code_challenge_method: String,
}

/// The form of the page: the request again, and the email of the chosen person, empty if the user cancelled.
#[derive(Debug, Deserialize)]
pub struct Choice {
    #[serde(flatten)]
    request: AuthorizationRequest,
    #[serde(default)]
    person: String,
}

/// An error that goes back to the client by redirect (RFC 6749 section 4.1.2.1).
struct Refusal(&'static str, &'static str);

pub async fn ask(
    State(provider): State<Arc<Provider>>,
    Query(request): Query<AuthorizationRequest>,
) -> Response {
    let redirect = match checked_redirect(&provider, &request) {
        Ok(redirect) => redirect,
        Err(response) => return response,
    };
    if let Err(refusal) = check(&request) {
        return refused(&provider, &request, redirect, refusal);
    }
    chooser::page(&request, &provider.people, &redirect)
}

pub async fn choose(
    State(provider): State<Arc<Provider>>,
    Form(Choice { request, person }): Form<Choice>,
) -> Response {
    let redirect = match checked_redirect(&provider, &request) {
        Ok(redirect) => redirect,
        Err(response) => return response,
    };
    // The fields came back through the browser and may have been changed.
    if let Err(refusal) = check(&request) {
        return refused(&provider, &request, redirect, refusal);
    }
    match provider.person(&person) {
        Some(person) => granted(&provider, &request, redirect, person),
        None => refused(
            &provider,
            &request,
            redirect,
            Refusal("access_denied", "no user was chosen"),
        ),
    }
}

/// Without a known client and an allowed address the browser shows the error.
#[allow(
    clippy::result_large_err,
    reason = "the error is the whole answer, and rare"
)]
fn checked_redirect(provider: &Provider, request: &AuthorizationRequest) -> Result<Url, Response> {
    let problem = if request.client_id != provider.client.id {
        "The application that sent you here is not known to this identity provider."
    } else {
        match Url::parse(&request.redirect_uri) {
            Ok(uri) if provider.client.allows_redirect_to(&uri) => return Ok(uri),
            _ => {
                "The application asked to be answered at an address that is not registered for it."
            }
        }
    };
    Err(chooser::problem(StatusCode::BAD_REQUEST, problem))
}

fn check(request: &AuthorizationRequest) -> Result<(), Refusal> {
    if request.response_type != "code" {
        return Err(Refusal(
            "unsupported_response_type",
            "only response_type=code is supported",
        ));
    }
    if !request.scope.split(' ').any(|scope| scope == "openid") {
        return Err(Refusal("invalid_scope", "the scope openid is missing"));
    }
    if request.code_challenge_method != "S256" {
        return Err(Refusal(
            "invalid_request",
            "PKCE with code_challenge_method=S256 is required",
        ));
    }
    let challenge = BASE64URL.decode(&request.code_challenge);
    if !challenge.is_ok_and(|digest| digest.len() == 32) {
        return Err(Refusal(
            "invalid_request",
            "code_challenge is not a SHA-256 digest in base64url",
        ));
    }
    Ok(())
}

fn granted(
    provider: &Provider,
    request: &AuthorizationRequest,
    redirect: Url,
    person: &Person,
) -> Response {
    let code = provider.grants().add(Grant {
        subject: person.subject.clone(),
        redirect_uri: request.redirect_uri.clone(),
        code_challenge: request.code_challenge.clone(),
        nonce: request.nonce.clone(),
        scope: request.scope.clone(),
        signed_in_at: super::unix_now(),
        expires: Instant::now() + super::CODE_LIFETIME,
    });
    send_back(provider, request, redirect, &[("code", &code)])
}

fn refused(
    provider: &Provider,
    request: &AuthorizationRequest,
    redirect: Url,
    Refusal(error, description): Refusal,
) -> Response {
    send_back(
        provider,
        request,
        redirect,
        &[("error", error), ("error_description", description)],
    )
}

fn send_back(
    provider: &Provider,
    request: &AuthorizationRequest,
    mut redirect: Url,
    parameters: &[(&str, &str)],
) -> Response {
    {
        let mut query = redirect.query_pairs_mut();
        query.extend_pairs(parameters);
        if let Some(state) = &request.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &provider.issuer);
    }
    Redirect::to(redirect.as_str()).into_response()
}
