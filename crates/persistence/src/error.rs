//! Failures of the database.

use domain::{error::causes, problem::Problem};
use std::error::Error;
use uuid::Uuid;

/// The database failed. Its cause is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("{context}")]
pub struct StoreError {
    /// What was being done: “list clusters”.
    pub context: &'static str,
    /// Why it failed.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    /// A failure while doing `context`.
    pub fn new(context: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            context,
            source: source.into(),
        }
    }
}

/// Logs `error` with its causes under a fresh reference and answers a problem that only names it.
pub fn internal(error: &(dyn Error + 'static)) -> Problem {
    let reference = Uuid::now_v7().simple().to_string();
    tracing::error!(%reference, error = %causes(error), "internal failure");
    Problem::internal(reference)
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        internal(&error)
    }
}

/// What every method of a handle answers with.
pub type Stored<T> = Result<T, StoreError>;
