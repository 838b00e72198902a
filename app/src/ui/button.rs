//! Buttons, and links that look like them.

use leptos::prelude::*;

use super::tw;

/// One primary button on a page, never beside a destructive one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    Primary,
    #[default]
    Plain,
    Quiet,
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

    /// A link is never disabled.
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

/// A button that submits its form, unless `type` says otherwise.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    #[prop(default = "submit")] r#type: &'static str,
    #[prop(optional)] disabled: bool,
    #[prop(optional)] full_width: bool,
    /// The id of the dialog that it opens.
    #[prop(optional, into)]
    opens: Option<String>,
    /// The id of the dialog that it closes.
    #[prop(optional, into)]
    closes: Option<String>,
    children: Children,
) -> impl IntoView {
    let width = if full_width { tw("w-full") } else { "" };
    let command = match (&opens, &closes) {
        (Some(_), _) => Some("show-modal"),
        (None, Some(_)) => Some("close"),
        (None, None) => None,
    };
    let kind_of_button = if command.is_some() { "button" } else { r#type };
    view! {
        <button
            type=kind_of_button
            class=format!("{SHAPE} {} {width}", kind.classes())
            disabled=disabled
            command=command
            commandfor=opens.or(closes)
        >
            {children()}
        </button>
    }
    .into_any()
}

#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
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
