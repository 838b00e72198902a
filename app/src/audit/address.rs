//! The log's whole state in its address: what is asked, from where on, and which entry is open.

use domain::audit::AuditQueryInput;
use leptos_router::params::ParamsMap;

use crate::routes;

/// A question to the log. What is not asked stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditAddress {
    /// The slug of the tenant whose page this is; empty: the platform's.
    pub slug: String,
    /// Part of a name.
    pub search: String,
    /// A person's id.
    pub user: String,
    /// Actions, separated by commas.
    pub action: String,
    /// Kind, or kind and id.
    pub target: String,
    /// The slug of a tenant, on the platform's page.
    pub tenant: String,
    /// A word.
    pub outcome: String,
    /// A day or moment.
    pub since: String,
    /// A day or moment.
    pub until: String,
    /// A number.
    pub before: String,
    /// The id of the entry that is open.
    pub entry: String,
}

impl AuditAddress {
    /// The question in an address.
    pub fn read(slug: String, query: &ParamsMap) -> Self {
        let get = |name: &str| query.get(name).unwrap_or_default();
        Self {
            slug,
            search: get("search"),
            user: get("user"),
            action: get("action"),
            target: get("target"),
            tenant: get("tenant"),
            outcome: get("outcome"),
            since: get("since"),
            until: get("until"),
            before: get("before"),
            entry: get("entry"),
        }
    }

    /// The page's own address.
    pub fn path(&self) -> String {
        if self.slug.is_empty() {
            routes::AUDIT.to_owned()
        } else {
            routes::tenant_audit(&self.slug)
        }
    }

    fn filters(&self) -> [(&'static str, &str); 8] {
        [
            ("search", &self.search),
            ("user", &self.user),
            ("action", &self.action),
            ("target", &self.target),
            ("tenant", &self.tenant),
            ("outcome", &self.outcome),
            ("since", &self.since),
            ("until", &self.until),
        ]
    }

    /// Whether the newest of everything is asked for.
    pub fn asks_for_everything(&self) -> bool {
        self.filters().iter().all(|(_, value)| value.is_empty()) && self.before.is_empty()
    }

    /// Where the question is asked.
    pub fn address(&self) -> String {
        let place = [("before", &*self.before), ("entry", &self.entry)];
        routes::with_query(&self.path(), self.filters().into_iter().chain(place))
    }

    /// The same with another entry open; empty: none.
    pub fn with_entry(&self, entry: &str) -> String {
        Self {
            entry: entry.to_owned(),
            ..self.clone()
        }
        .address()
    }

    /// The same from another entry on; `None`: from the newest.
    pub fn from(&self, before: Option<i64>) -> String {
        Self {
            before: before.map(|before| before.to_string()).unwrap_or_default(),
            entry: String::new(),
            ..self.clone()
        }
        .address()
    }

    /// What this person did.
    pub fn of_person(&self, person: &str) -> String {
        Self {
            slug: self.slug.clone(),
            user: person.to_owned(),
            ..Self::default()
        }
        .address()
    }

    /// What was done to this.
    pub fn about(&self, target: &str) -> String {
        Self {
            slug: self.slug.clone(),
            target: target.to_owned(),
            ..Self::default()
        }
        .address()
    }

    /// The file with everything that matches.
    pub fn export(&self, format: &str) -> String {
        let own = [("tenant", &*self.slug), ("format", format)];
        let filters = self.filters().into_iter();
        let filters = filters.filter(|(name, _)| *name != "tenant" || self.slug.is_empty());
        routes::with_query(routes::AUDIT_EXPORT, filters.chain(own))
    }

    /// As a question to the server.
    pub fn question(&self) -> AuditQueryInput {
        let some = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        AuditQueryInput {
            search: some(&self.search),
            user: some(&self.user),
            action: some(&self.action),
            target: some(&self.target),
            tenant: some(&self.tenant),
            outcome: some(&self.outcome),
            since: some(&self.since),
            until: some(&self.until),
            before: some(&self.before),
            limit: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> AuditAddress {
        AuditAddress {
            search: "pay ci".into(),
            outcome: "refused".into(),
            before: "40".into(),
            entry: "1".into(),
            ..AuditAddress::default()
        }
    }

    #[test]
    fn an_open_entry_keeps_the_question_and_the_place() {
        assert_eq!(
            asked().with_entry("2"),
            "/admin/audit?search=pay%20ci&outcome=refused&before=40&entry=2"
        );
        assert_eq!(
            asked().with_entry(""),
            "/admin/audit?search=pay%20ci&outcome=refused&before=40"
        );
        assert_eq!(
            asked().from(Some(20)),
            "/admin/audit?search=pay%20ci&outcome=refused&before=20"
        );
    }

    #[test]
    fn an_export_has_everything_that_matches_and_keeps_to_the_pages_tenant() {
        assert_eq!(
            asked().export("csv"),
            "/api/v1/audit/export?search=pay%20ci&outcome=refused&format=csv"
        );
        let of_tenant = AuditAddress {
            slug: "vision".into(),
            tenant: "speech".into(),
            ..AuditAddress::default()
        };
        assert_eq!(
            of_tenant.export("jsonl"),
            "/api/v1/audit/export?tenant=vision&format=jsonl"
        );
        assert_eq!(of_tenant.from(None), "/tenants/vision/audit?tenant=speech");
    }
}
