//! `/users*`: who there is and what they may do. All of it is answered at once.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde_json::{Value, json};
use sha2::Digest as _;

use super::authentication::Caller;
use super::body::Body;
use super::refusal::Refusal;
use crate::skypilot::Server;
use crate::skypilot::clock::now;
use crate::skypilot::python::repr;
use crate::skypilot::store::State as Known;
use crate::skypilot::users::{Role, User, UserType, hex};

/// As long as SkyPilot's user hashes are.
const ID_LENGTH: usize = 8;

/// Everybody but service accounts.
pub async fn list(State(server): State<Arc<Server>>) -> Json<Value> {
    let people = server.store.read(|state| {
        state
            .users
            .iter()
            .filter(|user| user.user_type != UserType::Sa)
            .map(|user| {
                json!({
                    "id": user.id,
                    "name": user.name,
                    "created_at": user.created_at,
                    "role": user.role,
                    "user_type": user.user_type,
                })
            })
            .collect()
    });
    Json(people)
}

/// Who one is.
pub async fn role(Extension(caller): Extension<Caller>) -> Json<Value> {
    Json(json!({"id": caller.id, "name": caller.name, "role": caller.role}))
}

/// Adds a person. Nobody can sign in with the password here, so it is not kept.
pub async fn create(
    State(server): State<Arc<Server>>,
    mut body: Body,
) -> Result<Json<Value>, Refusal> {
    let name = body.required_text("username");
    let password = body.required_text("password");
    let role = body.text("role");
    body.check()?;
    if name.is_empty() || password.is_empty() {
        return Err(Refusal::bad("Username and password are required"));
    }
    let role = match role.as_deref() {
        None | Some("") => Role::User,
        Some(role) => {
            Role::named(role).ok_or_else(|| Refusal::bad(format!("Invalid role: {role}")))?
        }
    };
    server.store.change(|state| {
        if state.users.iter().any(|user| user.name == name) {
            return Err(Refusal::bad(format!("User {} already exists", repr(&name))));
        }
        state.users.push(User {
            id: person_id(&name),
            name: name.clone(),
            role,
            user_type: UserType::Basic,
            created_at: now(),
        });
        Ok(Json(Value::Null))
    })
}

/// Changes a role.
pub async fn update(
    State(server): State<Arc<Server>>,
    Extension(caller): Extension<Caller>,
    mut body: Body,
) -> Result<Json<Value>, Refusal> {
    let id = body.required_text("user_id");
    let role = body.text("role");
    let password = body.text("password");
    body.check()?;
    let role = role
        .map(|role| Role::named(&role).ok_or_else(|| Refusal::bad(format!("Invalid role: {role}"))))
        .transpose()?;
    server.store.change(|state| {
        let changed = role.filter(|role| state.user(&id).is_none_or(|user| user.role != *role));
        if caller.role != Role::Admin {
            if changed.is_some() {
                return Err(Refusal::forbidden("Only admin can update user role"));
            }
            if password.is_some() && id != caller.id {
                return Err(Refusal::forbidden(
                    "Only admin can update password for other users",
                ));
            }
        }
        let user = existing(state, &id)?;
        if let Some(role) = changed {
            if user.is_internal() {
                return Err(Refusal::bad(format!(
                    "Cannot update role for internal API server user {}",
                    user.name
                )));
            }
            user.role = role;
        }
        Ok(Json(Value::Null))
    })
}

/// Removes somebody who has no clusters.
pub async fn delete(
    State(server): State<Arc<Server>>,
    mut body: Body,
) -> Result<Json<Value>, Refusal> {
    let id = body.required_text("user_id");
    body.check()?;
    server.store.change(|state| remove(state, &id))?;
    Ok(Json(Value::Null))
}

/// Removes a person or a service account.
pub fn remove(state: &mut Known, id: &str) -> Result<(), Refusal> {
    let user = existing(state, id)?;
    if user.is_internal() {
        return Err(Refusal::bad(format!(
            "Cannot delete internal API server user {}",
            user.name
        )));
    }
    state
        .check_without_clusters(id)
        .map_err(|exception| Refusal::bad(exception.message))?;
    state.users.retain(|user| user.id != id);
    Ok(())
}

fn existing<'a>(state: &'a mut Known, id: &str) -> Result<&'a mut User, Refusal> {
    state
        .users
        .iter_mut()
        .find(|user| user.id == id)
        .ok_or_else(|| Refusal::bad(format!("User {id} does not exist")))
}

/// A person's id follows from their name. The real server takes MD5; any hash will do.
fn person_id(name: &str) -> String {
    let mut id = hex(&sha2::Sha256::digest(name.as_bytes()));
    id.truncate(ID_LENGTH);
    id
}
