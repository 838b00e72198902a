//! A state: a word and a colour, never a colour alone.

use leptos::prelude::*;

use super::tw;

/// The four moods in which a thing can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It works.
    Ok,
    /// Something is going on.
    Busy,
    /// It needs a person.
    Bad,
    /// It rests.
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

/// A pill with a dot and the state's word.
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
