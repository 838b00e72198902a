//! Searching, filtering, sorting and paging.

use crate::{
    problem::FieldError,
    resource::{Kind, Resource},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// What a list of resources is sorted by; each kind has its own choice of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    Name,
    State,
    #[default]
    Created,
    /// By the time it ends; those without end last.
    Ends,
    /// By the price an hour; those without a known price last.
    Price,
}

impl Sort {
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

impl FromStr for Sort {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [
            Self::Name,
            Self::State,
            Self::Created,
            Self::Ends,
            Self::Price,
        ]
        .into_iter()
        .find(|sort| sort.as_str() == text)
        .ok_or("no order of lists")
    }
}

/// A valid query for a list of resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery<K: Kind> {
    /// Part of a name, owner's name, tenant or environment; any case.
    pub search: String,
    /// States to show; empty: all but deleted.
    pub states: Vec<K::State>,
    /// Slug of the one tenant to show.
    pub tenant: Option<String>,
    /// Slug of the one environment to show.
    pub environment: Option<String>,
    /// Only what the caller created.
    pub mine: bool,
    pub sort: Sort,
    pub descending: bool,
    pub position: Position,
    pub per_page: u32,
}

/// The most a page may hold.
const MAX_PER_PAGE: u32 = 200;

impl<K: Kind> Default for ListQuery<K> {
    fn default() -> Self {
        Self {
            search: String::new(),
            states: Vec::new(),
            tenant: None,
            environment: None,
            mine: false,
            sort: Sort::Created,
            descending: true,
            position: Position::First,
            per_page: 25,
        }
    }
}

/// A query as it stands in a URL; empty is the same as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(default)]
pub struct ListQueryInput {
    /// Part of a name, owner's name, tenant or environment; of nodes also of an accelerator.
    pub search: Option<String>,
    /// States, separated by commas: `ready,failed`.
    pub state: Option<String>,
    /// Slug of a tenant.
    pub tenant: Option<String>,
    /// Slug of an environment.
    pub environment: Option<String>,
    /// `true`: only what you ordered.
    pub mine: Option<String>,
    /// `name`, `state`, `created`, `ends`, or of nodes also `price`; with `-` before it the other way round.
    pub sort: Option<String>,
    /// The page after this cursor: `next` of another page.
    pub after: Option<String>,
    /// The page before this cursor: `previous` of another page, or `end` for the last page.
    pub before: Option<String>,
    /// How many a page, 1 to 200.
    pub per_page: Option<String>,
}

