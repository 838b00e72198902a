//! The steps of an operation, with times.

use leptos::prelude::*;

use super::{Icon, Symbol, tw};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepMark {
    Done,
    Now,
    Failed,
    Waiting,
}

impl StepMark {
    const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "in progress",
            Self::Failed => "failed",
            Self::Waiting => "waiting",
        }
    }

    const fn classes(self) -> &'static str {
        match self {
            Self::Done => tw("bg-ok-soft text-ok border-transparent"),
            Self::Now => tw("text-busy border-busy"),
            Self::Failed => tw("bg-bad-soft text-bad border-transparent"),
            Self::Waiting => tw("text-faint border-line-strong"),
        }
    }
}

/// An ordered list of [`StepRow`]s.
#[component]
pub fn Steps(children: Children) -> impl IntoView {
    view! { <ol class="grid gap-3">{children()}</ol> }
}

#[component]
pub fn StepRow(
    mark: StepMark,
    #[prop(into)] title: String,
    detail: Option<String>,
    /// The duration so far.
    #[prop(optional, into)]
    elapsed: ViewFnOnce,
) -> impl IntoView {
    let dot = match mark {
        StepMark::Done => view! { <Icon symbol=Symbol::Check size=11 /> }.into_any(),
        StepMark::Failed => view! { <Icon symbol=Symbol::Cross size=11 /> }.into_any(),
        StepMark::Now => view! { <span class="dot pulse"></span> }.into_any(),
        StepMark::Waiting => ().into_any(),
    };
    let weight = if mark == StepMark::Waiting {
        tw("text-muted")
    } else {
        tw("font-semibold")
    };
    view! {
        <li
            class="flex items-start gap-2.5"
            aria-current=(mark == StepMark::Now).then_some("step")
            data-state=mark.word()
        >
            <span
                aria-hidden="true"
                class=format!(
                    "{} {}",
                    tw("grid place-items-center flex-none w-4.5 h-4.5 mt-0.5 rounded-full border"),
                    mark.classes(),
                )
            >
                {dot}
            </span>
            <div class="min-w-0 flex-1">
                <p class=weight>{title} <span class="sr-only">", " {mark.word()}</span></p>
                {detail.map(|detail| view! { <p class="text-small text-muted break-words">{detail}</p> })}
            </div>
            <span class="text-small text-faint tabular-nums whitespace-nowrap">{elapsed.run()}</span>
        </li>
    }
    .into_any()
}
