//! A state: a word and a color, never a color alone.

use leptos::prelude::*;

use super::tw;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Ok,
    /// In progress.
    Busy,
    /// Needs attention.
    Bad,
    /// Neither works nor is in progress.
    Idle,
}

impl Tone {
    /// Soft background with readable text.
    pub const fn soft(self) -> &'static str {
        match self {
            Self::Ok => tw("bg-ok-soft text-ok"),
            Self::Busy => tw("bg-busy-soft text-busy"),
            Self::Bad => tw("bg-bad-soft text-bad"),
            Self::Idle => tw("bg-idle-soft text-idle"),
        }
    }
}

#[component]
pub fn Badge(tone: Tone, #[prop(into)] label: String) -> impl IntoView {
    let dot = if tone == Tone::Busy {
        tw("dot pulse")
    } else {
        tw("dot")
    };
    view! {
        <span class=format!(
            "{} {}",
            tw("inline-flex items-center gap-1.5 rounded-full pl-2 pr-2.5 py-0.5 text-small font-semibold whitespace-nowrap"),
            tone.soft(),
        )>
            <span class=dot aria-hidden="true"></span>
            {label}
        </span>
    }
    .into_any()
}
