//! What a path names.

use axum::http::Method;

use super::query::Query;

pub(super) enum Place {
    Path,
    Resource(ResourcePlace),
}

/// A resource, an object or a subresource, whether or not there is one.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ResourcePlace {
    pub group: String,
    pub version: String,
    pub plural: String,
    /// Namespace of the path; empty when it has none.
    pub namespace: String,
    pub in_namespace: bool,
    pub name: String,
    pub subresource: String,
    pub rest: String,
}

impl Place {
    pub(super) fn of(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let (group, version, rest) = match segments.as_slice() {
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return Self::Path,
        };
        let rest = match rest {
            [rest @ .., ""] if rest.len() < 4 => rest,
            rest => rest,
        };
        let mut place = ResourcePlace {
            group: group.to_owned(),
            version: version.to_owned(),
            ..ResourcePlace::default()
        };
        let own = |text: &str| text.to_owned();
        match rest {
            [] => return Self::Path,
            // In place of a resource in the namespace.
            ["namespaces", name, sub @ "status"] => {
                place.plural = own("namespaces");
                place.name = own(name);
                place.subresource = own(sub);
            }
            ["namespaces", namespace, plural, rest @ ..] => {
                place.namespace = own(namespace);
                place.in_namespace = true;
                place.plural = own(plural);
                place.fill(rest);
            }
            [plural, rest @ ..] => {
                place.plural = own(plural);
                place.fill(rest);
            }
        }
        Self::Resource(place)
    }
}

impl ResourcePlace {
    fn fill(&mut self, rest: &[&str]) {
        if let [name, rest @ ..] = rest {
            self.name = (*name).to_owned();
            if let [subresource, rest @ ..] = rest {
                self.subresource = (*subresource).to_owned();
                self.rest = rest.iter().map(|segment| format!("/{segment}")).collect();
            }
        }
    }

    pub(super) fn verb(&self, method: &Method, query: &Query) -> &'static str {
        let whole = self.name.is_empty();
        match *method {
            Method::GET | Method::HEAD if whole && query.watch() => "watch",
            Method::GET | Method::HEAD if whole => "list",
            Method::GET | Method::HEAD => "get",
            Method::POST => "create",
            Method::PUT => "update",
            Method::PATCH => "patch",
            Method::DELETE if whole => "deletecollection",
            Method::DELETE => "delete",
            _ => "",
        }
    }

    pub(super) fn attributed_namespace(&self) -> String {
        if self.plural == "namespaces" && self.group.is_empty() {
            self.name.clone()
        } else {
            self.namespace.clone()
        }
    }
}
