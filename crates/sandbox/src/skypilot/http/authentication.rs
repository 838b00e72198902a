//! Service accounts authenticate with a bearer token; only the health check answers without one.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refusal::Refusal;
use crate::skypilot::Server;
use crate::skypilot::clock::now;
use crate::skypilot::users::{Role, TOKEN_PREFIX, token_hash};

/// The last use of a token is written at most this often, in seconds.
const LAST_USED_INTERVAL: i64 = 60;
const FOR_ADMINS: [&str; 2] = ["/workspaces/create", "/workspaces/update"];

#[derive(Clone, Debug)]
pub struct Caller {
    pub id: String,
    pub name: String,
    pub role: Role,
}

impl Caller {
    /// The user whose requests this caller may see; `None`: everyone's.
    pub fn scope(&self) -> Option<&str> {
        (self.role != Role::Admin).then_some(self.id.as_str())
    }
}

pub async fn authenticate(
    State(server): State<Arc<Server>>,
    mut request: Request,
    next: Next,
) -> Response {
    let header = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let bearer = header.as_deref().and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        (scheme.eq_ignore_ascii_case("bearer") && token.starts_with("sky_")).then_some(token)
    });
    let path = request.uri().path();
    let refusal = match (bearer, header.is_some()) {
        (Some(token), _) => match identify(&server, token) {
            Ok(caller) if caller.role != Role::Admin && FOR_ADMINS.contains(&path) => {
                Refusal::forbidden("Forbidden")
            }
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                return next.run(request).await;
            }
            Err(reason) => Refusal::bad_token(reason),
        },
        _ if path == "/api/health" => return next.run(request).await,
        (None, true) => Refusal::anonymous("Invalid credentials"),
        (None, false) => Refusal::anonymous("Authentication required"),
    };
    refusal.into_response()
}

fn identify(server: &Server, token: &str) -> Result<Caller, &'static str> {
    if !token.starts_with(TOKEN_PREFIX) {
        return Err("Invalid or expired service account token");
    }
    let hash = token_hash(token);
    let unauthorized = server.faults.current().skypilot.unauthorized;
    let (caller, stale) = server.store.read(|state| {
        let row = state
            .tokens
            .iter()
            .find(|row| row.hash == hash)
            .filter(|_| !unauthorized)
            .ok_or("Service account token revoked or rotated")?;
        let user = state
            .user(&row.user_id)
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
