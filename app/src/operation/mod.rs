//! How far something is and what is wrong with it: the same for clusters and for nodes.

mod failure_card;
mod progress;
mod words;

pub use failure_card::FailureCard;
pub use progress::{Progress, heading};
pub use words::{failure_words, step_words};
