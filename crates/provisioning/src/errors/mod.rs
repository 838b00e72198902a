//! Why use cases refuse or fail. The cases carry values; their text, codes and next steps are here
//! and nowhere else.

mod access;
mod clusters;
mod credentials;
mod nodes;
mod tenants;
mod users;

pub(crate) use access::{AccessError, AccountError};
pub(crate) use clusters::{
    ClusterChangeError, ClusterNotReady, CreateError, host_not_checked, host_problem,
};
pub(crate) use credentials::{BrokerError, StoredCredentialError};
pub(crate) use nodes::NodeError;
pub(crate) use tenants::{MembershipError, TenancyError};
pub(crate) use users::UserError;

use domain::problem::{FieldError, Problem, ProblemKind};
use jiff::tz::TimeZone;
use persistence::{error::StoreError, user_records::LatestChange};

const CHANGE_CLAIM: &str =
    "Change the claim at the identity provider; it takes effect at the next sign-in.";

fn forbidden(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Forbidden, detail).code(code)
}

fn conflict(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Conflict, detail).code(code)
}

fn not_ready(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::NotReady, detail).code(code)
}

fn unavailable(code: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(ProblemKind::Unavailable, detail).code(code)
}

/// Why an input is not accepted.
#[derive(Debug)]
pub(crate) enum InputError {
    Fields(Vec<FieldError>),
    /// Something other than a field, which ends the request.
    Failed(Problem),
}

impl InputError {
    /// Both values, or everything that is wrong with either.
    pub(crate) fn both<A, B>(one: Result<A, Self>, other: Result<B, Self>) -> Result<(A, B), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Err(Self::Fields(mut fields)), Err(Self::Fields(more))) => {
                fields.extend(more);
                Err(Self::Fields(fields))
            }
            (Err(Self::Failed(problem)), _) | (_, Err(Self::Failed(problem))) => {
                Err(Self::Failed(problem))
            }
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// What is wrong with the fields; a failure ends the request.
    pub(crate) fn fields(self) -> Result<Vec<FieldError>, Problem> {
        match self {
            Self::Fields(fields) => Ok(fields),
            Self::Failed(problem) => Err(problem),
        }
    }
}

impl From<Vec<FieldError>> for InputError {
    fn from(fields: Vec<FieldError>) -> Self {
        Self::Fields(fields)
    }
}

impl From<FieldError> for InputError {
    fn from(field: FieldError) -> Self {
        Self::Fields(vec![field])
    }
}

impl From<Problem> for InputError {
    fn from(problem: Problem) -> Self {
        Self::Failed(problem)
    }
}

impl From<StoreError> for InputError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<InputError> for Problem {
    fn from(error: InputError) -> Self {
        match error {
            InputError::Fields(fields) => Self::invalid(fields),
            InputError::Failed(problem) => problem,
        }
    }
}

/// No tenant has this slug, or the caller is not a member: both look the same.
pub(crate) fn unknown_tenant() -> FieldError {
    FieldError::new(
        "tenant",
        "This tenant does not exist or you are not a member. Choose one of your tenants.",
    )
}

/// `tenant` has no such environment, or it is archived.
pub(crate) fn unknown_environment(tenant: &str) -> FieldError {
    FieldError::new(
        "environment",
        format!("{tenant} has no such environment. Choose another environment."),
    )
}

/// What a stray click must not do, such as deleting something, needs its `name` (or slug) typed.
pub(crate) fn confirm(confirmation: &str, name: &str) -> Result<(), Problem> {
    if confirmation.trim() == name {
        return Ok(());
    }
    let field = FieldError::new("confirmation", format!("Type {name} to confirm."));
    Err(Problem::invalid(vec![field]).code("confirmation_mismatch"))
}

/// A change was made to a version that is no longer current.
#[derive(Debug)]
pub(crate) struct StaleError {
    /// “this tenant”.
    pub(crate) what: &'static str,
    pub(crate) latest: Option<LatestChange>,
    /// What each changed field is now.
    pub(crate) fields: Vec<FieldError>,
}

impl From<StaleError> for Problem {
    fn from(error: StaleError) -> Self {
        let what = error.what;
        let detail = match error.latest {
            Some(LatestChange { who, at }) => format!(
                "{who} changed {what} on {}, after you opened it. Your change was not saved.",
                at.to_zoned(TimeZone::UTC)
                    .strftime("%-d %B %Y at %H:%M:%S UTC")
            ),
            None => {
                format!(
                    "Another user changed {what} after you opened it. Your change was not saved."
                )
            }
        };
        Self {
            fields: error.fields,
            ..conflict("stale", detail)
                .next("Review the current values, then save again if you still want to.")
        }
    }
}

/// What `field` is now, if it differs from what was requested.
pub(crate) fn current_value<T: PartialEq>(
    field: &str,
    requested: &T,
    now: &T,
    text: impl FnOnce(&T) -> String,
) -> Option<FieldError> {
    (requested != now).then(|| FieldError::new(field, format!("It is {} now.", text(now))))
}

/// With a capital letter at its beginning.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_change_names_who_changed_it_and_when() {
        let latest = LatestChange {
            who: "Ada".into(),
            at: "2026-11-21T09:05:03Z".parse().unwrap(),
        };
        let field = current_value("name", &"mine", &"hers", |now| format!("“{now}”"));
        let problem = Problem::from(StaleError {
            what: "this tenant",
            latest: Some(latest),
            fields: field.into_iter().collect(),
        });
        assert_eq!(
            (problem.kind, problem.code),
            (ProblemKind::Conflict, "stale")
        );
        for part in ["Ada", "21 November 2026 at 09:05:03 UTC"] {
            assert!(problem.detail.contains(part), "{problem}");
        }
        assert!(problem.field("name").unwrap().contains("hers"));
    }

    #[test]
    fn faults_of_two_inputs_are_shown_together_and_a_failure_wins() {
        let field = |name: &str| InputError::from(FieldError::new(name, "Wrong."));
        let both = InputError::both::<(), ()>(Err(field("a")), Err(field("b")));
        let Err(InputError::Fields(fields)) = both else {
            panic!("{both:?}")
        };
        assert_eq!(fields.len(), 2);
        let failed = InputError::from(Problem::unauthenticated());
        let both = InputError::both::<(), ()>(Err(field("a")), Err(failed));
        assert_eq!(Problem::from(both.unwrap_err()), Problem::unauthenticated());
    }
}
