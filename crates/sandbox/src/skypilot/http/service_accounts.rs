//! `/users/service-account-tokens*`: accounts for programs. Each account has exactly one token, which is shown once.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::authentication::Caller;
use super::call::Call;
use super::refusal::Refusal;
use crate::skypilot::Server;
use crate::skypilot::clock::now;
use crate::skypilot::python::repr;
use crate::skypilot::store::State as ServerState;
use crate::skypilot::users::{Role, Token, User, hex, new_token, token_hash};

const SECONDS_PER_DAY: i64 = 24 * 3600;

/// All accounts, without their tokens.
pub async fn list(State(server): State<Arc<Server>>) -> Json<Value> {
    let rows = server.store.read(|state| {
        let row = |token: &Token| {
            let account = state.user(&token.user_id);
            json!({
                "token_id": token.id,
                "token_name": token.name,
                "created_at": token.created_at,
                "last_used_at": token.last_used_at,
                "expires_at": token.expires_at,
                "creator_user_hash": token.creator_id,
                "service_account_user_id": token.user_id,
                "creator_name": state.user_name(&token.creator_id),
                "service_account_name": account.map_or(&token.name, |account| &account.name),
                "service_account_roles": account.iter().map(|account| account.role).collect::<Vec<_>>(),
            })
        };
        state.tokens.iter().map(row).collect()
    });
    Json(rows)
}

#[derive(Deserialize)]
pub struct CreateBody {
    token_name: String,
    role: Option<Role>,
    #[serde(default)]
    expires_in_days: i64,
}

pub async fn create(call: Call<CreateBody>) -> Result<Json<Value>, Refusal> {
    let (caller, name) = (call.caller, call.body.token_name);
    let user_id = format!("sa-{}", hex(&rand::random::<[u8; 8]>()));
    let (id, token) = (hex(&rand::random::<[u8; 8]>()), new_token());
    let expires_at = expiry(call.body.expires_in_days);
    call.server.store.change(|state| {
        if state.users.iter().any(|user| user.name == name) {
            return Err(Refusal::internal(format!(
                "Failed to create service account token: 400: Service account with name {} already exists ({user_id}). \
                 Please use a different name.",
                repr(&name)
            )));
        }
        state.users.push(User {
            id: user_id.clone(),
            name: name.clone(),
            role: call.body.role.unwrap_or(Role::User).min(caller.role),
        });
        state.tokens.push(Token {
            id: id.clone(),
            name: name.clone(),
            hash: token_hash(&token),
            creator_id: caller.id.clone(),
            user_id: user_id.clone(),
            created_at: now(),
            last_used_at: None,
            expires_at,
        });
        Ok(())
    })?;
    Ok(Json(json!({
        "token_id": id,
        "token_name": name,
        "token": token,
        "expires_at": expires_at,
        "service_account_user_id": user_id,
        "creator_user_id": caller.id,
        "message": "Please save this token - it will not be shown again!",
    })))
}

#[derive(Deserialize)]
pub struct RotateBody {
    token_id: String,
    #[serde(default)]
    expires_in_days: i64,
}

/// Gives an account another token; the old one is invalid immediately.
pub async fn rotate(call: Call<RotateBody>) -> Result<Json<Value>, Refusal> {
    let RotateBody {
        token_id,
        expires_in_days,
    } = call.body;
    call.server.store.change(|state| {
        let row = own(state, &token_id, &call.caller)?;
        let token = new_token();
        row.hash = token_hash(&token);
        row.expires_at = expiry(expires_in_days);
        Ok(Json(json!({
            "token_id": token_id,
            "token_name": row.name,
            "token": token,
            "expires_at": row.expires_at,
            "service_account_user_id": row.user_id,
            "message": "Token rotated successfully! Please save this new token - it will not be shown again!",
        })))
    })
}

#[derive(Deserialize)]
pub struct RoleBody {
    token_id: String,
    role: Role,
}

pub async fn update_role(call: Call<RoleBody>) -> Result<Json<Value>, Refusal> {
    let RoleBody { token_id, role } = call.body;
    if role > call.caller.role {
        return Err(Refusal::forbidden("Only admins can grant the admin role."));
    }
    call.server.store.change(|state| {
        let account = own(state, &token_id, &call.caller)?.user_id.clone();
        if let Some(user) = state.users.iter_mut().find(|user| user.id == account) {
            user.role = role;
        }
        Ok(Json(json!({
            "message": format!("Service account role updated to {}", role.name()),
            "token_id": token_id,
            "service_account_user_id": account,
            "new_role": role,
        })))
    })
}

fn own<'a>(
    state: &'a mut ServerState,
    id: &str,
    caller: &Caller,
) -> Result<&'a mut Token, Refusal> {
    let token = state.tokens.iter_mut().find(|token| token.id == id);
    let token = token.ok_or_else(|| Refusal::not_found("Token not found"))?;
    if caller.role != Role::Admin && token.creator_id != caller.id {
        return Err(Refusal::forbidden("You can only change your own tokens."));
    }
    Ok(token)
}

/// Seconds since 1970; zero days are for ever.
fn expiry(days: i64) -> Option<i64> {
    (days > 0).then(|| now() + days * SECONDS_PER_DAY)
}
