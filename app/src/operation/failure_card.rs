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
    view! {
        <Notice tone=Tone::Bad title=title>
            <p class="break-words">{failure.message}</p>
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
