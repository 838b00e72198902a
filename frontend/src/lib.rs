//! What runs in the browser besides the script of every page: islands, each a small Leptos view. The server renders the
//! same view without its behaviour, so that a page can be read without scripts. Islands are mounted by the script, not
//! by Leptos' `#[island]`, whose islands are never unmounted when a page is left (docs/decisions/0019).

mod log;
#[cfg(feature = "browser")]
mod mount;

pub use log::{LogProblem, LogSource, LogTail, Tail, log_viewer};
