//! What the provider is and which keys it signs with.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Provider;
use super::error::OAuthError;

pub async fn configuration(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let base = &provider.issuer;
    let issuer = if provider.faults.current().identity.wrong_issuer {
        format!("{base}/somebody-else")
    } else {
        base.clone()
    };
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "jwks_uri": format!("{base}/jwks"),
        "end_session_endpoint": format!("{base}/end-session"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "email", "profile"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

pub async fn keys(State(provider): State<Arc<Provider>>) -> Result<Json<Value>, OAuthError> {
    Ok(Json(provider.with_keys(|keys| keys.jwks())?))
}
