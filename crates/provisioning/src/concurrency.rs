//! What a person is told whose change comes after another one that they had not seen.

use domain::problem::{FieldError, Problem, ProblemKind};
use jiff::tz::TimeZone;
use persistence::user_records::LatestChange;

/// The refusal of a change of `what` (“this tenant”) that was made by `latest` meanwhile; `fields`
/// say for each changed field what it is now.
pub(crate) fn stale(what: &str, latest: Option<LatestChange>, fields: Vec<FieldError>) -> Problem {
    let detail = match latest {
        Some(LatestChange { who, at }) => format!(
            "{who} changed {what} on {}, after you had opened it.",
            at.to_zoned(TimeZone::UTC)
                .strftime("%-d %B %Y at %H:%M:%S UTC")
        ),
        None => format!("Somebody changed {what} after you had opened it."),
    };
    Problem {
        fields,
        ..Problem::new(ProblemKind::Conflict, detail)
            .next("Look at what it is now, and save again if you still want to.")
    }
}

/// What `field` is now, if it is not what was asked for.
pub(crate) fn now_is<T: PartialEq>(
    field: &str,
    asked: &T,
    now: &T,
    words: impl FnOnce(&T) -> String,
) -> Option<FieldError> {
    (asked != now).then(|| FieldError::new(field, format!("It is {} now.", words(now))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_change_says_who_was_first_and_when() {
        let latest = LatestChange {
            who: "Ada".into(),
            at: "2026-11-21T09:05:03Z".parse().unwrap(),
        };
        let fields = now_is("name", &"mine", &"hers", |now| format!("“{now}”"));
        let problem = stale("this tenant", Some(latest), fields.into_iter().collect());
        assert_eq!(
            problem.detail,
            "Ada changed this tenant on 21 November 2026 at 09:05:03 UTC, after you had opened it."
        );
        assert_eq!(problem.field("name"), Some("It is “hers” now."));
    }
}
