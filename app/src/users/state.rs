//! Whether somebody may use the portal, and when they last did.

use jiff::Timestamp;
use leptos::prelude::*;

use crate::ui::{Badge, RelativeTime, Tone};

/// Active or suspended.
#[component]
pub fn StateOfPerson(suspended: bool) -> impl IntoView {
    let (tone, label) = if suspended {
        (Tone::Bad, "Suspended")
    } else {
        (Tone::Ok, "Active")
    };
    view! { <Badge tone=tone label=label /> }
}

/// How long ago somebody signed in, or that they never did.
#[component]
pub fn LastSeen(at: Option<Timestamp>) -> impl IntoView {
    match at {
        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
        None => "never".into_any(),
    }
}
