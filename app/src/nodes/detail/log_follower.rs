//! Follows a log in the browser: lines go straight into the document, bounded, and the view stays at the end for as long
//! as its reader does.

use std::collections::VecDeque;

use domain::ids::NodeId;
use domain::problem::{Problem, ProblemKind};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventSource, MessageEvent, Text};

use super::api::load_log_tail;
use super::log_tail::Tail;
use crate::routes;

/// How many lines a page keeps.
const KEPT: usize = 5_000;

/// How many lines go together; the page keeps at most so many more.
const PIECE: usize = 250;

/// How near to the end counts as there, in pixels: zoomed pages have no whole ones.
const NEAR: i32 = 8;

/// How it is with a log.
#[derive(Clone, Debug, PartialEq)]
pub enum Following {
    /// It is as the server sent it; no script has come alive yet.
    Served,
    /// The stream is being opened.
    Opening,
    /// Lines come as they are written.
    Live,
    /// The connection is lost; the browser connects again by itself.
    Broken,
    /// Nothing more will be written.
    Ended,
    /// It cannot be read.
    Refused(Problem),
}

/// A log that is followed; a handle that is copied into callbacks.
#[derive(Clone, Copy)]
pub struct Follower {
    id: NodeId,
    job: Option<u64>,
    viewport: NodeRef<html::Div>,
    lines: NodeRef<html::Pre>,
    /// How it is with the log.
    pub following: RwSignal<Following>,
    /// Whether the reader is at its end.
    pub at_end: RwSignal<bool>,
    /// Whether its first lines have arrived, which take the place of what the server sent.
    pub begun: RwSignal<bool>,
    /// Whether lines at the beginning had to go.
    pub shortened: RwSignal<bool>,
    written: StoredValue<Written, LocalStorage>,
    stream: StoredValue<Option<Stream>, LocalStorage>,
}

/// What has arrived and is not in the document yet, and what is.
struct Written {
    waiting: Tail,
    flush_is_planned: bool,
    pieces: Pieces<Text>,
}

/// The pieces of text in the document, oldest first, and how many lines each has.
struct Pieces<T> {
    pieces: VecDeque<(T, usize)>,
    lines: usize,
}

impl<T> Pieces<T> {
    fn push(&mut self, piece: T, lines: usize) {
        self.lines += lines;
        self.pieces.push_back((piece, lines));
    }

    /// Takes out the oldest piece if the others have `kept` lines without it.
    fn surplus(&mut self, kept: usize) -> Option<T> {
        let (_, oldest) = self.pieces.front()?;
        if self.lines - oldest < kept {
            return None;
        }
        let (piece, lines) = self.pieces.pop_front()?;
        self.lines -= lines;
        Some(piece)
    }
}

/// An open stream with its callbacks; they live in the browser's single thread.
struct Stream {
    source: EventSource,
    _on_open: Closure<dyn FnMut(Event)>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
    _on_end: Closure<dyn FnMut(Event)>,
    _on_problem: Closure<dyn FnMut(MessageEvent)>,
}

impl Follower {
    /// A log as it came with the page.
    pub fn new(
        id: NodeId,
        job: Option<u64>,
        viewport: NodeRef<html::Div>,
        lines: NodeRef<html::Pre>,
        problem: Option<Problem>,
    ) -> Self {
        let written = Written {
            waiting: Tail::of(KEPT),
            flush_is_planned: false,
            pieces: Pieces {
                pieces: VecDeque::new(),
                lines: 0,
            },
        };
        Self {
            id,
            job,
            viewport,
            lines,
            following: RwSignal::new(problem.map_or(Following::Served, Following::Refused)),
            at_end: RwSignal::new(true),
            begun: RwSignal::new(false),
            shortened: RwSignal::new(false),
            written: StoredValue::new_local(written),
            stream: StoredValue::new_local(None),
        }
    }

