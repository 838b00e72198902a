//! A log. The server renders its last lines; in the browser the viewer follows the log as it is written.

mod follower;
mod lines;
mod problem;

use js_sys::Reflect;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use self::follower::{Follower, LogState};
pub use self::lines::Tail;
pub use self::problem::LogProblem;

/// What the server read of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTail {
    /// Whole lines.
    pub text: String,
    /// Why there are none.
    pub problem: Option<LogProblem>,
}

impl LogTail {
    /// What the server rendered in the element of an island; `None` if it left the log to the browser.
    pub fn from_page(element: &HtmlElement) -> Option<Self> {
        let pre = element.query_selector("pre").ok()?;
        let text = pre.and_then(|pre| pre.text_content()).unwrap_or_default();
        let problem = LogProblem::from_page(element);
        (!text.is_empty() || problem.is_some()).then_some(Self { text, problem })
    }
}

/// Where the browser gets a log from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSource {
    /// The event stream of the log.
    pub stream: String,
    /// The event stream of changes after which a log that could not be read may be readable.
    pub changes: String,
}

impl LogSource {
    pub fn from_props(props: &JsValue) -> Option<Self> {
        let text = |name: &str| Reflect::get(props, &name.into()).ok()?.as_string();
        Some(Self {
            stream: text("stream")?,
            changes: text("changes")?,
        })
    }
}

/// The viewer. On the server without a `source`: nothing is followed there.
pub fn log_viewer(tail: Option<LogTail>, source: Option<LogSource>) -> impl IntoView {
    let viewport = NodeRef::<html::Div>::new();
    let lines = NodeRef::<html::Pre>::new();
    let in_browser = source.is_some();
    let (state, text) = match tail {
        Some(LogTail {
            text,
            problem: Some(problem),
        }) => (LogState::Refused(problem), text),
        Some(LogTail {
            text,
            problem: None,
        }) if !in_browser => (LogState::Served, text),
        tail => (LogState::Opening, tail.unwrap_or_default().text),
    };
    let follower = Follower::new(viewport, lines, state);
    if let Some(source) = source {
        follower.start(source);
    }
    let problem = move || match follower.state.get() {
        LogState::Refused(problem) => Some(problem.view()),
        _ => None,
    };
    let live = move || {
        (follower.state.get() == LogState::Live)
            .then(|| view! { <span class="dot pulse text-ok" aria-hidden="true"></span> })
    };
    view! {
        {problem}
        <div
            node_ref=viewport
            class="log"
            tabindex="0"
            role="log"
            aria-live="off"
            aria-label="Log"
            on:scroll=move |_| follower.scrolled()
        >
            <pre hidden=move || follower.has_lines.get()>{text}</pre>
            <pre node_ref=lines></pre>
        </div>
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 border-t border-line min-h-13.5 text-small text-muted">
            <p
                role="status"
                data-state=move || follower.state.with(LogState::name)
                class="inline-flex items-center gap-2"
            >
                {live}
                {move || follower.state.with(LogState::text)}
            </p>
            <p class="empty:hidden">
                {move || follower.is_shortened.get().then_some("Earlier lines are in the download.")}
            </p>
            <button
                type="button"
                class="ml-auto link"
                class:invisible=move || follower.at_end.get()
                on:click=move |_| follower.jump_to_end()
            >
                "Jump to end"
            </button>
        </div>
    }
}
