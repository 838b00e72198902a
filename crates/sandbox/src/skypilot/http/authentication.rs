//! Who calls. Service accounts bring a bearer token; without one, only the health check answers.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use crate::skypilot::Server;
use crate::skypilot::clock::now;
use crate::skypilot::users::{Role, token_hash};

/// How often the last use of a token is written down at most, in seconds.
const LAST_USED_INTERVAL: i64 = 60;

#[derive(Clone, Debug)]
pub struct Caller {
    pub id: String,
    pub name: String,
    pub role: Role,
}

impl Caller {
    /// Whose requests this caller may see: `None` for everybody's.
    pub fn scope(&self) -> Option<&str> {
        (self.role != Role::Admin).then_some(self.id.as_str())
    }
}

/// Lets in who has a token that is valid, and anybody for the health check.
pub async fn authenticate(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let refusal = match given.as_deref() {
        Some(given) if is_token(given) => {
            match identify(
                &server,
                given.split_once(' ').map_or("", |(_, token)| token),
            ) {
                Ok(caller) => {
                    request.extensions_mut().insert(caller);
                    return next.run(request).await;
                }
                Err(reason) => Refusal::bad_token(reason),
            }
        }
        _ if request.uri().path() == "/api/health" => return next.run(request).await,
        Some(_) => Refusal::anonymous("Invalid credentials"),
        None => Refusal::anonymous("Authentication required"),
    };
    refusal.into_response()
}

fn is_token(header: &str) -> bool {
    header.split_once(' ').is_some_and(|(scheme, token)| {
        scheme.eq_ignore_ascii_case("bearer") && token.starts_with("sky_")
    })
}

fn identify(server: &Server, token: &str) -> Result<Caller, &'static str> {
    let claims = server
        .signer
        .verify(token)
        .map_err(|_| "Invalid or expired service account token")?;
    let hash = token_hash(token);
    let unauthorized = server.faults.current().skypilot.unauthorized;
    let (caller, stale) = server.store.read(|state| {
        // Matched by the hash, so that deletion and rotation count at once.
        let row = state
            .tokens
            .iter()
            .find(|row| row.hash == hash)
            .filter(|_| !unauthorized)
            .ok_or("Service account token revoked or rotated")?;
        let user = state
            .user(&claims.user_id)
            .ok_or("Service account user no longer exists")?;
        let caller = Caller {
            id: user.id.clone(),
            name: user.name.clone(),
            role: user.role,
        };
        let stale = row
            .last_used_at
            .is_none_or(|used| now() - used >= LAST_USED_INTERVAL);
        Ok::<_, &'static str>((caller, stale))
    })?;
    if stale {
        server.store.change(|state| {
            if let Some(row) = state.tokens.iter_mut().find(|row| row.hash == hash) {
                row.last_used_at = Some(now());
            }
        });
    }
    Ok(caller)
}
