//! Sign-out at the provider (OpenID Connect RP-Initiated Logout 1.0). The provider asks anew who somebody is at each
//! sign-in, so there is no session of its own to end; what counts is where the browser goes then.

use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;

use super::client::is_on_this_machine;
use super::{Provider, chooser};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct EndSessionRequest {
    id_token_hint: Option<String>,
    client_id: Option<String>,
    post_logout_redirect_uri: Option<String>,
    state: Option<String>,
}

pub async fn by_link(
    State(provider): State<Arc<Provider>>,
    Query(request): Query<EndSessionRequest>,
) -> Response {
    end(&provider, &request)
}

pub async fn by_form(
    State(provider): State<Arc<Provider>>,
    Form(request): Form<EndSessionRequest>,
) -> Response {
    end(&provider, &request)
}

fn end(provider: &Provider, request: &EndSessionRequest) -> Response {
    if !client_is_known(provider, request) {
        return chooser::problem(
            StatusCode::BAD_REQUEST,
            "The request to sign out does not come from an application that is known here.",
        )
        .into_response();
    }
    let Some(target) = &request.post_logout_redirect_uri else {
        return chooser::signed_out().into_response();
    };
    let identified = request.client_id.is_some() || request.id_token_hint.is_some();
    match Url::parse(target) {
        Ok(mut uri) if identified && is_on_this_machine(&uri) => {
            if let Some(state) = &request.state {
                uri.query_pairs_mut().append_pair("state", state);
            }
            Redirect::to(uri.as_str()).into_response()
        }
        _ => chooser::problem(
            StatusCode::BAD_REQUEST,
            "You are signed out, but the address to go to next is not registered.",
        )
        .into_response(),
    }
}

/// A hint may have expired; it must still be a token of ours for the client that is named.
fn client_is_known(provider: &Provider, request: &EndSessionRequest) -> bool {
    let named = request
        .client_id
        .as_ref()
        .is_none_or(|id| *id == provider.client.id);
    let hinted = request.id_token_hint.as_ref().is_none_or(|token| {
        provider
            .with_keys(|keys| keys.verify(token))
            .ok()
            .flatten()
            .is_some_and(|claims| claims["aud"] == provider.client.id.as_str())
    });
    named && hinted
}
