//! The list's whole state in its address: what to search, filter, sort by, and which page.

use domain::listing::{ClusterQueryInput, ClusterSort};
use leptos_router::params::ParamsMap;

use crate::routes;

/// The question in the address. What is not asked stays empty.
pub fn from_address(query: &ParamsMap) -> ClusterQueryInput {
    let get = |name: &str| query.get(name).filter(|value| !value.is_empty());
    ClusterQueryInput {
        search: get("search"),
        state: get("state"),
        tenant: get("tenant"),
        environment: get("environment"),
        mine: get("mine"),
        sort: get("sort"),
        page: get("page"),
        per_page: get("per_page"),
    }
}

/// The parameters of a question, with the names that the address has for them.
pub fn parameters(input: &ClusterQueryInput) -> [(&'static str, &str); 8] {
    fn text(value: &Option<String>) -> &str {
        value.as_deref().unwrap_or("")
    }
    [
        ("search", text(&input.search)),
        ("state", text(&input.state)),
        ("tenant", text(&input.tenant)),
        ("environment", text(&input.environment)),
        ("mine", text(&input.mine)),
        ("sort", text(&input.sort)),
        ("page", text(&input.page)),
        ("per_page", text(&input.per_page)),
    ]
}

/// The address of a question.
pub fn address(input: &ClusterQueryInput) -> String {
    routes::with_query(routes::CLUSTERS, parameters(input))
}

/// The same question about other states, from the first page on.
pub fn with_states(input: &ClusterQueryInput, states: &str) -> String {
    address(&ClusterQueryInput {
        state: Some(states.to_owned()),
        page: None,
        ..input.clone()
    })
}

/// The same question, all tenants or only what one ordered oneself.
pub fn with_mine(input: &ClusterQueryInput, mine: bool) -> String {
    address(&ClusterQueryInput {
        mine: mine.then(|| "true".to_owned()),
        page: None,
        ..input.clone()
    })
}

/// The same question on another page.
pub fn with_page(input: &ClusterQueryInput, page: u32) -> String {
    address(&ClusterQueryInput {
        page: (page > 1).then(|| page.to_string()),
        ..input.clone()
    })
}

/// The same question sorted by another column, or the other way round if it is sorted by it already.
pub fn sorted_by(input: &ClusterQueryInput, sort: ClusterSort) -> String {
    let turn = ascending(input, sort) == Some(true);
    address(&ClusterQueryInput {
        sort: Some(format!("{}{}", if turn { "-" } else { "" }, sort.as_str())),
        page: None,
        ..input.clone()
    })
}

/// Whether the list is sorted by `sort`, and then whether upwards.
pub fn ascending(input: &ClusterQueryInput, sort: ClusterSort) -> Option<bool> {
    let word = input.sort.as_deref().unwrap_or("-created");
    let (descending, word) = match word.strip_prefix('-') {
        Some(word) => (true, word),
        None => (false, word),
    };
    (word == sort.as_str()).then_some(!descending)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&str, &str)]) -> ClusterQueryInput {
        let mut map = ParamsMap::new();
        for (name, value) in query {
            map.insert((*name).to_owned(), (*value).to_owned());
        }
        from_address(&map)
    }

    #[test]
    fn an_address_says_the_same_there_and_back() {
        let input = asked(&[
            ("search", "pay ci"),
            ("state", "ready,failed"),
            ("page", "3"),
        ]);
        assert_eq!(
            address(&input),
            "/clusters?search=pay%20ci&state=ready%2Cfailed&page=3"
        );
    }

    #[test]
    fn a_new_filter_begins_at_the_first_page() {
        let input = asked(&[("search", "pay"), ("page", "3")]);
        assert_eq!(
            with_states(&input, "ready"),
            "/clusters?search=pay&state=ready"
        );
    }

    #[test]
    fn sorting_twice_turns_the_list_round() {
        let once = asked(&[("sort", "name")]);
        assert_eq!(
            sorted_by(&ClusterQueryInput::default(), ClusterSort::Name),
            "/clusters?sort=name"
        );
        assert_eq!(sorted_by(&once, ClusterSort::Name), "/clusters?sort=-name");
        assert_eq!(ascending(&once, ClusterSort::Name), Some(true));
        assert_eq!(ascending(&once, ClusterSort::Ends), None);
    }
}
