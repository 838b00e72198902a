//! What a list says when it has nothing to show. Three different reasons, never the same words.

use leptos::prelude::*;

use super::{Icon, Symbol};

/// Why there is nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Empty {
    /// Nobody has made one yet.
    NothingYet,
    /// There are some, but not for this search.
    NoMatch,
    /// There may be some, but not for this person.
    NoPermission,
}

/// Says why, and offers the way on as children.
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
        <div class="flex flex-col items-center text-center px-6 py-12">
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
