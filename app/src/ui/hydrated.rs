//! Whether the page has come alive.

use leptos::prelude::*;

/// False on the server and while hydrating, true afterwards. For what only works with the wasm there, so that both
/// sides first render the same.
pub fn use_hydrated() -> ReadSignal<bool> {
    let (hydrated, set_hydrated) = signal(false);
    Effect::new(move || set_hydrated.set(true));
    hydrated
}
