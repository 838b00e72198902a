//! The list's whole state in its address: what to search, filter, sort by, and which page.

use domain::people::{PeopleFilter, PeopleSort};
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

/// The word in the address for an order.
pub const fn sort_word(sort: PeopleSort) -> &'static str {
    match sort {
        PeopleSort::Name => "name",
        PeopleSort::LastSeen => "last_seen",
    }
}

/// A question to the list, as it stands in the address. What is not asked stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PeopleAddress {
    /// Part of a name or an e-mail address.
    pub search: String,
    /// A word of [`FILTERS`].
    pub filter: String,
    /// A word of [`sort_word`], with `-` before it the other way round.
    pub sort: String,
    /// From 1.
    pub page: String,
}

impl PeopleAddress {
    /// The question in the address.
    pub fn read(query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).unwrap_or_default();
        Self {
            search: get("search"),
            filter: get("filter"),
            sort: get("sort"),
            page: get("page"),
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
                ("page", &self.page),
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
            page: String::new(),
            ..self.clone()
        }
        .address()
    }

    /// The same question on another page.
    pub fn with_page(&self, page: u32) -> String {
        let page = if page > 1 {
            page.to_string()
        } else {
            String::new()
        };
        Self {
            page,
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
            sort: format!("{turn}{}", sort_word(sort)),
            page: String::new(),
            ..self.clone()
        }
        .address()
    }

    /// Whether the list is sorted by `sort`, and then whether upwards.
    pub fn ascending(&self, sort: PeopleSort) -> Option<bool> {
        let word = if self.sort.is_empty() {
            sort_word(PeopleSort::Name)
        } else {
            &self.sort
        };
        let (descending, word) = match word.strip_prefix('-') {
            Some(word) => (true, word),
            None => (false, word),
        };
        (word == sort_word(sort)).then_some(!descending)
    }

    /// Whether less than everybody is asked for.
    pub fn is_narrow(&self) -> bool {
        !self.search.is_empty() || !self.filter.is_empty() || !self.page.is_empty()
    }
}

#[cfg(feature = "ssr")]
mod question {
    use domain::people::{PeopleQuery, PeopleSort};
    use domain::problem::FieldError;

    use super::{FILTERS, PeopleAddress, sort_word};

    /// How many people a page has.
    const PER_PAGE: u32 = 50;

    impl PeopleAddress {
        /// The question, if it is one.
        ///
        /// # Errors
        /// One [`FieldError`] for each parameter at fault.
        pub fn to_query(&self) -> Result<PeopleQuery, Vec<FieldError>> {
            let mut errors = Vec::new();
            let filter = FILTERS.into_iter().find(|(.., word)| *word == self.filter);
            if filter.is_none() {
                let words: Vec<_> = FILTERS.iter().skip(1).map(|(.., word)| *word).collect();
                let message = format!("Choose one of {}.", words.join(", "));
                errors.push(FieldError::new("filter", message));
            }
            let (descending, word) = match self.sort.strip_prefix('-') {
                Some(word) => (true, word),
                None => (false, self.sort.as_str()),
            };
            let sort = [PeopleSort::Name, PeopleSort::LastSeen]
                .into_iter()
                .find(|sort| word == sort_word(*sort) || (word.is_empty() && !descending));
            if sort.is_none() {
                errors.push(FieldError::new("sort", "Sort by name or last_seen."));
            }
            let page = match self.page.as_str() {
                "" => Some(1),
                page => page.parse().ok().filter(|page| *page > 0),
            };
            if page.is_none() {
                errors.push(FieldError::new("page", "Pages are counted from 1."));
            }
            match (filter, sort, page) {
                (Some((filter, ..)), Some(sort), Some(page)) => Ok(PeopleQuery {
                    search: self.search.trim().to_owned(),
                    filter,
                    sort,
                    descending,
                    page,
                    per_page: PER_PAGE,
                }),
                _ => Err(errors),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(search: &str, filter: &str, sort: &str, page: &str) -> PeopleAddress {
        PeopleAddress {
            search: search.into(),
            filter: filter.into(),
            sort: sort.into(),
            page: page.into(),
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
        assert_eq!(here.with_page(1), "/admin/users?search=ada&sort=name");
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn what_the_list_does_not_know_is_refused_by_its_parameter() {
        let fields = |address: PeopleAddress| -> Vec<String> {
            let errors = address.to_query().err().unwrap_or_default();
            errors.into_iter().map(|error| error.field).collect()
        };
        assert_eq!(
            fields(asked("", "purple", "size", "0")),
            ["filter", "sort", "page"]
        );
        assert!(fields(asked("", "suspended", "-last_seen", "2")).is_empty());
        assert!(fields(PeopleAddress::default()).is_empty());
    }
}
