//! Which error to use where: a use case answers a [`Problem`] (all that may leave the server); a
//! store fails with a [`StoreError`] and a host cluster with a
//! [`HostError`](crate::ports::host_clusters::HostError), which keep their causes for the log.
//! [`internal`] turns the former into a problem with a reference to the log.

use domain::problem::Problem;
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

/// An error and its causes in one line.
pub fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
