//! The address of the page that is shown. A list keeps its whole state there: links change one part of it.

use axum::http::Uri;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::routes;

/// Path and parameters. Empty parameters count as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    pub path: String,
    pub parameters: Vec<(String, String)>,
}

/// Parameters that say which part of a list is shown; any other change starts from its beginning.
const PAGING: [&str; 3] = ["page", "after", "before"];

impl From<&Uri> for Address {
    fn from(uri: &Uri) -> Self {
        Self::new(uri.path(), uri.query().unwrap_or_default())
    }
}

impl Address {
    pub fn new(path: &str, query: &str) -> Self {
        Self {
            path: path.to_owned(),
            parameters: form_urlencoded::parse(query.as_bytes())
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name.into_owned(), value.into_owned()))
                .collect(),
        }
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// The parameters as the input of a query, all of whose fields are text.
    pub fn query<T: DeserializeOwned + Default>(&self) -> T {
        let map = self
            .parameters
            .iter()
            .map(|(name, value)| (name.clone(), value.clone().into()))
            .collect();
        serde_json::from_value(serde_json::Value::Object(map)).unwrap_or_default()
    }

    /// The same list with one parameter changed, from its beginning; an empty value removes it.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        changed
            .parameters
            .retain(|(found, _)| found != name && !PAGING.contains(&found.as_str()));
        if !value.is_empty() {
            changed.parameters.push((name.to_owned(), value.to_owned()));
        }
        changed
    }

    /// The same page with these parameters only.
    pub fn with_only(&self, names: &[&str]) -> Self {
        let mut changed = self.clone();
        changed
            .parameters
            .retain(|(name, _)| names.contains(&name.as_str()));
        changed
    }

    /// Another part of the same list.
    pub fn at(&self, paging: &str, value: &str) -> Self {
        self.with(paging, value)
    }

    /// Sorted by another column, or in reverse order if already sorted by it.
    pub fn sorted_by(&self, column: &str, default: &str) -> Self {
        let minus = if self.ascending(column, default) == Some(true) {
            "-"
        } else {
            ""
        };
        self.with("sort", &format!("{minus}{column}"))
    }

    /// Whether the list is sorted by `column`, and then whether in ascending order. `default` is the order without a
    /// parameter: `-created`.
    pub fn ascending(&self, column: &str, default: &str) -> Option<bool> {
        let sort = self.get("sort").unwrap_or(default);
        match sort.strip_prefix('-') {
            Some(found) => (found == column).then_some(false),
            None => (sort == column).then_some(true),
        }
    }

    /// The parameters without paging and `names`. A form that changes those has to keep the others.
    pub fn kept_without(&self, names: &[&str]) -> Vec<(String, String)> {
        self.parameters
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()) && !PAGING.contains(&name.as_str()))
            .cloned()
            .collect()
    }

    /// The environment that the list is limited to, as forms name it: `vision/dev`. Empty without one.
    pub fn place(&self) -> String {
        match (self.get("tenant"), self.get("environment")) {
            (Some(tenant), Some(environment)) => format!("{tenant}/{environment}"),
            _ => String::new(),
        }
    }

    /// Whether nothing is searched or filtered; `neutral` are parameters that leave nothing out.
    pub fn shows_everything(&self, neutral: &[&str]) -> bool {
        self.kept_without(neutral).is_empty()
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parameters = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        f.write_str(&routes::with_query(&self.path, parameters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list() -> Address {
        Address::new(
            "/clusters",
            "search=a%26b&state=ready&sort=-name&after=xyz&tenant=",
        )
    }

    #[test]
    fn a_change_keeps_the_rest_and_starts_from_the_beginning() {
        let changed = list().with("state", "failed").to_string();
        assert_eq!(changed, "/clusters?search=a%26b&sort=-name&state=failed");
        let next = list().at("after", "abc").to_string();
        assert_eq!(
            next,
            "/clusters?search=a%26b&state=ready&sort=-name&after=abc"
        );
    }

    #[test]
    fn a_second_choice_of_a_column_turns_the_order_round() {
        assert_eq!(list().ascending("name", "-created"), Some(false));
        assert!(
            list()
                .sorted_by("name", "-created")
                .to_string()
                .contains("sort=name")
        );
        let unsorted = Address::new("/clusters", "");
        assert_eq!(unsorted.ascending("created", "-created"), Some(false));
        assert_eq!(unsorted.ascending("name", "-created"), None);
    }

    #[test]
    fn parameters_become_the_input_of_a_query() {
        let input: domain::listing::ListQueryInput = list().query();
        assert_eq!(input.search.as_deref(), Some("a&b"));
        assert_eq!(input.tenant, None);
    }
}
