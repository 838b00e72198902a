//! A failure: what happened, why, and what to do.

use domain::failure::Failure;
use leptos::prelude::*;

use super::state::failure_summary;
use crate::ui::{Notice, Tone};

#[component]
pub fn FailureCard(failure: Failure) -> impl IntoView {
    let mut title = failure_summary(failure.code).to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let code = serde_json::to_value(failure.code).ok();
    let code = code
        .as_ref()
        .and_then(|code| code.as_str())
        .map(str::to_owned);
    // The first line says what happened; each of the others is a location that was tried.
    let mut lines = failure.message.lines().map(str::to_owned);
    let message = lines.next().unwrap_or_default();
    let locations: Vec<String> = lines.filter(|line| !line.trim().is_empty()).collect();
    view! {
        <div data-failure=code><Notice tone=Tone::Bad title=title>
            <p class="break-words">{message}</p>
            {(!locations.is_empty())
                .then(|| {
                    let items = locations.into_iter().map(|location| view! { <li>{location}</li> });
                    view! { <ul class="break-words">{items.collect_view()}</ul> }
                })}
            <p>
                <b>"Next step: "</b>
                {failure.next_step}
            </p>
            {failure
                .retrying
                .then(|| view! { <p class="text-muted">"The portal keeps retrying."</p> })}
        </Notice></div>
    }
    .into_any()
}
