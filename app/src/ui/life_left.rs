//! How much of its time something has left.

use jiff::Timestamp;
use leptos::prelude::*;

use super::{Clock, Meter, duration_words};

/// A bar between beginning and end; nothing where there is no end.
#[component]
pub fn LifeLeft(
    /// From when to when it lives.
    #[prop(into)]
    life: Signal<Option<(Timestamp, Timestamp)>>,
) -> impl IntoView {
    let clock = Clock::in_context();
    let life = Memo::new(move |_| life.get());
    // In minutes, so that the bar is not drawn anew every second.
    let minutes = Memo::new(move |_| {
        let (start, end) = life.get()?;
        let whole = (end.as_second() - start.as_second()) / 60;
        let left = (end.as_second() - clock.now().as_second()).clamp(0, whole * 60) / 60;
        Some((
            u64::try_from(whole - left).ok()?,
            u64::try_from(whole).ok()?,
        ))
    });
    move || {
        minutes.get().map(|(over, whole)| {
            let left = i64::try_from(whole - over).unwrap_or_default() * 60;
            view! {
                <div class="mt-3.5">
                    <Meter
                        label="Life time"
                        used=over
                        limit=whole
                        words=format!("{} left", duration_words(left))
                    />
                </div>
            }
        })
    }
}
