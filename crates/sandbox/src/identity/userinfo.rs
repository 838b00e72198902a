//! The claims about a user, for the holder of an access token.

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
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let grants = provider.grants();
    let person = token
        .and_then(|token| grants.subject_of(token))
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
        "groups": [person.group],
        "cognito:groups": [person.group],
    })
}
