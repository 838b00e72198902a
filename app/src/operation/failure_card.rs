//! What is wrong and what to do about it.

use domain::failure::Failure;
use leptos::prelude::*;

use super::failure_words;
use crate::ui::{Notice, Tone};

/// The reason in a few words, then in full, then the way on.
#[component]
pub fn FailureCard(failure: Failure) -> impl IntoView {
    let words = failure_words(failure.code);
    let mut title = words.to_owned();
    if let Some(first) = title.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    // The first line says what happened; where there are more, each is a place that was tried.
    let mut lines = failure.message.lines().map(str::to_owned);
    let what = lines.next().unwrap_or_default();
    let places: Vec<String> = lines.filter(|line| !line.trim().is_empty()).collect();
    view! {
        <Notice tone=Tone::Bad title=title>
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
                <b>"What to do: "</b>
                {failure.next_step}
            </p>
            {failure
                .retrying
                .then(|| view! { <p class="text-muted">"The portal keeps trying by itself."</p> })}
        </Notice>
    }
    .into_any()
}
