//! Questions for lists of people, as they stand in a URL.

use crate::{
    listing::{Parameters, Position, text},
    problem::FieldError,
    users::{UserFilter, UserQuery, UserSort},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

impl UserFilter {
    /// Every filter.
    pub const ALL: [Self; 4] = [
        Self::All,
        Self::Admins,
        Self::Suspended,
        Self::WithoutTenant,
    ];

    /// The word in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Admins => "admins",
            Self::Suspended => "suspended",
            Self::WithoutTenant => "without_tenant",
        }
    }
}

impl FromStr for UserFilter {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        let found = Self::ALL.into_iter().find(|filter| filter.as_str() == text);
        found.ok_or_else(|| {
            FieldError::new(
                "filter",
                "Filter must be all, admins, suspended or without_tenant.",
            )
        })
    }
}

impl UserSort {
    /// The word in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::LastSeen => "last_seen",
        }
    }
}

impl FromStr for UserSort {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        [Self::Name, Self::LastSeen]
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or_else(|| FieldError::new("sort", "Sort by name or last_seen."))
    }
}

impl Default for UserQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            filter: UserFilter::All,
            sort: UserSort::Name,
            descending: false,
            position: Position::First,
            per_page: 25,
        }
    }
}

/// A question as it stands in a URL; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct UserQueryInput {
    /// Part of a name or an e-mail address.
    #[serde(default)]
    pub search: Option<String>,
    /// `all`, `admins`, `suspended` or `without_tenant`.
    #[serde(default)]
    pub filter: Option<String>,
    /// `name` or `last_seen`; with `-` before it the other way round.
    #[serde(default)]
    pub sort: Option<String>,
    /// The page after this cursor: `next` of another page.
    #[serde(default)]
    pub after: Option<String>,
    /// The page before this cursor: `previous` of another page, or `end` for the last page.
    #[serde(default)]
    pub before: Option<String>,
    /// How many a page, 1 to 200.
    #[serde(default)]
    pub per_page: Option<String>,
}

impl UserQueryInput {
    /// Checks every parameter.
    ///
    /// # Errors
    /// One [`FieldError`] for each parameter at fault.
    pub fn validate(&self) -> Result<UserQuery, Vec<FieldError>> {
        let mut parameters = Parameters::default();
        let (sort, descending) = parameters.sort(&self.sort, str::parse, UserSort::Name, false);
        let filter = text(&self.filter).map_or(Ok(UserFilter::All), |word| word.parse());
        let query = UserQuery {
            search: parameters.search(&self.search),
            filter: *filter.as_ref().unwrap_or(&UserFilter::All),
            sort,
            descending,
            position: parameters.position(&self.after, &self.before),
            per_page: parameters.per_page(&self.per_page, 25),
        };
        match (parameters.finish(query), filter) {
            (Ok(query), Ok(_)) => Ok(query),
            (checked, filter) => Err(checked
                .err()
                .unwrap_or_default()
                .into_iter()
                .chain(filter.err())
                .collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_question_shows_everybody_by_name() {
        assert_eq!(
            UserQueryInput::default().validate().unwrap(),
            UserQuery::default()
        );
    }

    #[test]
    fn parameters_at_fault_are_named() {
        let input = UserQueryInput {
            filter: Some("nobody".into()),
            sort: Some("-age".into()),
            after: Some("0".into()),
            ..UserQueryInput::default()
        };
        let fields: Vec<_> = input
            .validate()
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["sort", "after", "filter"]);
    }
}
