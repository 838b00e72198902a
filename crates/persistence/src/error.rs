//! Failures of the database.

use domain::{
    error::causes,
    problem::{Problem, ProblemKind},
};
use sqlx::postgres::PgDatabaseError;
use std::error::Error;
use tower_sessions::{session, session_store};
use uuid::Uuid;

/// Begins the text of a session store's error if the database is away or locked: `tower-sessions` keeps no cause.
pub(crate) const UNAVAILABLE: &str = "the database is unavailable";

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

/// The problem that callers get for `error`, which is logged with its causes: Unavailable if the database is away or
/// locked, otherwise Internal with a reference to the log.
pub fn internal(error: &(dyn Error + 'static)) -> Problem {
    if is_unavailable(error) {
        tracing::warn!(error = %causes(error), "the database is unavailable");
        let detail = "The portal's database does not respond or is locked.";
        return Problem::new(ProblemKind::Unavailable, detail)
            .code("database_unavailable")
            .next("Try again in a few seconds. After a change, check the current state first.");
    }
    let reference = Uuid::now_v7().simple().to_string();
    tracing::error!(%reference, error = %causes(error), "internal failure");
    Problem::internal(reference)
}

/// Whether the database is away, overloaded or locked, so that the same request may succeed a moment later.
pub(crate) fn is_unavailable(error: &(dyn Error + 'static)) -> bool {
    let is_of_unavailable = |error: &(dyn Error + 'static)| match (
        error.downcast_ref::<session::Error>(),
        error.downcast_ref::<session_store::Error>(),
    ) {
        (Some(session::Error::Store(error)), _) | (_, Some(error)) => {
            matches!(error, session_store::Error::Backend(text) if text.starts_with(UNAVAILABLE))
        }
        _ => error
            .downcast_ref::<sqlx::Error>()
            .is_some_and(is_temporary),
    };
    let mut next = Some(error);
    while let Some(error) = next {
        if is_of_unavailable(error) {
            return true;
        }
        next = error.source();
    }
    false
}

fn is_temporary(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            match error.try_downcast_ref::<PgDatabaseError>() {
                Some(_) => is_temporary_in_postgres(&code),
                None => is_temporary_in_sqlite(&code),
            }
        }
        _ => false,
    }
}

/// A failed connection (class 08), a deadlock (40), no resources (53), a server that stops or starts (57P0x), or a lock that
/// was not free (55P03).
fn is_temporary_in_postgres(code: &str) -> bool {
    ["08", "40", "53", "57P0", "55P03"]
        .iter()
        .any(|class| code.starts_with(class))
}

/// `SQLITE_BUSY`, `SQLITE_LOCKED`, `SQLITE_NOMEM`, `SQLITE_FULL` and `SQLITE_CANTOPEN`, which are the low byte of extended
/// codes.
fn is_temporary_in_sqlite(code: &str) -> bool {
    code.parse::<u32>()
        .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 7 | 13 | 14))
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        internal(&error)
    }
}

pub type Stored<T> = Result<T, StoreError>;

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn only_what_may_pass_is_unavailable() {
        let session = |text: &str| session_store::Error::Backend(text.to_owned());
        let away = || io::Error::from(io::ErrorKind::ConnectionReset);
        let cases: [(Box<dyn Error + Send + Sync>, bool); 8] = [
            (sqlx::Error::PoolTimedOut.into(), true),
            (sqlx::Error::Io(away()).into(), true),
            (sqlx::Error::WorkerCrashed.into(), true),
            (session(UNAVAILABLE).into(), true),
            (session::Error::Store(session(UNAVAILABLE)).into(), true),
            (sqlx::Error::RowNotFound.into(), false),
            (session::Error::Store(session("cannot load")).into(), false),
            // Of something else than the database.
            (away().into(), false),
        ];
        for (source, unavailable) in cases {
            let text = source.to_string();
            let problem = Problem::from(StoreError::new("list clusters", source));
            let expected = match unavailable {
                true => (ProblemKind::Unavailable, "database_unavailable"),
                false => (ProblemKind::Internal, "internal"),
            };
            assert_eq!((problem.kind, problem.code), expected, "{text}");
            assert_eq!(problem.reference.is_none(), unavailable, "{text}");
        }
    }

    #[test]
    fn codes_of_both_databases_are_told_apart() {
        for (code, temporary) in [
            ("08006", true),
            ("53300", true),
            ("57P01", true),
            ("57P03", true),
            ("55P03", true),
            ("40P01", true),
            ("57014", false),
            ("55000", false),
            ("23505", false),
            ("42P01", false),
            ("", false),
        ] {
            assert_eq!(is_temporary_in_postgres(code), temporary, "{code}");
        }
        for (code, temporary) in [
            ("5", true),
            ("261", true),
            ("517", true),
            ("6", true),
            ("13", true),
            ("14", true),
            ("1", false),
            ("8", false),
            ("11", false),
            ("2067", false),
            ("", false),
        ] {
            assert_eq!(is_temporary_in_sqlite(code), temporary, "{code}");
        }
    }
}
