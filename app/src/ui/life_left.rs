//! The rest of a lifetime.

use jiff::Timestamp;
use leptos::prelude::*;

use super::{Meter, duration_words, now};

#[component]
pub fn LifeLeft(start: Timestamp, end: Timestamp) -> impl IntoView {
    let whole = (end.as_second() - start.as_second()) / 60;
    let left = (end.as_second() - now().as_second()).clamp(0, whole * 60) / 60;
    let minutes = |count: i64| u64::try_from(count).unwrap_or_default();
    view! {
        <div class="mt-3.5">
            <Meter
                label="Lifetime"
                used=minutes(whole - left)
                limit=minutes(whole)
                words=format!("{} left", duration_words(left * 60))
            />
        </div>
    }
    .into_any()
}
