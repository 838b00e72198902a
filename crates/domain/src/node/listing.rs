//! Searching, filtering, sorting and paging nodes.

use super::view::{Node, NodeState};
use crate::{
    listing::{Paging, Parameters, Position, text},
    problem::FieldError,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a list of nodes is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeSort {
    /// By name.
    Name,
    /// By state.
    State,
    /// By the time of the order.
    #[default]
    Created,
    /// By the time it ends; those without end last.
    Ends,
    /// By the price an hour.
    Price,
}

impl NodeSort {
    /// Every order.
    pub const ALL: [Self; 5] = [
        Self::Name,
        Self::State,
        Self::Created,
        Self::Ends,
        Self::Price,
    ];

    /// The word in requests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::State => "state",
            Self::Created => "created",
            Self::Ends => "ends",
            Self::Price => "price",
        }
    }
}

impl FromStr for NodeSort {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or_else(|| FieldError::new("sort", "Sort by name, state, created, ends or price."))
    }
}

/// A valid question for a list of nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeQuery {
    /// Part of a name, accelerator, owner's name, tenant or environment; any case.
    pub search: String,
    /// States to show; empty: all but deleted.
    pub states: Vec<NodeState>,
    /// Slug of the one tenant to show.
    pub tenant: Option<String>,
    /// Slug of the one environment to show.
    pub environment: Option<String>,
    /// Only what the caller ordered.
    pub mine: bool,
    /// What to sort by.
    pub sort: NodeSort,
    /// The other way round.
    pub descending: bool,
    /// Which page.
    pub position: Position,
    /// How many a page, 1 to 200.
    pub per_page: u32,
}

impl Default for NodeQuery {
    fn default() -> Self {
        Self {
            search: String::new(),
            states: Vec::new(),
            tenant: None,
            environment: None,
            mine: false,
            sort: NodeSort::Created,
            descending: true,
            position: Position::First,
            per_page: 25,
        }
    }
}

/// A question as it stands in a URL; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct NodeQueryInput {
    /// Part of a name, accelerator, owner's name, tenant or environment.
    #[serde(default)]
    pub search: Option<String>,
    /// States, separated by commas: `ready,stopped`.
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
    /// `name`, `state`, `created`, `ends` or `price`; with `-` before it the other way round.
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

impl NodeQueryInput {
    /// Checks every parameter.
    ///
    /// # Errors
    /// One [`FieldError`] for each parameter at fault.
    pub fn validate(&self) -> Result<NodeQuery, Vec<FieldError>> {
        let mut parameters = Parameters::default();
        let states = parameters.states(&self.state);
        let (sort, descending) = parameters.sort(&self.sort, NodeSort::Created, true);
        let query = NodeQuery {
            search: parameters.search(&self.search),
            states,
            tenant: text(&self.tenant),
            environment: text(&self.environment),
            mine: text(&self.mine).as_deref() == Some("true"),
            sort,
            descending,
            position: parameters.position(&self.after, &self.before),
            per_page: parameters.per_page(&self.per_page, 25),
        };
        parameters.finish(query)
    }
}

/// How many nodes are in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeStateCount {
    /// The state.
    pub state: NodeState,
    /// How many.
    pub count: u64,
}

/// One page of nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodePage {
    /// The nodes.
    pub items: Vec<Node>,
    /// How many match altogether.
    pub total: u64,
    /// Which page this is, and how to get to its neighbours.
    #[serde(flatten)]
    pub paging: Paging,
    /// How many a page holds.
    pub per_page: u32,
    /// How many match in each state, whatever states were asked for.
    pub counts: Vec<NodeStateCount>,
    /// The server's time.
    #[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
    pub now: Timestamp,
}
