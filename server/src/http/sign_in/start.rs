//! `GET /sign-in/{provider}`: redirects to the provider.

use super::{attempt, callback_address, refusal::Refusal, return_to::safe_return_to, try_again};
use crate::{
    http::{identity::Authenticated, layers::host::Origin},
    portal::Portal,
};
use axum::{
    Extension,
    extract::{Path, Query, State},
    response::Redirect,
};
use serde::Deserialize;
use std::sync::Arc;
use tower_sessions::Session;

#[derive(Deserialize)]
pub struct StartQuery {
    return_to: Option<String>,
}

pub async fn start(
    State(portal): State<Arc<Portal>>,
    Path(slug): Path<String>,
    Query(query): Query<StartQuery>,
    Extension(origin): Extension<Origin>,
    signed: Option<Extension<Authenticated>>,
    session: Session,
) -> Redirect {
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
        attempt::remember(&session, started.attempt, signed.is_some()).await?;
        Ok(started.address)
    };
    match begin.await {
        Ok(address) => Redirect::to(address.as_str()),
        Err(refusal) => {
            if matches!(refusal, Refusal::Internal(_)) {
                // If storing fails now, it will fail with the response too.
                session.clear().await;
            }
            try_again(&refusal, &slug, &return_to)
        }
    }
}
