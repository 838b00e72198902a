//! The list's whole state in its address: what to search, filter, sort by, and which page.

use domain::listing::Cursor;
use domain::people::{PeopleFilter, PeopleSort};
use domain::people_query::PeopleQueryInput;
use leptos_router::params::ParamsMap;
use serde::{Deserialize, Serialize};

use crate::routes;

/// What the chips are called and what stands in the address for each.
pub const FILTERS: [(PeopleFilter, &str, &str); 4] = [
    (PeopleFilter::All, "All", ""),
    (PeopleFilter::Admins, "Admins", "admins"),
    (PeopleFilter::Suspended, "Suspended", "suspended"),
    (
        PeopleFilter::WithoutTenant,
        "Without a tenant",
        "without_tenant",
    ),
];

/// A question to the list, as it stands in the address. What is not asked stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PeopleAddress {
    /// Part of a name or an e-mail address.
    pub search: String,
    /// A word of [`FILTERS`].
    pub filter: String,
    /// A word of [`PeopleSort`], with `-` before it the other way round.
    pub sort: String,
    /// The page after this cursor.
    pub after: String,
    /// The page before this cursor.
    pub before: String,
}

impl PeopleAddress {
    /// The question in the address.
    pub fn read(query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).unwrap_or_default();
        Self {
            search: get("search"),
            filter: get("filter"),
            sort: get("sort"),
            after: get("after"),
            before: get("before"),
        }
    }

    /// Where the question is asked.
    pub fn address(&self) -> String {
        routes::with_query(
            routes::USERS,
            [
                ("search", self.search.as_str()),
                ("filter", &self.filter),
                ("sort", &self.sort),
                ("after", &self.after),
                ("before", &self.before),
            ],
        )
    }

    /// The parameters that a new search leaves as they are.
    pub fn kept_by_a_search(&self) -> Vec<(&'static str, String)> {
        [("filter", &self.filter), ("sort", &self.sort)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name, value.clone()))
            .collect()
    }

    /// The same question about other people, from the first page on.
    pub fn with_filter(&self, filter: &str) -> String {
        Self {
            filter: filter.to_owned(),
            after: String::new(),
            before: String::new(),
            ..self.clone()
        }
        .address()
    }

    /// The same question on the page after a row.
    pub fn after(&self, cursor: &Cursor) -> String {
        Self {
            after: cursor.to_string(),
            before: String::new(),
            ..self.clone()
        }
        .address()
    }

    /// The same question on the page before a row.
    pub fn before(&self, cursor: &Cursor) -> String {
        Self {
            after: String::new(),
            before: cursor.to_string(),
            ..self.clone()
        }
        .address()
    }

    /// The same question sorted by another column, or the other way round if it is sorted by it already.
    pub fn sorted_by(&self, sort: PeopleSort) -> String {
        let turn = if self.ascending(sort) == Some(true) {
            "-"
        } else {
            ""
        };
        Self {
            sort: format!("{turn}{}", sort.as_str()),
            after: String::new(),
            before: String::new(),
            ..self.clone()
        }
        .address()
    }

    /// Whether the list is sorted by `sort`, and then whether upwards.
    pub fn ascending(&self, sort: PeopleSort) -> Option<bool> {
        let word = if self.sort.is_empty() {
            PeopleSort::Name.as_str()
        } else {
            &self.sort
        };
        let (descending, word) = match word.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, word),
        };
        (word == sort.as_str()).then_some(!descending)
    }

    /// Whether less than everybody is asked for.
    pub fn is_narrow(&self) -> bool {
        [&self.search, &self.filter, &self.after, &self.before]
            .iter()
            .any(|asked| !asked.is_empty())
    }
}

impl From<PeopleAddress> for PeopleQueryInput {
    fn from(asked: PeopleAddress) -> Self {
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        Self {
            search: text(asked.search),
            filter: text(asked.filter),
            sort: text(asked.sort),
            after: text(asked.after),
            before: text(asked.before),
            per_page: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(search: &str, filter: &str, sort: &str, after: &str) -> PeopleAddress {
        PeopleAddress {
            search: search.into(),
            filter: filter.into(),
            sort: sort.into(),
            after: after.into(),
            before: String::new(),
        }
    }

    #[test]
    fn another_filter_or_order_begins_at_the_first_page_and_keeps_the_rest() {
        let here = asked("ada", "", "name", "3");
        assert_eq!(
            here.with_filter("admins"),
            "/admin/users?search=ada&filter=admins&sort=name"
        );
        assert_eq!(
            here.sorted_by(PeopleSort::Name),
            "/admin/users?search=ada&sort=-name"
        );
    }
}
