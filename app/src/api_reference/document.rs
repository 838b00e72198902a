//! What the page shows of the OpenAPI document. The document itself is for programs.

use serde::{Deserialize, Serialize};

/// Everything on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// `info.version`.
    pub version: String,
    /// `info.description`.
    pub description: String,
    /// Operations by their first tag, in the document's order.
    pub groups: Vec<Group>,
}

/// Operations that belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The tag.
    pub name: String,
    /// Its operations.
    pub operations: Vec<Operation>,
}

/// One method of one path.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Unique on the page.
    pub id: String,
    /// `GET`.
    pub method: String,
    /// `/api/v1/clusters/{id}`.
    pub path: String,
    /// What it does.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// What goes into path, query and headers.
    pub parameters: Vec<Field>,
    /// What goes into the body.
    pub body: Vec<Field>,
    /// What may come back.
    pub answers: Vec<Answer>,
    /// How to call it.
    pub curl: String,
}

/// A parameter, or a field of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// `path`, `query`, `header`; nothing for fields of a body.
    pub place: String,
    /// What it holds.
    pub kind: String,
    /// Whether it has to be there.
    pub required: bool,
    /// What it means.
    pub description: String,
}

/// One possible answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `201`.
    pub status: String,
    /// When it comes.
    pub description: String,
    /// What it holds.
    pub fields: Vec<Field>,
}
