//! Progress and failure of an operation, the same for every resource.

mod failure_card;
mod progress;
mod summary;

pub use failure_card::FailureCard;
pub use progress::{Progress, heading};
pub use summary::{failure_summary, step_summary};
