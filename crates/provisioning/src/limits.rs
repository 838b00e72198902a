//! What a person is told whose order has no room in its environment.

use domain::problem::{FieldError, Problem, ProblemKind};
use persistence::records::QuotaCheck;

/// The refusal of an order into the environment `name`.
pub(crate) fn refusal(name: &str, quota: QuotaCheck) -> Problem {
    let (detail, next) = match quota {
        QuotaCheck::Archived | QuotaCheck::Enough => (
            format!("The environment {name} is archived; nothing can be ordered there."),
            "Choose another environment.",
        ),
        QuotaCheck::LimitReached(reached) => (reached.words(name), reached.way_out()),
    };
    Problem {
        fields: vec![FieldError::new("environment", format!("{detail} {next}"))],
        ..Problem::new(ProblemKind::Conflict, detail).next(next)
    }
}
