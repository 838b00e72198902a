//! The catalogue's whole state in its address: what to search, filter, sort by, and which page.

use domain::node::catalogue::{Offer, OfferQueryInput, OfferSort};
use leptos_router::params::ParamsMap;

use crate::routes;

/// The question in the address. What is not asked stays empty.
pub fn from_address(query: &ParamsMap) -> OfferQueryInput {
    let get = |name: &str| query.get(name).filter(|value| !value.is_empty());
    OfferQueryInput {
        search: get("search"),
        accelerator: get("accelerator"),
        cloud: get("cloud"),
        count: get("count"),
        tenant: get("tenant"),
        environment: get("environment"),
        sort: get("sort"),
        page: get("page"),
        per_page: get("per_page"),
    }
}

/// The parameters of a question, with the names that the address has for them.
pub fn parameters(input: &OfferQueryInput) -> [(&'static str, &str); 9] {
    fn text(value: &Option<String>) -> &str {
        value.as_deref().unwrap_or("")
    }
    [
        ("search", text(&input.search)),
        ("accelerator", text(&input.accelerator)),
        ("cloud", text(&input.cloud)),
        ("count", text(&input.count)),
        ("tenant", text(&input.tenant)),
        ("environment", text(&input.environment)),
        ("sort", text(&input.sort)),
        ("page", text(&input.page)),
        ("per_page", text(&input.per_page)),
    ]
}

/// The address of a question.
pub fn address(input: &OfferQueryInput) -> String {
    routes::with_query(routes::CATALOGUE, parameters(input))
}

/// The same question with another filter, from the first page on; empty takes the filter off.
pub fn with_filter(input: &OfferQueryInput, name: &str, value: &str) -> String {
    let kept = parameters(input)
        .into_iter()
        .filter(|(found, _)| ![name, "page"].contains(found));
    // Where the filter stands in the address is of no importance.
    let mut filtered: Vec<_> = kept.collect();
    if let Some(name) = FILTERS.into_iter().find(|found| *found == name) {
        filtered.push((name, value));
    }
    routes::with_query(routes::CATALOGUE, filtered)
}

/// What can be filtered by.
pub const FILTERS: [&str; 3] = ["accelerator", "cloud", "count"];

/// The same question of nobody in particular: only whose clouds count, and the order.
pub fn without_filters(input: &OfferQueryInput) -> String {
    address(&OfferQueryInput {
        tenant: input.tenant.clone(),
        environment: input.environment.clone(),
        sort: input.sort.clone(),
        ..OfferQueryInput::default()
    })
}

/// The same question on another page.
pub fn with_page(input: &OfferQueryInput, page: u32) -> String {
    address(&OfferQueryInput {
        page: (page > 1).then(|| page.to_string()),
        ..input.clone()
    })
}

/// The same question sorted by another column, or the other way round if it is sorted by it already.
pub fn sorted_by(input: &OfferQueryInput, sort: OfferSort) -> String {
    let turn = ascending(input, sort) == Some(true);
    address(&OfferQueryInput {
        sort: Some(format!("{}{}", if turn { "-" } else { "" }, sort.as_str())),
        page: None,
        ..input.clone()
    })
}

/// Whether the list is sorted by `sort`, and then whether upwards.
pub fn ascending(input: &OfferQueryInput, sort: OfferSort) -> Option<bool> {
    let word = input.sort.as_deref().unwrap_or("price");
    let (descending, word) = match word.strip_prefix('-') {
        Some(word) => (true, word),
        None => (false, word),
    };
    (word == sort.as_str()).then_some(!descending)
}

/// Whether nothing is left out by what is asked, but by whose clouds count.
pub fn asks_for_everything(input: &OfferQueryInput) -> bool {
    let narrowing = [
        &input.search,
        &input.accelerator,
        &input.cloud,
        &input.count,
        &input.page,
    ];
    narrowing.iter().all(|parameter| parameter.is_none())
}

/// The order form filled in with an offer, for the place that the catalogue is looked at from.
pub fn order(offer: &Offer, spot: bool, input: &OfferQueryInput) -> String {
    let count = offer.count.to_string();
    let place = match (&input.tenant, &input.environment) {
        (Some(tenant), Some(environment)) => format!("{tenant}/{environment}"),
        _ => String::new(),
    };
    routes::with_query(
        routes::NEW_NODE,
        [
            ("accelerator", offer.accelerator.as_str()),
            ("count", &count),
            ("cloud", &offer.cloud),
            ("region", &offer.region),
            ("spot", if spot { "true" } else { "" }),
            ("place", &place),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &[(&str, &str)]) -> OfferQueryInput {
        let mut map = ParamsMap::new();
        for (name, value) in query {
            map.insert((*name).to_owned(), (*value).to_owned());
        }
        from_address(&map)
    }

    #[test]
    fn another_filter_begins_at_the_first_page_and_leaves_the_rest() {
        let input = asked(&[("search", "h1"), ("cloud", "aws"), ("page", "3")]);
        assert_eq!(
            with_filter(&input, "cloud", "lambda"),
            "/nodes/catalogue?search=h1&cloud=lambda"
        );
        assert_eq!(
            with_filter(&input, "cloud", ""),
            "/nodes/catalogue?search=h1"
        );
    }

    #[test]
    fn the_cheapest_comes_first_unless_asked_otherwise() {
        assert_eq!(
            ascending(&OfferQueryInput::default(), OfferSort::Price),
            Some(true)
        );
        let turned = sorted_by(&OfferQueryInput::default(), OfferSort::Price);
        assert_eq!(turned, "/nodes/catalogue?sort=-price");
    }

    #[test]
    fn taking_all_filters_off_keeps_whose_clouds_count() {
        let input = asked(&[("search", "h1"), ("tenant", "vision"), ("sort", "cloud")]);
        assert_eq!(
            without_filters(&input),
            "/nodes/catalogue?tenant=vision&sort=cloud"
        );
    }
}
