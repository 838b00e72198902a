//! `/users*`: who there is and what they may do. All of it is answered at once.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::authentication::Caller;
use super::refusal::Refusal;
use crate::skypilot::Server;
use crate::skypilot::store::State as Known;
use crate::skypilot::users::{User, UserType};

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

pub async fn role(Extension(caller): Extension<Caller>) -> Json<Value> {
    Json(json!({"id": caller.id, "name": caller.name, "role": caller.role}))
}

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