    /// Follows for as long as the surrounding view lives.
    pub fn start(self) {
        Effect::new(move || {
            self.jump_to_end();
            self.open();
        });
        on_cleanup(move || self.close());
    }

    /// Opens the stream again after a refusal that may have passed.
    pub fn try_again_if_refused(self) {
        let may_have_passed = self.following.with_untracked(|following| match following {
            Following::Refused(problem) => !matches!(
                problem.kind,
                ProblemKind::Unauthenticated | ProblemKind::Forbidden
            ),
            _ => false,
        });
        if may_have_passed {
            self.open();
        }
    }

    /// Opens the stream, which begins with the first line.
    fn open(self) {
        self.close();
        self.clear();
        let Ok(source) = EventSource::new(&routes::node_log_stream(self.id, self.job)) else {
            return;
        };
        if !matches!(self.following.get_untracked(), Following::Refused(_)) {
            self.following.set(Following::Opening);
        }
        let on_open = Closure::<dyn FnMut(Event)>::new(move |_| self.is(Following::Live));
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let lines = event.data().as_string();
            if let Some(lines) = lines.and_then(|json| serde_json::from_str::<String>(&json).ok()) {
                self.take_in(&lines);
            }
        });
        let on_error = Closure::<dyn FnMut(Event)>::new(move |_| self.failed());
        let on_end = Closure::<dyn FnMut(Event)>::new(move |_| self.over(Following::Ended));
        let on_problem = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let said = event.data().as_string().unwrap_or_default();
            self.over(Following::Refused(problem_in(&said)));
        });
        source.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        source.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        // Refused only by a source that is no event target.
        let _ = source.add_event_listener_with_callback("end", on_end.as_ref().unchecked_ref());
        let _ =
            source.add_event_listener_with_callback("problem", on_problem.as_ref().unchecked_ref());
        self.stream.set_value(Some(Stream {
            source,
            _on_open: on_open,
            _on_message: on_message,
            _on_error: on_error,
            _on_end: on_end,
            _on_problem: on_problem,
        }));
    }

    fn close(self) {
        self.stream.try_update_value(|stream| {
            if let Some(Stream { source, .. }) = stream {
                source.set_onopen(None);
                source.set_onmessage(None);
                source.set_onerror(None);
                source.close();
            }
        });
    }

    fn clear(self) {
        self.written.try_update_value(|written| {
            written.waiting.take();
            written.pieces.lines = 0;
            for (piece, _) in written.pieces.pieces.drain(..) {
                piece.remove();
            }
        });
    }

    fn is(self, following: Following) {
        self.following.try_set(following);
    }

    /// The stream has said its last. Closed by us, or the browser would ask for it again.
    fn over(self, following: Following) {
        self.close();
        self.is(following);
    }

    /// The browser connects again by itself unless it was refused. The refusal's words do not reach a stream's reader; the
    /// question that every page can ask brings them.
    fn failed(self) {
        let refused = self.stream.try_with_value(|stream| {
            stream
                .as_ref()
                .is_some_and(|stream| stream.source.ready_state() == EventSource::CLOSED)
        });
        if refused != Some(true) {
            self.is(Following::Broken);
            return;
        }
        spawn_local(async move {
            let problem = match load_log_tail(self.id, self.job).await {
                Err(refusal) => refusal.0,
                Ok(tail) => tail.problem.unwrap_or_else(unreadable),
            };
            self.is(Following::Refused(problem));
        });
    }

    /// Lines that arrive together go into the document together, when it is drawn next.
    fn take_in(self, lines: &str) {
        let plan = self.written.try_update_value(|written| {
            if written.waiting.push(lines) > 0 {
                self.shortened.try_set(true);
            }
            !std::mem::replace(&mut written.flush_is_planned, true)
        });
        if plan == Some(true) {
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
        // Asked before anything changes: whoever has scrolled up stays there.
        let stays_at_end = is_at_end(&viewport);
        if self.begun.try_get_untracked() == Some(false) {
            self.begun.try_set(true);
        }
        let height = viewport.scroll_height();
        let position = viewport.scroll_top();
        let mut removed = 0;
        self.written.try_update_value(|written| {
            written.flush_is_planned = false;
            for (piece, count) in pieces(&written.waiting.take()) {
                let text = document().create_text_node(piece);
                if lines.append_child(&text).is_ok() {
                    written.pieces.push(text, count);
                }
            }
            let grown = viewport.scroll_height();
            while let Some(oldest) = written.pieces.surplus(KEPT) {
                oldest.remove();
                self.shortened.try_set(true);
            }
            removed = grown - viewport.scroll_height();
        });
        if stays_at_end || height == 0 {
            self.jump_to_end();
        } else if removed > 0 {
            // What the reader looks at stays where it is.
            viewport.set_scroll_top(position - removed);
        }
    }

    /// Where the reader is now.
    pub fn scrolled(self) {
        if let Some(Some(viewport)) = self.viewport.try_get_untracked() {
            let at_end = is_at_end(&viewport);
            if self.at_end.try_get_untracked() != Some(at_end) {
                self.at_end.try_set(at_end);
            }
        }
    }

    /// Shows the newest lines.
    pub fn jump_to_end(self) {
        if let Some(Some(viewport)) = self.viewport.try_get_untracked() {
            viewport.set_scroll_top(viewport.scroll_height());
            self.at_end.try_set(true);
        }
    }
}

