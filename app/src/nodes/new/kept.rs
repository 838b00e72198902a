//! Keeps the scripts of an order while somebody has to sign in again. They do not fit into the address that leads back;
//! the browser keeps them for this tab alone, until the form takes them back.

use leptos::prelude::*;
use leptos_router::params::ParamsMap;
use web_sys::Storage;

use super::draft::{Draft, SCRIPTS};

const KEY: &str = "hangar.node-order";

/// The parameter of the address that asks for what was kept.
const ASKS: &str = "kept";

/// Keeps the scripts, and returns the address that leads back to the form with everything.
pub fn keep(draft: &Draft) -> String {
    let scripts = SCRIPTS.map(|name| draft.get(name));
    let kept = serde_json::to_string(&scripts)
        .ok()
        .zip(storage())
        .is_some_and(|(json, storage)| storage.set_item(KEY, &json).is_ok());
    let address = draft.short_address();
    if kept {
        format!("{address}&{ASKS}=true")
    } else {
        address
    }
}

/// Gives back what was kept, if this address asks for it.
pub fn take_back(query: &ParamsMap, draft: &mut Draft) {
    let Some(storage) = storage() else { return };
    let Ok(Some(json)) = storage.get_item(KEY) else {
        return;
    };
    // Whether it is taken or not, nobody asks a second time.
    let _ = storage.remove_item(KEY);
    let scripts: Result<[String; SCRIPTS.len()], _> = serde_json::from_str(&json);
    if let (Some(_), Ok(scripts)) = (query.get(ASKS), scripts) {
        for (name, script) in SCRIPTS.into_iter().zip(scripts) {
            if draft.get(name).is_empty() {
                draft.set(name, script);
            }
        }
    }
}

/// None where the browser keeps nothing.
fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
