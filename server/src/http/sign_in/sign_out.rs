//! `POST /sign-out`: the session ends here and, where the provider has a place for it, there.

use super::PAGE;
use crate::{
    http::{layers::host::Origin, session::SessionData},
    portal::Portal,
};
use axum::{Extension, extract::State, response::Redirect};
use domain::caller::Caller;
use std::sync::Arc;
use tower_sessions::Session;

pub async fn sign_out(
    State(portal): State<Arc<Portal>>,
    Extension(origin): Extension<Origin>,
    caller: Option<Extension<Caller>>,
    session: Session,
) -> Redirect {
    let data = SessionData::read(&session).await.ok().flatten();
    // Ended first: whatever fails afterwards, nobody stays signed in.
    if let Err(error) = session.flush().await {
        tracing::error!(%error, "a session could not be ended");
    }
    let back = format!("{}{PAGE}", origin.0);
    let Some(data) = data else {
        return Redirect::to(PAGE);
    };
    let Some(door) = portal.doors.get(&data.provider) else {
        return Redirect::to(PAGE);
    };
    if let Some(Extension(caller)) = caller
        && let Err(problem) = door.service.sign_out(&caller).await
    {
        tracing::error!(%problem, "a sign-out could not be recorded");
    }
    match door
        .provider
        .end_session(data.id_token.as_deref(), &back)
        .await
    {
        Some(address) => Redirect::to(address.as_str()),
        None => Redirect::to(PAGE),
    }
}
