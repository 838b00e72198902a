//! A query of the audit log as URL parameters.

use super::{AuditAction, AuditOutcome, AuditQuery};
use crate::{
    listing::{Parameters, text},
    problem::FieldError,
};
use jiff::{Timestamp, ToSpan, civil, tz::TimeZone};
use serde::{Deserialize, Serialize};

/// Query parameters; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct AuditQueryInput {
    /// A part of a user's or target's name; case-insensitive.
    #[serde(default)]
    pub search: Option<String>,
    /// The id of the user.
    #[serde(default)]
    pub user: Option<String>,
    /// Actions, separated by commas: `order_cluster,delete_cluster`.
    #[serde(default)]
    pub action: Option<String>,
    /// The kind (`cluster`), or kind and id (`cluster/0197…`), of the target.
    #[serde(default)]
    pub target: Option<String>,
    /// The slug of a tenant.
    #[serde(default)]
    pub tenant: Option<String>,
    /// `done`, `refused` or `failed`.
    #[serde(default)]
    pub outcome: Option<String>,
    /// Only entries from this day (`2026-11-21`) or time (`2026-11-21T10:30Z`) on, in UTC.
    #[serde(default)]
    pub since: Option<String>,
    /// Only entries before this time, or up to this day inclusive.
    #[serde(default)]
    pub until: Option<String>,
    /// Only entries with a lower sequence: `next` of the previous page.
    #[serde(default)]
    pub before: Option<String>,
    /// The number of entries, 1 to 200; by default 50.
    #[serde(default)]
    pub limit: Option<String>,
}

/// Whether a day stands for its start or its end.
#[derive(Clone, Copy)]
enum End {
    First,
    Last,
}

impl AuditQueryInput {
    /// Checks every parameter; one [`FieldError`] per invalid parameter.
    pub fn validate(&self) -> Result<AuditQuery, Vec<FieldError>> {
        let mut parameters = Parameters::default();
        let search = parameters.search(&self.search);
        let limit = parameters
            .optional_number("limit", &self.limit, AuditQuery::MAX_LIMIT)
            .unwrap_or(AuditQuery::USUAL_LIMIT);
        let mut errors = parameters.finish(()).err().unwrap_or_default();
        let read = |field: &str, value: &Option<String>, message: &str| {
            let value = text(value)?;
            Some((value, FieldError::new(field, message)))
        };
        let user = read("user", &self.user, "User must be the id of a user.");
        let target = read(
            "target",
            &self.target,
            "Target must be a kind such as cluster, or kind and id.",
        );
        let outcome = read(
            "outcome",
            &self.outcome,
            "Outcome must be done, refused or failed.",
        );
        let before = read(
            "before",
            &self.before,
            "Before must be the sequence of an entry.",
        );
        let actions = actions(&self.action, &mut errors);
        let mut keep = |error| errors.push(error);
        let query = AuditQuery {
            search,
            user_id: user.and_then(|(id, error)| id.parse().map_err(|_| keep(error)).ok()),
            actions,
            target: target.and_then(|(target, error)| {
                let fits = target.len() <= 200 && !target.contains(char::is_whitespace);
                fits.then_some(target).or_else(|| {
                    keep(error);
                    None
                })
            }),
            tenant: text(&self.tenant),
            outcome: outcome.and_then(|(word, error)| {
                let found = AuditOutcome::ALL
                    .into_iter()
                    .find(|outcome| outcome.as_str() == word);
                found.or_else(|| {
                    keep(error);
                    None
                })
            }),
            since: text(&self.since).and_then(|text| {
                moment(&text, End::First)
                    .map_err(|message| keep(FieldError::new("since", message)))
                    .ok()
            }),
            until: text(&self.until).and_then(|text| {
                moment(&text, End::Last)
                    .map_err(|message| keep(FieldError::new("until", message)))
                    .ok()
            }),
            before: before.and_then(|(number, error)| {
                let number = number.parse().ok().filter(|number| *number > 0);
                number.or_else(|| {
                    keep(error);
                    None
                })
            }),
            limit,
        };
        if let (Some(since), Some(until)) = (query.since, query.until)
            && since >= until
        {
            errors.push(FieldError::new("until", "The end must be after the start."));
        }
        if errors.is_empty() {
            Ok(query)
        } else {
            Err(errors)
        }
    }
}

