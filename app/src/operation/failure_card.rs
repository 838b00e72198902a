//! A failure: what happened, why, and what to do.

use domain::failure::Failure;
use leptos::prelude::*;

use super::failure_summary;
use crate::ui::{Notice, Tone};

#[component]
pub fn FailureCard(failure: Failure) -> impl IntoView {
    let words = failure_summary(failure.code);
    let mut title = words.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let code = serde_json::to_value(failure.code).ok();
    let code = code
        .as_ref()
        .and_then(|code| code.as_str())
        .map(str::to_owned);
    // The first line says what happened; where there are more, each is a place that was tried.
    let mut lines = failure.message.lines().map(str::to_owned);
    let what = lines.next().unwrap_or_default();
    let places: Vec<String> = lines.filter(|line| !line.trim().is_empty()).collect();
    view! {
        <div data-failure=code><Notice tone=Tone::Bad title=title>
            <p class="break-words">{what}</p>
            {(!places.is_empty())
                .then(|| {
                    view! {
                        <ul class="break-words">
                            {places.into_iter().map(|place| view! { <li>{place}</li> }).collect_view()}
                        </ul>
                    }
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
