//! What a query string asks for.

use std::collections::HashMap;

use crate::kubernetes::operations::FieldValidation;
use crate::kubernetes::resources::GroupResource;
use crate::kubernetes::selectors::{FieldSelector, LabelSelector, Selection};
use crate::kubernetes::status::Refusal;
use crate::kubernetes::table::Included;

#[derive(Debug, Default)]
pub(super) struct Query {
    parameters: HashMap<String, String>,
}

impl Query {
    pub(super) fn parse(text: &str) -> Self {
        let mut parameters = HashMap::new();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()).into_owned() {
            parameters.entry(name).or_insert(value);
        }
        Self { parameters }
    }

    pub(super) fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    fn flag(&self, name: &str) -> bool {
        match self.parameters.get(name).map(String::as_str) {
            None | Some("false" | "0" | "f" | "F" | "False" | "FALSE") => false,
            Some(_) => true,
        }
    }

    pub(super) fn watch(&self) -> bool {
        self.flag("watch")
    }

    pub(super) fn force(&self) -> bool {
        self.flag("force")
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<u64>, Refusal> {
        match self.get(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                Refusal::bad_request(format!(
                    "invalid value for the parameter {name}: \"{text}\" is no number"
                ))
            }),
        }
    }

    pub(super) fn validation(&self) -> FieldValidation {
        match self.get("fieldValidation") {
            "Ignore" => FieldValidation::Ignore,
            "Strict" => FieldValidation::Strict,
            _ => FieldValidation::Warn,
        }
    }

    pub(super) fn selection(&self, resource: GroupResource) -> Result<Selection, Refusal> {
        Ok(Selection {
            labels: LabelSelector::parse(self.get("labelSelector"))
                .map_err(|bad| Refusal::bad_request(bad.to_string()))?,
            fields: FieldSelector::parse(resource, self.get("fieldSelector"))?,
        })
    }

    pub(super) fn table(&self) -> Included {
        match self.get("includeObject") {
            "None" => Included::Nothing,
            "Object" => Included::Object,
            _ => Included::Metadata,
        }
    }
}
