//! `GET /sign-in/{provider}`: redirects to the provider.

use super::{attempt, callback_address, refusal::Refusal, return_to::safe_return_to, try_again};
use crate::{http::layers::host::Origin, portal::Portal};
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::{IntoResponse as _, Redirect, Response},
};
use http::HeaderMap;
use serde::Deserialize;
use std::sync::Arc;

#[derive(Deserialize)]
pub struct StartQuery {
    return_to: Option<String>,
}

pub async fn start(
    State(portal): State<Arc<Portal>>,
    Path(slug): Path<String>,
    Query(query): Query<StartQuery>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
) -> Response {
    let return_to = safe_return_to(query.return_to.as_deref());
    let begin = async {
        let method = portal
            .sign_in_methods
            .get(&slug)
            .ok_or(Refusal::UnknownProvider)?;
        let started = method
            .provider
            .start(
                callback_address(&origin.0, &method.provider),
                return_to.clone(),
            )
            .await?;
        let cookies = attempt::cookies(&portal, &headers, &started.attempt)
            .ok_or_else(|| Refusal::misconfigured("the attempt cannot be sealed"))?;
        Ok((cookies, Redirect::to(started.address.as_str())).into_response())
    };
    begin
        .await
        .unwrap_or_else(|refusal| try_again(&refusal, &slug, &return_to, &headers))
}
