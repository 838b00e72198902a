//! In place of a list without rows: why it is empty, and what to do.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Why there are no rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// None has been created yet.
    NothingYet,
    /// None fits the search or the filters.
    NoMatch,
    /// The caller may see none.
    NoPermission,
}

impl Empty {
    const fn name(self) -> &'static str {
        match self {
            Self::NothingYet => "nothing-yet",
            Self::NoMatch => "no-match",
            Self::NoPermission => "no-permission",
        }
    }
}

/// The children are links and buttons to continue with.
#[component]
pub fn EmptyState(
    why: Empty,
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let symbol = match why {
        Empty::NothingYet => Symbol::Cube,
        Empty::NoMatch => Symbol::Search,
        Empty::NoPermission => Symbol::Lock,
    };
    view! {
        <div class="flex flex-col items-center text-center px-6 py-12" data-empty=why.name()>
            <span class="grid place-items-center w-11 h-11 rounded-full bg-accent-soft text-accent-text mb-3">
                <Icon symbol=symbol size=22 />
            </span>
            <p class="font-semibold text-lead">{title}</p>
            <p class="text-muted mt-1 max-w-96">{text}</p>
            {children
                .map(|children| {
                    view! { <div class="flex flex-wrap justify-center gap-2 mt-4">{children()}</div> }
                })}
        </div>
    }
    .into_any()
}
