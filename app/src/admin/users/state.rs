//! Whether a user has access, and when they last used it.

use jiff::Timestamp;
use leptos::prelude::*;

use crate::ui::{Badge, RelativeTime, Tone};

#[component]
pub fn UserState(suspended: bool) -> impl IntoView {
    let (tone, label) = if suspended {
        (Tone::Bad, "Suspended")
    } else {
        (Tone::Ok, "Active")
    };
    view! { <Badge tone=tone label=label /> }
}

#[component]
pub fn LastSeen(at: Option<Timestamp>) -> impl IntoView {
    match at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "never".into_any(),
    }
}