fn actions(value: &Option<String>, errors: &mut Vec<FieldError>) -> Vec<AuditAction> {
    let mut actions = Vec::new();
    for word in text(value).as_deref().unwrap_or("").split(',') {
        let word = word.trim();
        match AuditAction::ALL
            .into_iter()
            .find(|action| action.as_str() == word)
        {
            Some(action) if !actions.contains(&action) => actions.push(action),
            None if !word.is_empty() => errors.push(FieldError::new(
                "action",
                format!("Action {word} does not exist."),
            )),
            _ => {}
        }
    }
    actions
}

fn moment(text: &str, end: End) -> Result<Timestamp, &'static str> {
    const MESSAGE: &str = "Use a day such as 2026-11-21, or a time such as 2026-11-21T10:30Z.";
    let utc = |time: civil::DateTime| {
        let zoned = time.to_zoned(TimeZone::UTC).map_err(|_| MESSAGE)?;
        Ok(zoned.timestamp())
    };
    if text.len() == "2026-11-21".len()
        && let Ok(day) = text.parse::<civil::Date>()
    {
        let day = match end {
            End::First => day,
            End::Last => day.checked_add(1.day()).map_err(|_| MESSAGE)?,
        };
        return utc(day.at(0, 0, 0, 0));
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    // As the browser's own field for a moment has it.
    text.parse::<civil::DateTime>()
        .map_err(|_| MESSAGE)
        .and_then(utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn an_empty_question_asks_for_the_newest() {
        let query = AuditQueryInput {
            search: some("  "),
            action: some(""),
            ..AuditQueryInput::default()
        };
        let expected = AuditQuery {
            limit: 50,
            ..AuditQuery::default()
        };
        assert_eq!(query.validate(), Ok(expected));
    }

    #[test]
    fn parameters_at_fault_are_named_all_at_once() {
        let query = AuditQueryInput {
            search: some(&"x".repeat(101)),
            user: some("ada"),
            action: some("order_cluster,dance"),
            target: some("cluster 1"),
            outcome: some("perhaps"),
            since: some("yesterday"),
            until: some("2026-13-01"),
            before: some("0"),
            limit: some("201"),
            tenant: None,
        };
        let fields: Vec<String> = query
            .validate()
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(
            fields,
            [
                "search", "limit", "action", "user", "target", "outcome", "since", "until",
                "before"
            ]
        );
    }

    #[test]
    fn a_day_is_meant_from_its_beginning_to_its_end() {
        let query = AuditQueryInput {
            since: some("2026-11-21"),
            until: some("2026-11-21"),
            ..AuditQueryInput::default()
        };
        let query = query.validate().unwrap();
        assert_eq!(query.since, "2026-11-21T00:00:00Z".parse().ok());
        assert_eq!(query.until, "2026-11-22T00:00:00Z".parse().ok());
        for (text, read) in [
            ("2026-11-21T10:30", "2026-11-21T10:30:00Z"),
            ("2026-11-21T10:30Z", "2026-11-21T10:30:00Z"),
            ("2026-11-21T12:30:00+02:00", "2026-11-21T10:30:00Z"),
        ] {
            assert_eq!(moment(text, End::Last), Ok(read.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn a_time_that_ends_before_it_begins_is_refused() {
        let query = AuditQueryInput {
            since: some("2026-11-22"),
            until: some("2026-11-21"),
            ..AuditQueryInput::default()
        };
        assert_eq!(query.validate().unwrap_err()[0].field, "until");
    }
}
