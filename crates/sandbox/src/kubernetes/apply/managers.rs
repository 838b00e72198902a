//! The managers of an object's fields: what `metadata.managedFields` says and how writes change it.

use serde_json::{Value, json};

use super::compare::{compare, fields_of};
use super::field_set::FieldSet;
use super::merge;
use crate::kubernetes::object;
use crate::kubernetes::schema::Shape;
use crate::kubernetes::store::SYSTEM_METADATA;

/// Metadata that has no manager, in addition to what the store sets.
const UNMANAGED: [&str; 3] = ["name", "namespace", "managedFields"];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Operation {
    Apply,
    Update,
}

#[derive(Debug, Clone, Copy)]
pub struct Writer<'a> {
    pub manager: &'a str,
    pub api_version: &'a str,
    pub subresource: &'a str,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    manager: String,
    operation: Operation,
    api_version: String,
    subresource: String,
    time: String,
    fields: FieldSet,
}

impl Entry {
    fn read(entry: &Value) -> Option<Self> {
        let text = |field: &str| {
            entry
                .get(field)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        Some(Self {
            manager: text("manager"),
            operation: match text("operation").as_str() {
                "Apply" => Operation::Apply,
                "Update" => Operation::Update,
                _ => return None,
            },
            api_version: text("apiVersion"),
            subresource: text("subresource"),
            time: text("time"),
            fields: FieldSet::from_json(entry.get("fieldsV1")?),
        })
    }

    fn write(&self) -> Value {
        let mut entry = json!({
            "manager": self.manager,
            "operation": match self.operation {
                Operation::Apply => "Apply",
                Operation::Update => "Update",
            },
            "apiVersion": self.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.fields.to_json(),
        });
        if !self.subresource.is_empty() {
            entry["subresource"] = self.subresource.as_str().into();
        }
        entry
    }

    fn shown(&self) -> String {
        let mut shown = format!("{:?}", self.manager);
        if !self.subresource.is_empty() {
            shown.push_str(&format!(" with subresource {:?}", self.subresource));
        }
        if self.operation == Operation::Update {
            shown.push_str(&format!(" using {}", self.api_version));
        }
        shown
    }

    fn is(&self, operation: Operation, writer: &Writer<'_>) -> bool {
        self.operation == operation
            && self.manager == writer.manager
            && self.subresource == writer.subresource
            && (operation == Operation::Apply || self.api_version == writer.api_version)
    }
}

#[derive(Debug, Default)]
struct Managers {
    entries: Vec<Entry>,
}

/// Fields that an apply sets and others own: pairs of manager and path, as refusals show them.
pub type Conflicts = Vec<(String, String)>;

impl Managers {
    fn read(object: &Value) -> Self {
        Self {
            entries: object::items(object.pointer("/metadata/managedFields"))
                .iter()
                .filter_map(Entry::read)
                .collect(),
        }
    }

    fn write(mut self, object: &mut Value) {
        self.entries.sort_by_cached_key(|entry| {
            let texts = [&entry.time, &entry.manager, &entry.api_version];
            (
                entry.operation,
                texts.map(Clone::clone),
                entry.subresource.clone(),
            )
        });
        let entries: Vec<Value> = self.entries.iter().map(Entry::write).collect();
        object::set_metadata(
            object,
            "managedFields",
            (!entries.is_empty()).then(|| entries.into()),
        );
    }

    fn owned(&self) -> FieldSet {
        self.entries
            .iter()
            .fold(FieldSet::default(), |all, entry| all.union(&entry.fields))
    }

    fn take(&mut self, fields: &FieldSet, except: Option<usize>) {
        for (i, entry) in self.entries.iter_mut().enumerate() {
            if Some(i) != except {
                entry.fields = entry.fields.difference(fields);
            }
        }
    }

