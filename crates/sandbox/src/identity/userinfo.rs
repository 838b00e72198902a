//! What a client may know about the person, with an access token.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::error::OAuthError;
use super::{Person, Provider};

pub async fn claims(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
) -> Result<Json<Value>, OAuthError> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(OAuthError::invalid_token)?;
    let claims = provider
        .with_keys(|keys| keys.verify(token))?
        .ok_or_else(OAuthError::invalid_token)?;
    let valid = claims["token_use"] == "access"
        && claims["exp"].as_i64() > Some(super::unix_now())
        && claims["jti"]
            .as_str()
            .is_some_and(|id| !provider.grants().is_revoked(id));
    let person = claims["sub"]
        .as_str()
        .filter(|_| valid)
        .and_then(|subject| provider.person_by_subject(subject))
        .ok_or_else(OAuthError::invalid_token)?;
    Ok(Json(about(person)))
}

pub fn about(person: &Person) -> Value {
    json!({
        "sub": person.subject,
        "name": person.name,
        "email": person.email,
        "email_verified": person.email_verified,
        "groups": person.groups,
        "cognito:groups": person.groups,
    })
}