impl ListQueryInput {
    /// Checks every parameter.
    ///
    /// # Errors
    /// One [`FieldError`] for each parameter at fault.
    pub fn validate<K: Kind>(&self) -> Result<ListQuery<K>, Vec<FieldError>> {
        let mut parameters = Parameters::default();
        let states = parameters.states(&self.state);
        let read = |word: &str| {
            let sort = word.parse().ok();
            sort.filter(|sort| K::SORTS.contains(sort)).ok_or_else(|| {
                let words: Vec<_> = K::SORTS.iter().map(|sort| sort.as_str()).collect();
                FieldError::new("sort", format!("Sort by one of: {}.", words.join(", ")))
            })
        };
        let (sort, descending) = parameters.sort(&self.sort, read, Sort::Created, true);
        let query = ListQuery {
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
    pub(crate) fn sort<S>(
        &mut self,
        value: &Option<String>,
        read: impl Fn(&str) -> Result<S, FieldError>,
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
        let sort = read(word).unwrap_or_else(|error| {
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
                .push(FieldError::new("search", "Use at most 100 characters."));
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
                self.errors.push(FieldError::new(
                    field,
                    format!("Use a number from 1 to {max}."),
                ));
                None
            }
        }
    }

    /// Which page of a list that is paged by key.
    pub(crate) fn position(&mut self, after: &Option<String>, before: &Option<String>) -> Position {
        match (text(after), text(before)) {
            (None, None) => Position::First,
            (None, Some(word)) if word == END => Position::Last,
            (Some(after), None) => self
                .cursor("after", &after)
                .map_or_else(Position::default, Position::After),
            (None, Some(before)) => self
                .cursor("before", &before)
                .map_or_else(Position::default, Position::Before),
            (Some(_), Some(_)) => {
                self.errors.push(FieldError::new(
                    "before",
                    "Use either after or before, not both.",
                ));
                Position::First
            }
        }
    }

    fn cursor(&mut self, field: &str, text: &str) -> Option<Cursor> {
        text.parse()
            .map_err(|message: &str| self.errors.push(FieldError::new(field, message)))
            .ok()
    }

    /// Which page, from 1.
    pub(crate) fn page(&mut self, value: &Option<String>) -> u32 {
        self.optional_number("page", value, 1_000_000).unwrap_or(1)
    }

    /// How many a page.
    pub(crate) fn per_page(&mut self, value: &Option<String>, default: u32) -> u32 {
        self.optional_number("per_page", value, MAX_PER_PAGE)
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

/// The word for the last page in place of a cursor.
pub const END: &str = "end";

/// The row at the edge of a page, by what the list is sorted by and the id that breaks ties. Clients
/// see opaque text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Cursor {
    /// The number of the page on the other side of this row, for display.
    pub page: u32,
    /// Empty as in the row.
    pub value: Option<String>,
    /// The row.
    pub id: Uuid,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.page, self.id.simple())?;
        match &self.value {
            Some(value) => write!(f, ".{value}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Cursor {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '.');
        let page = parts.next().and_then(|page| page.parse().ok());
        let id = parts.next().and_then(|id| Uuid::parse_str(id).ok());
        match (page, id) {
            (Some(page), Some(id)) => Ok(Self {
                page,
                value: parts.next().map(str::to_owned),
                id,
            }),
            _ => Err(
                "The cursor is invalid. Use one of another page, or omit the parameter for the first page.",
            ),
        }
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.to_string()
    }
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Position {
    /// The first.
    #[default]
    First,
    /// The one that begins after this row.
    After(Cursor),
    /// The one that ends before this row.
    Before(Cursor),
    /// The last.
    Last,
}

/// Where a page is in its list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Paging {
    /// The number of the page, from 1. It is only approximate if rows come and go meanwhile.
    pub page: u32,
    /// For the parameter `before`; none on the first page.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub previous: Option<Cursor>,
    /// For the parameter `after`; none on the last page.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub next: Option<Cursor>,
}

/// How many resources are in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateCount<S> {
    pub state: S,
    pub count: u64,
}

/// One page of resources.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "D: Serialize", deserialize = "D: Deserialize<'de>"))]
pub struct ListPage<K: Kind, D = <K as Kind>::Details> {
    pub items: Vec<Resource<K, D>>,
    /// How many match altogether. With a search, or of one user alone, at most 10,000 are counted.
    pub total: u64,
    #[serde(flatten)]
    pub paging: Paging,
    pub per_page: u32,
    /// How many match in each state, whatever states were asked for.
    pub counts: Vec<StateCount<K::State>>,
    /// The server's time.
    pub now: Timestamp,
}

impl<K: Kind, D> ListPage<K, D> {
    /// The same page with other details.
    pub fn map<E>(self, view: impl FnMut(Resource<K, D>) -> Resource<K, E>) -> ListPage<K, E> {
        ListPage {
            items: self.items.into_iter().map(view).collect(),
            total: self.total,
            paging: self.paging,
            per_page: self.per_page,
            counts: self.counts,
            now: self.now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cluster::ClusterKind, node::view::NodeKind};

    #[test]
    fn an_empty_question_shows_the_newest_first() {
        assert_eq!(
            ListQueryInput::default().validate::<ClusterKind>(),
            Ok(ListQuery::default())
        );
    }

    #[test]
    fn parameters_at_fault_are_named() {
        let input = ListQueryInput {
            state: Some("ready,purple".into()),
            sort: Some("-colour".into()),
            after: Some("0".into()),
            per_page: Some("1000".into()),
            ..Default::default()
        };
        let fields: Vec<_> = input
            .validate::<ClusterKind>()
            .unwrap_err()
            .into_iter()
            .map(|error| error.field)
            .collect();
        assert_eq!(fields, ["state", "sort", "after", "per_page"]);
    }

    #[test]
    fn a_minus_turns_the_order_round() {
        let query = ListQueryInput {
            sort: Some("-name".into()),
            ..Default::default()
        }
        .validate::<ClusterKind>()
        .unwrap();
        assert_eq!((query.sort, query.descending), (Sort::Name, true));
    }

    #[test]
    fn each_kind_has_its_own_orders() {
        let by_price = ListQueryInput {
            sort: Some("price".into()),
            ..Default::default()
        };
        assert_eq!(by_price.validate::<NodeKind>().unwrap().sort, Sort::Price);
        by_price.validate::<ClusterKind>().unwrap_err();
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        for value in [None, Some(""), Some("ci.example – 1")] {
            let cursor = Cursor {
                page: 7,
                value: value.map(str::to_owned),
                id: Uuid::from_u128(3),
            };
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }

    #[test]
    fn a_list_begins_at_one_end() {
        let at = |after: Option<&str>, before: Option<&str>| {
            ListQueryInput {
                after: after.map(str::to_owned),
                before: before.map(str::to_owned),
                ..Default::default()
            }
            .validate::<ClusterKind>()
            .map(|query| query.position)
        };
        assert_eq!(at(None, None), Ok(Position::First));
        assert_eq!(at(None, Some("end")), Ok(Position::Last));
        let cursor = "2.00000000000000000000000000000003.x";
        assert!(matches!(at(Some(cursor), None), Ok(Position::After(_))));
        assert!(matches!(at(None, Some(cursor)), Ok(Position::Before(_))));
        at(Some(cursor), Some(cursor)).unwrap_err();
    }
}
