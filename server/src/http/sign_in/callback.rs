//! `GET /sign-in/{provider}/callback`: the provider's response, with a code or an error.

use super::{
    SignInMethod, attempt, attempt::Attempt, callback_address, refusal::Refusal, try_again,
};
use crate::{
    http::{
        identity::{Authenticated, Source},
        layers::host::Origin,
        session::SessionData,
    },
    portal::Portal,
};
use axum::{
    Extension,
    extract::{Path, Query, Request, State},
    response::{IntoResponse as _, Redirect, Response},
};
use domain::problem::ProblemKind;
use http::HeaderMap;
use serde::Deserialize;
use std::sync::Arc;
use tower_sessions::Session;

#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

pub async fn finish(
    State(portal): State<Arc<Portal>>,
    Path(slug): Path<String>,
    Query(answer): Query<Answer>,
    Extension(origin): Extension<Origin>,
    Extension(Source(source)): Extension<Source>,
    session: Session,
    request: Request,
) -> Response {
    let headers = request.headers();
    let attempt = match expected(&portal, headers, &slug, answer.state.as_deref()).await {
        Ok(attempt) => attempt,
        // The address was opened again after signing in: there is nothing to try again.
        Err(Refusal::NotUnderWay(_)) if request.extensions().get::<Authenticated>().is_some() => {
            return Redirect::to("/").into_response();
        }
        Err(refusal) => return try_again(&refusal, &slug, "/", headers),
    };
    let return_to = attempt.return_to.clone();
    let signing_in = async {
        let method = portal
            .sign_in_methods
            .get(&slug)
            .ok_or(Refusal::UnknownProvider)?;
        let redirect_uri = callback_address(&origin.0, &method.provider);
        sign_in(method, answer, attempt, redirect_uri, source, &session).await
    };
    match signing_in.await {
        Ok(()) => Redirect::to(&return_to).into_response(),
        Err(refusal) => try_again(&refusal, &slug, &return_to, headers),
    }
}

/// The attempt that this response belongs to: started in this browser, at this provider, recently, and unused.
async fn expected(
    portal: &Portal,
    headers: &HeaderMap,
    provider: &str,
    state: Option<&str>,
) -> Result<Attempt, Refusal> {
    let state = state.ok_or(Refusal::NotUnderWay("no state"))?;
    let attempt = attempt::take(portal, headers, state)
        .await
        .map_err(Refusal::Portal)?
        .ok_or(Refusal::NotUnderWay("unknown state"))?;
    if attempt.provider == provider {
        Ok(attempt)
    } else {
        Err(Refusal::NotUnderWay("another provider"))
    }
}

async fn sign_in(
    method: &SignInMethod,
    answer: Answer,
    attempt: Attempt,
    redirect_uri: String,
    source: Option<String>,
    session: &Session,
) -> Result<(), Refusal> {
    let provider = &method.provider;
    if answer
        .iss
        .is_some_and(|iss| iss != provider.settings().issuer_name)
    {
        return Err(Refusal::NotUnderWay("another issuer"));
    }
    if let Some(error) = answer.error {
        let known: String = error
            .chars()
            .filter(|c| c.is_ascii_graphic())
            .take(60)
            .collect();
        return Err(match known.as_str() {
            "temporarily_unavailable" | "server_error" => Refusal::Unavailable(known.into()),
            _ => Refusal::Denied(known),
        });
    }
    let code = answer.code.ok_or(Refusal::NotUnderWay("no code"))?;
    let authenticated = provider.redeem(code, attempt, redirect_uri).await?;
    let user = method
        .service
        .sign_in(authenticated.identity, source)
        .await
        .map_err(|problem| match problem.kind {
            ProblemKind::Forbidden => Refusal::Suspended,
            _ => Refusal::Portal(problem),
        })?;
    SessionData::new(user.id, &provider.settings().slug, authenticated.id_token)
        .begin(session)
        .await?;
    Ok(())
}
