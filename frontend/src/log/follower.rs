//! Follows a log: lines go straight into the document, within bounds, and the view stays at the end for as long as its
//! reader does.

use js_sys::JSON;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{EventSource, HtmlDivElement, MessageEvent, Text};

use super::lines::{Pieces, Tail, split};
use super::{LogProblem, LogSource};

/// Lines on the page.
const LIMIT: usize = 5_000;

/// Distance from the end, in pixels, that still counts as the end: zoomed pages have fractions of pixels.
const TOLERANCE: i32 = 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogState {
    /// As the server rendered the log, without script.
    Served,
    Opening,
    Live,
    /// The connection is lost; the browser connects again by itself and asks for the lines it does not have.
    Reconnecting,
    /// Nothing more will be written.
    Ended,
    Refused(LogProblem),
}

impl LogState {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Served => "served",
            Self::Opening => "opening",
            Self::Live => "live",
            Self::Reconnecting => "reconnecting",
            Self::Ended => "ended",
            Self::Refused(_) => "refused",
        }
    }

    pub fn text(&self) -> &'static str {
        match self {
            Self::Served => "Last 200 lines",
            Self::Opening => "Opening the log…",
            Self::Live => "Live: new lines appear automatically",
            Self::Reconnecting => "Connection lost. Reconnecting…",
            Self::Ended => "End of the log",
            Self::Refused(_) => "The log is not available",
        }
    }
}

/// A log that is followed; copied into callbacks. It ends with the reactive owner of its view, and its streams with it.
#[derive(Clone, Copy)]
pub struct Follower {
    viewport: NodeRef<html::Div>,
    lines: NodeRef<html::Pre>,
    pub state: RwSignal<LogState>,
    pub at_end: RwSignal<bool>,
    /// Whether lines of the stream have replaced those of the server.
    pub has_lines: RwSignal<bool>,
    /// Whether lines at the beginning were dropped.
    pub is_shortened: RwSignal<bool>,
    buffer: StoredValue<Buffer, LocalStorage>,
    source: StoredValue<Option<LogSource>>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

/// Lines that are not on the page yet, and those that are.
struct Buffer {
    waiting: Tail,
    flush_is_planned: bool,
    shown: Pieces<Text>,
}

impl Follower {
    pub fn new(viewport: NodeRef<html::Div>, lines: NodeRef<html::Pre>, state: LogState) -> Self {
        let buffer = Buffer {
            waiting: Tail::new(LIMIT),
            flush_is_planned: false,
            shown: Pieces::new(),
        };
        Self {
            viewport,
            lines,
            state: RwSignal::new(state),
            at_end: RwSignal::new(true),
            has_lines: RwSignal::new(false),
            is_shortened: RwSignal::new(false),
            buffer: StoredValue::new_local(buffer),
            source: StoredValue::new(None),
            stream: StoredValue::new_local(None),
        }
    }

    /// Follows the log from its first line, once the view is in the document.
    pub fn start(self, source: LogSource) {
        self.source.set_value(Some(source));
        Effect::new(move || {
            self.jump_to_end();
            self.open();
        });
    }

    fn source(self) -> Option<LogSource> {
        self.source.try_get_value().flatten()
    }

    fn set(self, state: LogState) {
        self.state.try_set(state);
    }

    fn open(self) {
        self.clear();
        let Some(mut stream) = self
            .source()
            .and_then(|source| Stream::open(&source.stream))
        else {
            return;
        };
        stream.on("open", move |_| self.set(LogState::Live));
        stream.on("message", move |event| {
            let json = event.data().as_string();
            let lines = json.and_then(|json| JSON::parse(&json).ok()?.as_string());
            if let Some(lines) = lines {
                self.receive(&lines);
            }
        });
        stream.on("error", move |_| self.fail());
        stream.on("end", move |_| self.finish(LogState::Ended));
        stream.on("problem", move |event| {
            let json = event.data().as_string().unwrap_or_default();
            self.refuse(LogProblem::from_json(&json).unwrap_or_else(LogProblem::interrupted));
        });
        self.stream.try_set_value(Some(stream));
    }

    fn clear(self) {
        self.buffer.try_update_value(|buffer| {
            buffer.waiting.take();
            for piece in buffer.shown.drain() {
                piece.remove();
            }
        });
    }

    /// The browser would open a stream that has ended again.
    fn finish(self, state: LogState) {
        self.stream.try_set_value(None);
        self.set(state);
    }

