//! Sign-out (OpenID Connect RP-Initiated Logout 1.0). The provider keeps no sessions, so it only redirects.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use url::Url;

use super::chooser;
use super::client::is_on_this_machine;

#[derive(Debug, Deserialize)]
pub struct EndSessionRequest {
    post_logout_redirect_uri: Option<Url>,
    state: Option<String>,
}

pub async fn end(Query(request): Query<EndSessionRequest>) -> Response {
    let Some(mut uri) = request.post_logout_redirect_uri else {
        return chooser::signed_out();
    };
    if !is_on_this_machine(&uri) {
        return chooser::problem(
            StatusCode::BAD_REQUEST,
            "You are signed out, but the address to go to next is not registered.",
        );
    }
    if let Some(state) = &request.state {
        uri.query_pairs_mut().append_pair("state", state);
    }
    Redirect::to(uri.as_str()).into_response()
}