fn is_at_end(viewport: &web_sys::HtmlDivElement) -> bool {
    viewport.scroll_top() + viewport.client_height() + NEAR >= viewport.scroll_height()
}

/// A text in pieces of at most [`PIECE`] lines, with how many each has.
fn pieces(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let lines = rest.split_inclusive('\n').take(PIECE);
        let (count, length) = lines.fold((0, 0), |(count, length), line| {
            (count + 1, length + line.len())
        });
        let (piece, left) = rest.split_at(length);
        rest = left;
        (count > 0).then_some((piece, count))
    })
}

fn problem_in(said: &str) -> Problem {
    serde_json::from_str(said).unwrap_or_else(|_| unreadable())
}

fn unreadable() -> Problem {
    Problem::new(ProblemKind::Unavailable, "The log broke off.")
        .next("Load the page anew; the download may have more.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_into_pieces_and_nothing_is_lost() {
        let text: String = (0..600).map(|line| format!("line {line}\n")).collect();
        let cut: Vec<_> = pieces(&text).collect();
        let counts: Vec<_> = cut.iter().map(|(_, count)| *count).collect();
        assert_eq!(counts, [250, 250, 100]);
        let joined: String = cut.iter().map(|(piece, _)| *piece).collect();
        assert_eq!(joined, text);
        assert_eq!(pieces("").count(), 0);
    }

    #[test]
    fn the_oldest_pieces_go_but_never_so_many_that_too_few_lines_stay() {
        let mut document = Pieces {
            pieces: VecDeque::new(),
            lines: 0,
        };
        for piece in 0..4 {
            document.push(piece, 3);
        }
        assert_eq!(document.surplus(10), None, "nine would be too few");
        assert_eq!(document.surplus(9), Some(0));
        assert_eq!(document.surplus(9), None);
        assert_eq!(document.lines, 9);
        document.push(4, 8);
        assert_eq!(document.surplus(9), Some(1));
        assert_eq!(document.surplus(9), Some(2));
        assert_eq!(document.surplus(9), None, "eleven less three are too few");
    }

    #[test]
    fn a_problem_that_cannot_be_read_is_still_told() {
        assert_eq!(problem_in("<html>").kind, ProblemKind::Unavailable);
        let said = serde_json::to_string(&Problem::not_found("job")).unwrap();
        assert_eq!(problem_in(&said), Problem::not_found("job"));
    }
}
