//! `POST /sign-out`: ends the session here and, if the provider supports it, there.

use super::PAGE;
use crate::{
    http::{
        layers::host::Origin,
        plain_page::{escaped, page},
        problem,
        session::SessionData,
    },
    portal::Portal,
};
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use domain::caller::Caller;
use http::{HeaderMap, StatusCode};
use persistence::error::internal;
use std::sync::Arc;
use tower_sessions::Session;

pub async fn sign_out(
    State(portal): State<Arc<Portal>>,
    Extension(origin): Extension<Origin>,
    caller: Option<Extension<Caller>>,
    session: Session,
    headers: HeaderMap,
) -> Response {
    let data = SessionData::read(&session).await.ok().flatten();
    // First, so that a later failure leaves no session. One that cannot be deleted keeps its cookie, to try again.
    let ended = match session.delete().await {
        Ok(()) => session.flush().await,
        failed => failed,
    };
    if let Err(error) = ended {
        return problem::answer(internal(&error), &headers);
    }
    let back = format!("{}{PAGE}", origin.0);
    let Some(data) = data else {
        return Redirect::to(PAGE).into_response();
    };
    let Some(method) = portal.sign_in_methods.get(&data.provider) else {
        return Redirect::to(PAGE).into_response();
    };
    if let Some(Extension(caller)) = caller
        && let Err(problem) = method.service.sign_out(&caller).await
    {
        tracing::error!(%problem, "cannot record a sign-out");
    }
    let provider = &method.provider;
    match provider.end_session(data.id_token.as_deref(), &back).await {
        Some(address) => go_on(&provider.settings().title, address.as_str()),
        None => Redirect::to(PAGE).into_response(),
    }
}

/// A page that continues to the provider. A redirect would count as the form's target, which the content security
/// policy restricts to the portal.
fn go_on(provider: &str, address: &str) -> Response {
    let address = escaped(address);
    let head = format!("<meta http-equiv=\"refresh\" content=\"0; url={address}\">");
    let body = format!(
        "<p>You are signed out of the portal. <a href=\"{address}\">Sign out of {} too</a></p>",
        escaped(provider)
    );
    page(StatusCode::OK, "Signing out", &head, &body)
}
