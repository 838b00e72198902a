//! Authentication: a browser's session or an API token, looked up on each request, so that suspension and removed
//! roles take effect immediately. Identity headers of proxies are ignored.

use crate::{
    http::{layers::access_log, problem, session::SessionData, wrong_tokens::Advice},
    portal::Portal,
};
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::Response,
};
use domain::{
    caller::Caller,
    ids::UserId,
    problem::{Problem, ProblemKind},
};
use http::{HeaderMap, header, request::Parts};
use persistence::error::internal;
use provisioning::account::token_digest;
use secrecy::{ExposeSecret, SecretString};
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Instant,
};
use tower_sessions::{Session, session::Id};

use super::problem::ApiProblem;

/// The credential of a request, checked again while its event stream is open.
#[derive(Clone, Debug)]
pub enum Credential {
    Session(Id),
    Token(SecretString),
}

/// A valid credential and its user.
#[derive(Clone, Debug)]
pub struct Authenticated {
    pub credential: Credential,
    pub source: Option<String>,
    pub user: UserId,
}

/// The client's address, for the audit log.
#[derive(Clone, Debug)]
pub struct Source(pub Option<String>);

/// Adds [`Source`] to the request and, if the credential is valid, [`Caller`] and [`Authenticated`].
pub async fn recognise(
    State(portal): State<Arc<Portal>>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let address = client_address(&portal, &request);
    let source = Source(address.map(|address| address.to_string()));
    request.extensions_mut().insert(source);
    match authenticate(&portal, request.headers(), &session, address).await {
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

fn client_address(portal: &Portal, request: &Request) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let proxies = &portal.trusted_proxies;
    Some(proxies.client_address(peer.ip(), request.headers()))
}

async fn authenticate(
    portal: &Portal,
    headers: &HeaderMap,
    session: &Session,
    address: Option<IpAddr>,
) -> Result<Option<(Caller, Authenticated)>, Problem> {
    let source = address.map(|address| address.to_string());
    // A request with this header comes from a program; its cookies are ignored.
    let (credential, caller) = if headers.contains_key(header::AUTHORIZATION) {
        let Some(secret) = bearer(headers) else {
            return Ok(None);
        };
        let caller = token_caller(portal, secret.expose_secret(), address).await?;
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
            Authenticated {
                credential,
                source,
                user,
            },
        ))
    }))
}

/// The caller of an API token. Only so many wrong ones of an address are looked up.
async fn token_caller(
    portal: &Portal,
    secret: &str,
    address: Option<IpAddr>,
) -> Result<Option<Caller>, Problem> {
    let source = address.map(|address| address.to_string());
    let Some(address) = address else {
        return portal.token_caller(secret, source).await;
    };
    let (digest, now) = (token_digest(secret), Instant::now());
    match portal.wrong_tokens.advise(address, &digest, now) {
        Advice::LookUp => {}
        Advice::Wrong => return Ok(None),
        Advice::TooMany => {
            let detail = "Too many invalid API tokens were sent from this address.";
            return Err(Problem::new(ProblemKind::TooManyRequests, detail)
                .code("too_many_invalid_tokens")
                .next("Check the token, then try again in a minute."));
        }
    }
    let caller = portal.token_caller(secret, source).await?;
    let is_right = caller.is_some();
    portal.wrong_tokens.note(address, digest, is_right, now);
    Ok(caller)
}

impl Authenticated {
    /// The current caller; `None`: the session or token has ended, or its owner has no access any more.
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

/// The caller of a handler that requires one; responds 401 otherwise.
pub struct SignedIn(pub Caller, pub Authenticated);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        let caller = parts.extensions.get::<Caller>().cloned();
        let signed = parts.extensions.get::<Authenticated>().cloned();
        match (caller, signed) {
            (Some(caller), Some(signed)) => Ok(Self(caller, signed)),
            _ => Err(Problem::unauthenticated().into()),
        }
    }
}
