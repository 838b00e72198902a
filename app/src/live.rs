//! Hears from the server that something changed, and then looks again.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource};

/// Changes that come together are one reason to look again.
const SETTLE: Duration = Duration::from_millis(150);

/// Calls `look_again` soon after each message of the event stream at `address`, for as long as the surrounding view
/// lives. The browser connects again by itself when the stream breaks. When the portal has ended it for good, as it does
/// with the session, one last look tells why.
pub fn follow(address: impl Into<String>, look_again: impl Fn() + Clone + 'static) {
    let address = address.into();
    Effect::new(move || {
        let Ok(source) = EventSource::new(&address) else {
            return;
        };
        let pending = StoredValue::new(false);
        let look_again = look_again.clone();
        let soon = move || {
            if pending.get_value() {
                return;
            }
            pending.set_value(true);
            let look_again = look_again.clone();
            set_timeout(
                move || {
                    // Nothing is left to look at when the page has gone meanwhile.
                    if pending.try_set_value(false).is_none() {
                        look_again();
                    }
                },
                SETTLE,
            );
        };
        let on_message = {
            let soon = soon.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| soon())
        };
        let on_error = {
            let source = source.clone();
            Closure::<dyn FnMut(Event)>::new(move |_| {
                if source.ready_state() == EventSource::CLOSED {
                    soon();
                }
            })
        };
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // The stream and its callbacks live in the browser's single thread.
        let stream = StoredValue::new_local((source, on_message, on_error));
        on_cleanup(move || {
            stream.with_value(|(source, ..)| {
                source.set_onmessage(None);
                source.set_onerror(None);
                source.close();
            });
        });
    });
}
