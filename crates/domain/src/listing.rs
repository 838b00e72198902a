//! Searching, filtering, sorting and paging clusters.

use crate::{
    cluster::{Cluster, ClusterState},
    problem::FieldError,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClusterSort {
    /// By name.
    Name,
    /// By state.
    State,
    /// By the time of the order.
    #[default]
    Created,
    /// By the time it ends; those without end last.
    Ends,
}

impl ClusterSort {
    /// The word in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Created => "created",
            Self::Ends => "ends",
        }
    }
}

impl FromStr for ClusterSort {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        [Self::Name, Self::State, Self::Created, Self::Ends]
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or_else(|| FieldError::new("sort", "Sort by name, state, created or ends."))
    }
}

/// A valid question for a list of clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterQuery {
    /// Part of a name, owner's name, tenant or environment; any case.
    pub search: String,
    /// States to show; empty: all but deleted.
    pub states: Vec<ClusterState>,
    /// Slug of the one tenant to show.
    pub tenant: Option<String>,
    /// Slug of the one environment to show.
    pub environment: Option<String>,
    /// Only what the caller ordered.
    pub mine: bool,
    /// What to sort by.
    pub sort: ClusterSort,
    /// The other way round.
    pub descending: bool,
    /// Which page, from 1.
    pub page: u32,
    /// How many a page, 1 to 200.
    pub per_page: u32,
}

impl ClusterQuery {
    /// The most a page may hold.
    pub const MAX_PER_PAGE: u32 = 200;
}

impl Default for ClusterQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            states: Vec::new(),
            tenant: None,
            environment: None,
            mine: false,
            sort: ClusterSort::Created,
            descending: true,
            page: 1,
            per_page: 25,
        }
    }
}

/// A question as it stands in a URL; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct ClusterQueryInput {
    /// Part of a name, owner's name, tenant or environment.
    #[serde(default)]
    pub search: Option<String>,
    /// States, separated by commas: `ready,failed`.
    #[serde(default)]
    pub state: Option<String>,
    /// Slug of a tenant.
    #[serde(default)]
    pub tenant: Option<String>,
    /// Slug of an environment.
    #[serde(default)]
    pub environment: Option<String>,
    /// `true`: only what you ordered.
    #[serde(default)]
    pub mine: Option<String>,
    /// `name`, `state`, `created` or `ends`; with `-` before it the other way round.
    #[serde(default)]
    pub sort: Option<String>,
    /// The page, from 1.
    #[serde(default)]
    pub page: Option<String>,
    /// How many a page, 1 to 200.
    #[serde(default)]
    pub per_page: Option<String>,
}

impl ClusterQueryInput {
    /// Checks every parameter.
    ///
    /// # Errors
    /// One [`FieldError`] for each parameter at fault.
    pub fn validate(&self) -> Result<ClusterQuery, Vec<FieldError>> {
        let mut parameters = Parameters::default();
        let states = parameters.states(&self.state);
        let (sort, descending) = parameters.sort(&self.sort, ClusterSort::Created, true);
        let query = ClusterQuery {
            search: parameters.search(&self.search),
            states,
            tenant: text(&self.tenant),
            environment: text(&self.environment),
            mine: text(&self.mine).as_deref() == Some("true"),
            sort,
            descending,
            page: parameters.page(&self.page),
            per_page: parameters.per_page(&self.per_page, 25),
        };
        parameters.finish(query)
    }
}

/// A parameter's text without space around it; `None` if nothing is left.
pub(crate) fn text(value: &Option<String>) -> Option<String> {
    value
        .as_deref()
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
}

/// Reads the parameters of a list one by one and keeps what is wrong with each.
#[derive(Default)]
pub(crate) struct Parameters {
    errors: Vec<FieldError>,
}

impl Parameters {
    /// States, separated by commas.
    pub(crate) fn states<S: FromStr<Err = String>>(&mut self, value: &Option<String>) -> Vec<S> {
        let mut states = Vec::new();
        for word in text(value).as_deref().unwrap_or("").split(',') {
            match word.trim() {
                "" => {}
                word => match word.parse() {
                    Ok(state) => states.push(state),
                    Err(message) => self.errors.push(FieldError::new("state", message)),
                },
            }
        }
        states
    }

    /// What to sort by, and whether the other way round.
    pub(crate) fn sort<S: FromStr<Err = FieldError>>(
        &mut self,
        value: &Option<String>,
        default: S,
        default_descending: bool,
    ) -> (S, bool) {
        let Some(word) = text(value) else {
            return (default, default_descending);
        };
        let (descending, word) = match word.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, word.as_str()),
        };
        let sort = word.parse().unwrap_or_else(|error| {
            self.errors.push(error);
            default
        });
        (sort, descending)
    }

    /// What to search for.
    pub(crate) fn search(&mut self, value: &Option<String>) -> String {
        let search = text(value).unwrap_or_default();
        if search.chars().count() > 100 {
            self.errors
                .push(FieldError::new("search", "At most 100 characters."));
        }
        search
    }

    /// A number from 1 to `max`, if there is one.
    pub(crate) fn optional_number(
        &mut self,
        field: &str,
        value: &Option<String>,
        max: u32,
    ) -> Option<u32> {
        let value = text(value)?;
        match value.parse::<u32>() {
            Ok(number) if (1..=max).contains(&number) => Some(number),
            _ => {
                self.errors
                    .push(FieldError::new(field, format!("A number from 1 to {max}.")));
                None
            }
        }
    }

    /// Which page, from 1.
    pub(crate) fn page(&mut self, value: &Option<String>) -> u32 {
        self.optional_number("page", value, 1_000_000).unwrap_or(1)
    }

    /// How many a page.
    pub(crate) fn per_page(&mut self, value: &Option<String>, default: u32) -> u32 {
        self.optional_number("per_page", value, ClusterQuery::MAX_PER_PAGE)
            .unwrap_or(default)
    }

    /// The question, if every parameter was right.
    pub(crate) fn finish<Q>(self, query: Q) -> Result<Q, Vec<FieldError>> {
        if self.errors.is_empty() {
            Ok(query)
        } else {
            Err(self.errors)
        }
    }
}

/// How many clusters are in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateCount {
    /// The state.
    pub state: ClusterState,
    /// How many.
    pub count: u64,
}

/// One page of clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ClusterPage {
    /// The clusters.
    pub items: Vec<Cluster>,
    /// How many match altogether.
    pub total: u64,
    /// Which page this is, from 1.
    pub page: u32,
    /// How many a page holds.
    pub per_page: u32,
    /// How many match in each state, whatever states were asked for.
    pub counts: Vec<StateCount>,
    /// The server's time.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_question_shows_the_newest_first() {
        assert_eq!(
            ClusterQueryInput::default().validate().unwrap(),
            ClusterQuery::default()
        );
    }

    #[test]
    fn parameters_at_fault_are_named() {
        let input = ClusterQueryInput {
            state: Some("ready,purple".into()),
            sort: Some("-colour".into()),
            page: Some("0".into()),
            per_page: Some("1000".into()),
            ..Default::default()
        };
        let fields: Vec<_> = input
            .validate()
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["state", "sort", "page", "per_page"]);
    }

    #[test]
    fn a_minus_turns_the_order_round() {
        let query = ClusterQueryInput {
            sort: Some("-name".into()),
            ..Default::default()
        }
        .validate()
        .unwrap();
        assert_eq!((query.sort, query.descending), (ClusterSort::Name, true));
    }
}
