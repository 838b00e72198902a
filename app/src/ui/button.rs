//! Buttons, and links that look like them.

use leptos::prelude::*;

use super::tw;

/// What a button weighs. One primary button a page; a dangerous one never beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// What most people came for.
    Primary,
    /// Everything else.
    #[default]
    Plain,
    /// Hardly there until needed.
    Quiet,
    /// Destroys something.
    Danger,
}

impl ButtonKind {
    const fn classes(self) -> &'static str {
        match self {
            Self::Primary => tw(
                "bg-accent text-on-accent border-transparent shadow-card enabled:hover:bg-accent-hover",
            ),
            Self::Plain => {
                tw("bg-surface text-text border-line-strong shadow-card enabled:hover:border-faint")
            }
            Self::Quiet => tw(
                "bg-transparent text-muted border-transparent enabled:hover:bg-sunken enabled:hover:text-text",
            ),
            Self::Danger => {
                tw("bg-surface text-bad border-line-strong shadow-card enabled:hover:border-bad")
            }
        }
    }

    /// The same for a link, which is never disabled.
    const fn link_classes(self) -> &'static str {
        match self {
            Self::Primary => {
                tw("bg-accent text-on-accent border-transparent shadow-card hover:bg-accent-hover")
            }
            Self::Plain => {
                tw("bg-surface text-text border-line-strong shadow-card hover:border-faint")
            }
            Self::Quiet => {
                tw("bg-transparent text-muted border-transparent hover:bg-sunken hover:text-text")
            }
            Self::Danger => {
                tw("bg-surface text-bad border-line-strong shadow-card hover:border-bad")
            }
        }
    }
}

const SHAPE: &str = tw(
    "inline-flex items-center justify-center gap-1.5 h-8.5 px-3.5 rounded-control border font-semibold whitespace-nowrap transition-colors disabled:opacity-60",
);

/// A button. Events and further attributes go on the component.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    /// `submit` unless told otherwise, because nearly all of ours send a form.
    #[prop(default = "submit")]
    r#type: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] full_width: bool,
    children: Children,
) -> impl IntoView {
    let width = if full_width { tw("w-full") } else { "" };
    view! {
        <button type=r#type class=format!("{SHAPE} {} {width}", kind.classes()) disabled=disabled>
            {children()}
        </button>
    }
}

/// A link with a button's looks.
#[component]
pub fn LinkButton(
    #[prop(into)] href: Signal<String>,
    #[prop(optional)] kind: ButtonKind,
    children: Children,
) -> impl IntoView {
    view! {
        <a href=href class=format!("{SHAPE} {}", kind.link_classes())>
            {children()}
        </a>
    }
    .into_any()
}
