//! A list's whole state in its address: what to search, filter, sort by, and which page.

use domain::listing::{ClusterQueryInput, Cursor};
use domain::node::listing::NodeQueryInput;
use leptos_router::params::ParamsMap;

use crate::routes;

/// The order of a list that is not told another one.
const NEWEST_FIRST: &str = "-created";

/// A question to a list. What is not asked stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListAddress {
    /// The list's own address.
    pub path: &'static str,
    /// Part of a name or the like.
    pub search: Option<String>,
    /// States, separated by commas.
    pub state: Option<String>,
    /// The slug of a tenant.
    pub tenant: Option<String>,
    /// The slug of an environment of it.
    pub environment: Option<String>,
    /// `true`: only what one ordered oneself.
    pub mine: Option<String>,
    /// A word, with `-` before it the other way round.
    pub sort: Option<String>,
    /// The page after this cursor.
    pub after: Option<String>,
    /// The page before this cursor.
    pub before: Option<String>,
    /// How many a page.
    pub per_page: Option<String>,
}

impl ListAddress {
    /// The question in the address of the list at `path`.
    pub fn read(path: &'static str, query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).filter(|value| !value.is_empty());
        Self {
            path,
            search: get("search"),
            state: get("state"),
            tenant: get("tenant"),
            environment: get("environment"),
            mine: get("mine"),
            sort: get("sort"),
            after: get("after"),
            before: get("before"),
            per_page: get("per_page"),
        }
    }

    fn parameters(&self) -> [(&'static str, &str); 9] {
        fn text(value: &Option<String>) -> &str {
            value.as_deref().unwrap_or("")
        }
        [
            ("search", text(&self.search)),
            ("state", text(&self.state)),
            ("tenant", text(&self.tenant)),
            ("environment", text(&self.environment)),
            ("mine", text(&self.mine)),
            ("sort", text(&self.sort)),
            ("after", text(&self.after)),
            ("before", text(&self.before)),
            ("per_page", text(&self.per_page)),
        ]
    }

    /// The parameters that a new search leaves as they are.
    pub fn kept_by_a_search(&self) -> Vec<(&'static str, String)> {
        self.parameters()
            .into_iter()
            .filter(|(name, value)| {
                !["search", "after", "before"].contains(name) && !value.is_empty()
            })
            .map(|(name, value)| (name, value.to_owned()))
            .collect()
    }

    /// Where the question is asked.
    pub fn address(&self) -> String {
        routes::with_query(self.path, self.parameters())
    }

    /// The same question about other states, from the first page on.
    pub fn with_states(&self, states: &str) -> String {
        let state = Some(states.to_owned());
        Self {
            state,
            after: None,
            before: None,
            ..self.clone()
        }
        .address()
    }

    /// The same question, about everything or only what one ordered oneself.
    pub fn with_mine(&self, mine: bool) -> String {
        let mine = mine.then(|| "true".to_owned());
        Self {
            mine,
            after: None,
            before: None,
            ..self.clone()
        }
        .address()
    }

    /// The same question on the page after a row.
    pub fn after(&self, cursor: &Cursor) -> String {
        Self {
            after: Some(cursor.to_string()),
            before: None,
            ..self.clone()
        }
        .address()
    }

    /// The same question on the page before a row.
    pub fn before(&self, cursor: &Cursor) -> String {
        Self {
            after: None,
            before: Some(cursor.to_string()),
            ..self.clone()
        }
        .address()
    }

    /// The same question sorted by another column, or the other way round if it is sorted by it already.
    pub fn sorted_by(&self, sort: &str) -> String {
        let turn = if self.ascending(sort) == Some(true) {
            "-"
        } else {
            ""
        };
        Self {
            sort: Some(format!("{turn}{sort}")),
            after: None,
            before: None,
            ..self.clone()
        }
        .address()
    }

    /// Whether the list is sorted by `sort`, and then whether upwards.
    pub fn ascending(&self, sort: &str) -> Option<bool> {
        let word = self.sort.as_deref().unwrap_or(NEWEST_FIRST);
        let (descending, word) = match word.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, word),
        };
        (word == sort).then_some(!descending)
    }

    /// Whether nothing but order and page size is asked for.
    pub fn asks_for_everything(&self) -> bool {
        let narrowing = [
            &self.search,
            &self.state,
            &self.tenant,
            &self.environment,
            &self.mine,
            &self.after,
            &self.before,
        ];
        narrowing.iter().all(|parameter| parameter.is_none())
    }

    /// `tenant/environment` where the list shows one environment alone, as order forms have it; else empty.
    pub fn place(&self) -> String {
        match (&self.tenant, &self.environment) {
            (tenant, Some(environment)) => {
                format!("{}/{environment}", tenant.as_deref().unwrap_or(""))
            }
            _ => String::new(),
        }
    }
}

impl From<ListAddress> for ClusterQueryInput {
    fn from(list: ListAddress) -> Self {
        Self {
            search: list.search,
            state: list.state,
            tenant: list.tenant,
            environment: list.environment,
            mine: list.mine,
            sort: list.sort,
            after: list.after,
            before: list.before,
            per_page: list.per_page,
        }
    }
}

impl From<ListAddress> for NodeQueryInput {
    fn from(list: ListAddress) -> Self {
        Self {
            search: list.search,
            state: list.state,
            tenant: list.tenant,
            environment: list.environment,
            mine: list.mine,
            sort: list.sort,
            after: list.after,
            before: list.before,
            per_page: list.per_page,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&str, &str)]) -> ListAddress {
        let mut map = ParamsMap::new();
        for (name, value) in query {
            map.insert((*name).to_owned(), (*value).to_owned());
        }
        ListAddress::read("/nodes", &map)
    }

    #[test]
    fn an_address_says_the_same_there_and_back() {
        let list = asked(&[
            ("search", "pay ci"),
            ("state", "ready,failed"),
            ("after", "3.x"),
        ]);
        assert_eq!(
            list.address(),
            "/nodes?search=pay%20ci&state=ready%2Cfailed&after=3.x"
        );
    }

    #[test]
    fn a_new_filter_begins_at_the_first_page() {
        let list = asked(&[("search", "pay"), ("after", "3.x")]);
        assert_eq!(list.with_states("ready"), "/nodes?search=pay&state=ready");
        assert_eq!(list.with_mine(true), "/nodes?search=pay&mine=true");
    }

    #[test]
    fn a_new_search_keeps_filters_and_order_and_begins_at_the_first_page() {
        let list = asked(&[("search", "pay"), ("sort", "name"), ("after", "3.x")]);
        assert_eq!(
            list.kept_by_a_search(),
            [("sort", "name".to_owned())],
            "the search itself is typed anew"
        );
    }

    #[test]
    fn sorting_twice_turns_the_list_round() {
        let once = asked(&[("sort", "name")]);
        assert_eq!(asked(&[]).sorted_by("name"), "/nodes?sort=name");
        assert_eq!(once.sorted_by("name"), "/nodes?sort=-name");
        assert_eq!(once.ascending("name"), Some(true));
        assert_eq!(once.ascending("ends"), None);
    }

    #[test]
    fn an_order_begins_where_the_list_looks() {
        assert_eq!(asked(&[("tenant", "vision")]).place(), "");
        let narrow = asked(&[("tenant", "vision"), ("environment", "dev")]);
        assert_eq!(narrow.place(), "vision/dev");
    }
}
