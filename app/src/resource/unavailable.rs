use leptos::prelude::*;

use super::ResourceView;
use crate::ui::{Notice, Tone};

/// In place of what a resource does not offer in its state or to this caller. The children are a way to get it.
#[component]
pub fn Unavailable(
    resource: ResourceView,
    /// The reason in a word, for tests.
    reason: &'static str,
    title: &'static str,
    text: &'static str,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let tone = if resource.state.is_moving {
        Tone::Busy
    } else {
        Tone::Idle
    };
    view! {
        <div data-unavailable=reason>
            <Notice tone=tone title=title>
                <p>{text}</p>
                {children.map(|children| children())}
            </Notice>
        </div>
    }
    .into_any()
}
