//! Failures of the database.

use domain::{error::causes, problem::Problem};
use std::error::Error;
use uuid::Uuid;

/// The database failed. Its cause is for the log only.
#[derive(Debug, thiserror::Error)]
#[error("{context}")]
pub struct StoreError {
    /// What failed: “list clusters”.
    pub context: &'static str,
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl StoreError {
    pub fn new(context: &'static str, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            context,
            source: source.into(),
        }
    }
}

/// Logs `error` with its causes and a new reference; the problem contains only the reference.
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

pub type Stored<T> = Result<T, StoreError>;
