//! Who is asking: a browser's session or an API token, looked up anew for each request, so that suspension and lost
//! roles count at once. Nothing else says who somebody is; headers of proxies are not read.

use crate::{
    http::{layers::access_log, problem, session::SessionData},
    portal::Portal,
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use domain::{caller::Caller, ids::UserId, problem::Problem};
use http::{HeaderMap, header, request::Parts};
use persistence::error::internal;
use secrecy::{ExposeSecret, SecretString};
use std::{net::SocketAddr, sync::Arc};
use tower_sessions::{Session, session::Id};

use super::problem::ApiProblem;

/// What a request showed, to be looked at again for as long as its event stream lasts.
#[derive(Clone, Debug)]
pub enum Credential {
    /// A session.
    Session(Id),
    /// An API token.
    Token(SecretString),
}

/// Somebody has shown a credential that holds.
#[derive(Clone, Debug)]
pub struct Signed {
    /// What they showed.
    pub credential: Credential,
    /// Where they came from.
    pub source: Option<String>,
    /// Whose it is.
    pub user: UserId,
}

/// Where a request came from, for the audit log.
#[derive(Clone, Debug)]
pub struct Source(pub Option<String>);

/// Adds [`Source`] to the request, and [`Caller`] and [`Signed`] to that of somebody who is known.
pub async fn recognise(
    State(portal): State<Arc<Portal>>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let source = source(&portal, &request);
    request.extensions_mut().insert(Source(source.clone()));
    match look(&portal, request.headers(), &session, source).await {
        Ok(Some((caller, signed))) => {
            access_log::record_user(signed.user);
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(signed);
        }
        Ok(None) => {}
        Err(problem) => return problem::answer(problem, request.headers()),
    }
    next.run(request).await
}

/// Where the request came from, for the audit log.
fn source(portal: &Portal, request: &Request) -> Option<String> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    // Several headers are one list.
    let forwarded: Vec<_> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let origin = portal
        .trusted_proxies
        .origin(peer.ip(), Some(&forwarded.join(",")));
    Some(origin.to_string())
}

async fn look(
    portal: &Portal,
    headers: &HeaderMap,
    session: &Session,
    source: Option<String>,
) -> Result<Option<(Caller, Signed)>, Problem> {
    // A request with this header is the program's, whatever cookies came along.
    let (credential, caller) = if headers.contains_key(header::AUTHORIZATION) {
        let Some(secret) = bearer(headers) else {
            return Ok(None);
        };
        let caller = portal
            .token_caller(secret.expose_secret(), source.clone())
            .await?;
        (Credential::Token(secret), caller)
    } else {
        let data = SessionData::read(session)
            .await
            .map_err(|error| internal(&error))?;
        let (Some(id), Some(data)) = (session.id(), data) else {
            return Ok(None);
        };
        let caller = portal.session_caller(data.user, source.clone()).await?;
        (Credential::Session(id), caller)
    };
    Ok(caller.and_then(|caller| {
        let user = caller.user_id?;
        Some((
            caller,
            Signed {
                credential,
                source,
                user,
            },
        ))
    }))
}

impl Signed {
    /// Who this is now; `None`: the session or token has ended, or its owner may no longer come in.
    pub async fn caller_now(&self, portal: &Portal) -> Result<Option<Caller>, Problem> {
        match &self.credential {
            Credential::Session(id) => match portal.sessions.user(*id).await {
                Ok(Some(user)) => portal.session_caller(user, self.source.clone()).await,
                Ok(None) => Ok(None),
                Err(error) => Err(internal(&error)),
            },
            Credential::Token(secret) => {
                portal
                    .token_caller(secret.expose_secret(), self.source.clone())
                    .await
            }
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<SecretString> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| SecretString::from(token.trim()))
}

/// The caller of a handler that needs one; answers 401 to everybody else.
pub struct SignedIn(pub Caller, pub Signed);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let signed = parts.extensions.get::<Signed>().cloned();
        match (caller, signed) {
            (Some(caller), Some(signed)) => Ok(Self(caller, signed)),
            _ => Err(Problem::unauthenticated().into()),
        }
    }
}
