//! The token endpoint: exchanges a code for tokens, once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD as BASE64, URL_SAFE_NO_PAD as BASE64URL};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::error::OAuthError;
use super::grants::Grant;
use super::signing::{self, SigningKey};
use super::{Person, Provider};
use crate::faults::IdTokenFault;

/// Of tokens, in seconds.
const LIFETIME: i64 = 3600;

/// The form of RFC 6749 section 4.1.3.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct TokenRequest {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
    client_id: Option<String>,
    client_secret: Option<String>,
}

pub async fn redeem(
    State(provider): State<Arc<Provider>>,
    headers: HeaderMap,
    form: Result<axum::Form<TokenRequest>, FormRejection>,
) -> Result<Json<Value>, OAuthError> {
    let axum::Form(request) =
        form.map_err(|_| OAuthError::bad_request("invalid_request", "the body must be a form"))?;
    authenticate(&provider, &headers, &request)?;
    if request.grant_type != "authorization_code" {
        return Err(OAuthError::bad_request(
            "unsupported_grant_type",
            "only authorization_code is supported",
        ));
    }

    let grant = provider.grants().redeem(&request.code);
    let grant = grant.ok_or(OAuthError::invalid_grant(
        "the code is unknown, used or expired",
    ))?;
    if grant.redirect_uri != request.redirect_uri {
        return Err(OAuthError::invalid_grant(
            "redirect_uri is not the one of the authorization request",
        ));
    }
    if BASE64URL.encode(Sha256::digest(&request.code_verifier)) != grant.code_challenge {
        return Err(OAuthError::invalid_grant(
            "code_verifier does not match the code_challenge",
        ));
    }
    let person = provider
        .person_by_subject(&grant.subject)
        .ok_or(OAuthError::invalid_grant("the user is gone"))?;
    let now = super::unix_now();
    let expires = now + LIFETIME;
    let access_claims = json!({
        "iss": provider.issuer, "sub": person.subject, "client_id": provider.client.id, "jti": super::random_token(),
        "iat": now, "auth_time": grant.signed_in_at, "exp": expires, "scope": grant.scope, "token_use": "access",
        "cognito:groups": [person.group],
    });
    let access_token = provider.with_keys(|keys| keys.current().sign(&access_claims))??;
    provider
        .grants()
        .add_access_token(access_token.clone(), person.subject.clone());
    let id_claims = id_claims(&provider, person, &grant, now, expires, &access_token);
    let id_token = id_token(&provider, id_claims, &access_token)?;
    Ok(Json(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": LIFETIME,
        "scope": grant.scope,
        "id_token": id_token,
    })))
}

fn authenticate(
    provider: &Provider,
    headers: &HeaderMap,
    request: &TokenRequest,
) -> Result<(), OAuthError> {
    let (id, secret) = match (&request.client_id, &request.client_secret) {
        (Some(id), Some(secret)) => (id.clone(), secret.clone()),
        _ => headers
            .get(header::AUTHORIZATION)
            .and_then(|value| basic_credentials(value.to_str().ok()?))
            .ok_or_else(OAuthError::invalid_client)?,
    };
    if provider.client.authenticates(&id, &secret) {
        Ok(())
    } else {
        Err(OAuthError::invalid_client())
    }
}

/// Both halves are form-encoded before they are joined (RFC 6749 section 2.3.1).
fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let joined = String::from_utf8(BASE64.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = joined.split_once(':')?;
    Some((form_decoded(id), form_decoded(secret)))
}

fn form_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

fn id_claims(
    provider: &Provider,
    person: &Person,
    grant: &Grant,
    now: i64,
    expires: i64,
    access_token: &str,
) -> Value {
    let mut claims = super::userinfo::about(person);
    let digest = Sha256::digest(access_token);
    claims["iss"] = json!(provider.issuer);
    claims["aud"] = json!(provider.client.id);
    claims["iat"] = json!(now);
    claims["exp"] = json!(expires);
    claims["auth_time"] = json!(grant.signed_in_at);
    claims["token_use"] = json!("id");
    claims["at_hash"] = json!(BASE64URL.encode(&digest[..16]));
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = json!(nonce);
    }
    claims
}

fn id_token(
    provider: &Provider,
    mut claims: Value,
    access_token: &str,
) -> Result<String, OAuthError> {
    let fault = provider.faults.current().identity.id_token;
    match fault {
        Some(IdTokenFault::AlgorithmNone) => return Ok(signing::unsigned(&claims)),
        Some(IdTokenFault::WrongKey) => {
            let key_id = provider.with_keys(|keys| keys.current().id().to_owned())?;
            return Ok(SigningKey::generate()?.sign_as(&key_id, &claims)?);
        }
        Some(IdTokenFault::AccessToken) => return Ok(access_token.to_owned()),
        Some(IdTokenFault::WrongIssuer) => {
            claims["iss"] = json!(format!("{}/somebody-else", provider.issuer));
        }
        Some(IdTokenFault::WrongAudience) => claims["aud"] = json!("another-client"),
        Some(IdTokenFault::WrongNonce) => claims["nonce"] = json!("another-nonce"),
        Some(IdTokenFault::Expired) => {
            // Beyond any allowance for clocks that differ.
            claims["iat"] = json!(super::unix_now() - 7200);
            claims["exp"] = json!(super::unix_now() - 3600);
        }
        Some(IdTokenFault::GroupsOverage) => {
            if let Some(claims) = claims.as_object_mut() {
                claims.retain(|name, _| name != "groups" && name != "cognito:groups");
            }
            claims["_claim_names"] = json!({"groups": "src1"});
            let endpoint = "https://graph.microsoft.com/v1.0/users/1/getMemberObjects";
            claims["_claim_sources"] = json!({"src1": {"endpoint": endpoint}});
        }
        None => {}
    }
    Ok(provider.with_keys(|keys| keys.current().sign(&claims))??)
}
