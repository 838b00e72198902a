//! `/users/service-account-tokens*`: accounts for programs. Each account has exactly one token, which is shown once.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::authentication::Caller;
use super::body::Body;
use super::refusal::Refusal;
use super::users;
use crate::skypilot::Server;
use crate::skypilot::clock::now;
use crate::skypilot::names;
use crate::skypilot::python::repr;
use crate::skypilot::store::State as Known;
use crate::skypilot::users::{Role, Token, User, UserType, hex, token_hash};

const SECONDS_PER_DAY: i64 = 24 * 3600;

/// All of them, without the tokens.
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

pub async fn create(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    mut body: Body,
) -> Result<Json<Value>, Refusal> {
    let name = body.required_text("token_name").trim().to_owned();
    let days = body.integer("expires_in_days");
    let role = body.text("role");
    body.check()?;
    if !names::is_cluster_name(&name) {
        return Err(Refusal::bad(
            "Token name must contain only letters, numbers, and underscores. Please use a different name.",
        ));
    }
    check_days(days)?;
    let role = match role {
        Some(role) => grantable(&role, &caller)?,
        // As on a server whose default role is `user`; no account is more than whoever made it.
        None => caller.role.min(Role::User),
    };
    let user_id = format!("sa-{}", hex(&rand::random::<[u8; 8]>()));
    let failed =
        |why: String| Refusal::internal(format!("Failed to create service account token: {why}"));
    let taken = server
        .store
        .read(|state| state.users.iter().any(|user| user.name == name));
    if taken {
        return Err(failed(format!(
            "400: Service account with name {} already exists ({user_id}). Please use a different name.",
            repr(&name)
        )));
    }
    let new = server
        .signer
        .issue(&user_id, days.filter(|days| *days > 0))
        .map_err(|error| failed(error.to_string()))?;
    server.store.change(|state| {
        state.users.push(User {
            id: user_id.clone(),
            name: name.clone(),
            role,
            user_type: UserType::Sa,
            created_at: now(),
        });
        state.tokens.push(Token {
            id: new.id.clone(),
            name: name.clone(),
            hash: token_hash(&new.token),
            creator_id: caller.id.clone(),
            user_id: user_id.clone(),
            created_at: now(),
            last_used_at: None,
            expires_at: new.expires_at,
        });
    });
    Ok(Json(json!({
        "token_id": new.id,
        "token_name": name,
        "token": new.token,
        "expires_at": new.expires_at,
        "service_account_user_id": user_id,
        "creator_user_id": caller.id,
        "message": "Please save this token - it will not be shown again!",
    })))
}

pub async fn delete(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    mut body: Body,
) -> Result<Json<Value>, Refusal> {
    let id = body.required_text("token_id");
    body.check()?;
    server.store.change(|state| {
        let account = own(
            state,
            &id,
            &caller,
            "You can only delete your own tokens. Only admins can delete tokens owned by other users.",
        )?
        .user_id
        .clone();
        users::remove(state, &account)?;
        state.tokens.retain(|token| token.id != id);
        Ok(Json(json!({"message": "Token deleted successfully"})))
    })
}

/// Gives an account another token; the old one is void at once.
pub async fn rotate(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    mut body: Body,
) -> Result<Json<Value>, Refusal> {
    let id = body.required_text("token_id");
    let days = body.integer("expires_in_days");
    body.check()?;
    server.store.change(|state| {
        let token = own(
            state,
            &id,
            &caller,
            "You can only rotate your own tokens. Only admins can rotate tokens owned by other users.",
        )?;
        check_days(days)?;
        let days = match (days, token.expires_at) {
            (Some(0), _) | (None, None) => None,
            (Some(days), _) => Some(days),
            (None, Some(expires_at)) if expires_at > now() => {
                Some(((expires_at - now()) / SECONDS_PER_DAY).max(1))
            }
            (None, Some(_)) => Some(30),
        };
        let new = server
            .signer
            .issue(&token.user_id, days)
            .map_err(|_| Refusal::internal("Failed to rotate service account token"))?;
        token.hash = token_hash(&new.token);
        token.expires_at = new.expires_at;
        Ok(Json(json!({
            "token_id": id,
            "token_name": token.name,
            "token": new.token,
            "expires_at": new.expires_at,
            "service_account_user_id": token.user_id,
            "message": "Token rotated successfully! Please save this new token - it will not be shown again!",
        })))
    })
}

pub async fn update_role(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    mut body: Body,
) -> Result<Json<Value>, Refusal> {
    let id = body.required_text("token_id");
    let role = body.required_text("role");
    body.check()?;
    server.store.change(|state| {
        let account = own(
            state,
            &id,
            &caller,
            "You can only update roles for your own service accounts. Only admins can update roles for service accounts \
             owned by other users.",
        )?
        .user_id
        .clone();
        let granted = grantable(&role, &caller)?;
        if let Some(user) = state.users.iter_mut().find(|user| user.id == account) {
            user.role = granted;
        }
        Ok(Json(json!({
            "message": format!("Service account role updated to {role}"),
            "token_id": id,
            "service_account_user_id": account,
            "new_role": role,
        })))
    })
}

fn own<'a>(
    state: &'a mut Known,
    id: &str,
    caller: &Caller,
    otherwise: &str,
) -> Result<&'a mut Token, Refusal> {
    let token = state
        .tokens
        .iter_mut()
        .find(|token| token.id == id)
        .ok_or_else(|| Refusal::not_found("Token not found"))?;
    if caller.role != Role::Admin && token.creator_id != caller.id {
        return Err(Refusal::forbidden(otherwise));
    }
    Ok(token)
}

fn grantable(role: &str, caller: &Caller) -> Result<Role, Refusal> {
    let granted = Role::named(role).ok_or_else(|| {
        Refusal::bad(format!(
            "Invalid role {}. Supported roles: admin, user, viewer.",
            repr(role)
        ))
    })?;
    if granted == Role::Admin && caller.role != Role::Admin {
        return Err(Refusal::forbidden("Only admins can grant the admin role."));
    }
    Ok(granted)
}

fn check_days(days: Option<i64>) -> Result<(), Refusal> {
    if days.is_some_and(|days| days < 0) {
        return Err(Refusal::bad(
            "Expiration days must be positive or 0 for never expire",
        ));
    }
    Ok(())
}