    /// The browser connects again by itself unless the stream was refused.
    fn fail(self) {
        let is_refused = self.stream.try_with_value(|stream| {
            let stream = stream.as_ref();
            stream.is_some_and(|stream| stream.source.ready_state() == EventSource::CLOSED)
        });
        if is_refused != Some(true) {
            self.set(LogState::Reconnecting);
            return;
        }
        let Some(source) = self.source() else { return };
        spawn_local(async move { self.refuse(LogProblem::of_refused(&source.stream).await) });
    }

    /// Shows the problem, and tries again after the next change unless the problem is final.
    fn refuse(self, problem: LogProblem) {
        let may_pass = problem.may_pass();
        self.finish(LogState::Refused(problem));
        let Some(source) = self.source().filter(|_| may_pass) else {
            return;
        };
        let Some(mut changes) = Stream::open(&source.changes) else {
            return;
        };
        // The first event of such a stream only says that it is open.
        let mut is_open = false;
        changes.on("message", move |_| {
            if std::mem::replace(&mut is_open, true) {
                self.open();
            }
        });
        self.stream.try_set_value(Some(changes));
    }

    /// Lines that arrive together go into the document together, before it is drawn next.
    fn receive(self, lines: &str) {
        let plans_flush = self.buffer.try_update_value(|buffer| {
            if buffer.waiting.push(lines) > 0 {
                self.is_shortened.try_set(true);
            }
            !std::mem::replace(&mut buffer.flush_is_planned, true)
        });
        if plans_flush == Some(true) {
            request_animation_frame(move || self.flush());
        }
    }

    fn flush(self) {
        let (Some(Some(viewport)), Some(Some(lines))) = (
            self.viewport.try_get_untracked(),
            self.lines.try_get_untracked(),
        ) else {
            return;
        };
        // Measured before anything changes: a reader who has scrolled up stays there.
        let was_at_end = is_at_end(&viewport);
        let position = viewport.scroll_top();
        if self.has_lines.try_get_untracked() == Some(false) {
            self.has_lines.try_set(true);
        }
        let mut removed = 0;
        self.buffer.try_update_value(|buffer| {
            buffer.flush_is_planned = false;
            for (piece, count) in split(&buffer.waiting.take()) {
                let text = document().create_text_node(piece);
                if lines.append_child(&text).is_ok() {
                    buffer.shown.push(text, count);
                }
            }
            let height = viewport.scroll_height();
            while let Some(oldest) = buffer.shown.pop_surplus(LIMIT) {
                oldest.remove();
                self.is_shortened.try_set(true);
            }
            removed = height - viewport.scroll_height();
        });
        if was_at_end {
            self.jump_to_end();
        } else if removed > 0 {
            viewport.set_scroll_top(position - removed);
        }
    }

    pub fn scrolled(self) {
        if let Some(Some(viewport)) = self.viewport.try_get_untracked() {
            let at_end = is_at_end(&viewport);
            if self.at_end.try_get_untracked() != Some(at_end) {
                self.at_end.try_set(at_end);
            }
        }
    }

    pub fn jump_to_end(self) {
        if let Some(Some(viewport)) = self.viewport.try_get_untracked() {
            viewport.set_scroll_top(viewport.scroll_height());
            self.at_end.try_set(true);
        }
    }
}

fn is_at_end(viewport: &HtmlDivElement) -> bool {
    viewport.scroll_top() + viewport.client_height() + TOLERANCE >= viewport.scroll_height()
}

type Callback = Closure<dyn FnMut(MessageEvent)>;

/// An open event stream; dropping it closes it.
struct Stream {
    source: EventSource,
    callbacks: Vec<(&'static str, Callback)>,
}

impl Stream {
    fn open(address: &str) -> Option<Self> {
        Some(Self {
            source: EventSource::new(address).ok()?,
            callbacks: Vec::new(),
        })
    }

    fn on(&mut self, event: &'static str, callback: impl FnMut(MessageEvent) + 'static) {
        let callback = Callback::new(callback);
        let listener = callback.as_ref().unchecked_ref();
        if self
            .source
            .add_event_listener_with_callback(event, listener)
            .is_ok()
        {
            self.callbacks.push((event, callback));
        }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
        for (event, callback) in &self.callbacks {
            let listener = callback.as_ref().unchecked_ref();
            // Fails only for a source that is no event target.
            let _ = self
                .source
                .remove_event_listener_with_callback(event, listener);
        }
    }
}