    fn position(&self, operation: Operation, writer: &Writer<'_>) -> Option<usize> {
        self.entries.iter().position(|e| e.is(operation, writer))
    }
}

fn ownable(object: &Value) -> Value {
    let mut object = object.clone();
    if let Value::Object(fields) = &mut object {
        fields.remove("kind");
        fields.remove("apiVersion");
        let metadata = fields.entry("metadata").or_insert_with(|| json!({}));
        if let Value::Object(metadata) = metadata {
            for field in SYSTEM_METADATA.iter().chain(&UNMANAGED) {
                metadata.remove(*field);
            }
        }
    }
    object
}

const BEFORE_FIRST_APPLY: &str = "before-first-apply";

/// Whether an object is kept and nobody owns any of its fields. Such an object is tracked from its first
/// apply on.
fn is_untracked(live: &Value) -> bool {
    !object::metadata(live, "creationTimestamp").is_empty()
        && object::items(live.pointer("/metadata/managedFields")).is_empty()
}

/// Records a write that is no apply: whoever writes owns what it changed.
pub fn record_update(live: &Value, new: &mut Value, writer: &Writer<'_>) {
    let sent = Managers::read(new);
    let forgets = *object::items(new.pointer("/metadata/managedFields")) == [json!({})];
    if forgets && writer.subresource.is_empty() {
        object::set_metadata(new, "managedFields", None);
        return;
    }
    // A client may rewrite the managers; one that does not know them takes none away.
    let rewrites = writer.subresource.is_empty() && !sent.entries.is_empty();
    if is_untracked(live) && !rewrites {
        object::set_metadata(new, "managedFields", None);
        return;
    }
    let mut managers = if rewrites { sent } else { Managers::read(live) };
    let mut before = ownable(live);
    let mut after = ownable(new);
    keep_to_subresource(&mut before, &mut after, writer.subresource);
    let comparison = compare(&before, &after);
    let changed = comparison.added.union(&comparison.modified);
    let at = managers.position(Operation::Update, writer);
    managers.take(&changed, at);
    managers.take(&comparison.removed, None);
    match at {
        Some(i) => {
            let entry = &mut managers.entries[i];
            entry.fields = entry.fields.union(&changed);
            if !changed.is_empty() {
                entry.time = object::now();
            }
        }
        None => managers.entries.push(Entry {
            manager: writer.manager.to_owned(),
            operation: Operation::Update,
            api_version: writer.api_version.to_owned(),
            subresource: writer.subresource.to_owned(),
            time: object::now(),
            fields: changed,
        }),
    }
    managers.entries.retain(|entry| !entry.fields.is_empty());
    managers.write(new);
}

fn keep_to_subresource(before: &mut Value, after: &mut Value, subresource: &str) {
    if subresource != "status" {
        return;
    }
    for object in [before, after] {
        if let Value::Object(fields) = object {
            fields.remove("spec");
        }
    }
}

pub fn apply(
    live: &Value,
    applied: &Value,
    writer: &Writer<'_>,
    force: bool,
) -> Result<Value, Conflicts> {
    let mut tracked = live.clone();
    if is_untracked(live) {
        let before = Writer {
            manager: BEFORE_FIRST_APPLY,
            ..*writer
        };
        record_update(&json!({}), &mut tracked, &before);
    }
    let live = &tracked;
    let mut managers = Managers::read(live);
    let configuration = ownable(applied);
    let mut wanted = fields_of(&configuration);
    // Every object has metadata; nobody owns that.
    wanted.unmark("f:metadata");
    let at = managers.position(Operation::Apply, writer);
    let before = at.map(|i| managers.entries[i].fields.clone());

    let at = at.unwrap_or_else(|| {
        managers.entries.push(Entry {
            manager: writer.manager.to_owned(),
            operation: Operation::Apply,
            api_version: writer.api_version.to_owned(),
            subresource: writer.subresource.to_owned(),
            time: object::now(),
            fields: FieldSet::default(),
        });
        managers.entries.len() - 1
    });
    let entry = &mut managers.entries[at];
    entry.fields = wanted.clone();
    entry.api_version = writer.api_version.to_owned();

    let mut merged = merge::merge(Shape::default(), live, applied);
    if let Some(before) = &before {
        let given_up = before.difference(&wanted);
        merge::prune(Shape::default(), &mut merged, &given_up, &managers.owned());
    }

    let comparison = compare(&ownable(live), &ownable(&merged));
    let changed = comparison.added.union(&comparison.modified);
    if !force {
        let conflicts: Conflicts = managers
            .entries
            .iter()
            .enumerate()
            .filter(|(i, _)| *i != at)
            .flat_map(|(_, entry)| {
                let who = entry.shown();
                entry
                    .fields
                    .intersection(&changed)
                    .paths()
                    .into_iter()
                    .map(move |path| (who.clone(), path))
            })
            .collect();
        if !conflicts.is_empty() {
            return Err(conflicts);
        }
    }
    managers.take(&changed, Some(at));
    managers.take(&comparison.removed, Some(at));
    let entry = &mut managers.entries[at];
    if before.as_ref() != Some(&entry.fields) {
        entry.time = object::now();
    }
    managers.entries.retain(|entry| !entry.fields.is_empty());
    managers.write(&mut merged);
    Ok(merged)
}
