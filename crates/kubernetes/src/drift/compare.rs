//! Compares one object with what is wanted.

use super::quantity;
use crate::{cache::Kind, labels};
use serde_json::{Map, Value, json};

/// How many fields are named.
const MOST_FIELDS: usize = 10;

/// Annotations that give a service account the rights of an identity in a cloud.
const CLOUD_IDENTITIES: [&str; 3] = [
    "eks.amazonaws.com/role-arn",
    "iam.gke.io/gcp-service-account",
    "azure.workload.identity/client-id",
];

/// What gives the control plane's pod more than it needs, wherever it stands in its template. Anything else that is
/// added there may be a default of a newer server or come from a webhook of the host.
const POWERS: [&str; 10] = [
    "hostNetwork",
    "hostPID",
    "hostIPC",
    "privileged",
    "capabilities",
    "command",
    "args",
    "envFrom",
    "lifecycle",
    "volumeDevices",
];

/// How an object differs.
#[derive(Debug, PartialEq)]
pub(crate) struct Difference {
    /// `spec.hard.pods`; some of them.
    pub fields: Vec<String>,
    /// The JSON Merge Patch that puts it right.
    pub correction: Value,
}

/// How `found` differs from `wanted`, if it does.
pub(crate) fn compare(kind: Kind, wanted: &Value, found: &Value) -> Option<Difference> {
    let mut fields = Vec::new();
    let mut correction = Map::new();
    for (part, wanted) in wanted.as_object()? {
        if part == "apiVersion" || part == "kind" {
            continue;
        }
        let found = found.get(part).unwrap_or(&Value::Null);
        let (of_wanted, of_found) = if part == "metadata" {
            (ours(wanted), ours(found))
        } else {
            (wanted.clone(), found.clone())
        };
        let mut of_part = Comparison {
            kind,
            is_metadata: part == "metadata",
            is_quantity: false,
            path: part.clone(),
            fields: &mut fields,
        };
        if let Some(value) = of_part.values(&of_wanted, &of_found) {
            correction.insert(part.clone(), value);
        }
    }
    fields.truncate(MOST_FIELDS);
    (!correction.is_empty()).then_some(Difference {
        fields,
        correction: Value::Object(correction),
    })
}

/// The metadata that can be ours: the name is how the object was found, and the rest is the server's.
fn ours(metadata: &Value) -> Value {
    let of = |field: &str| {
        let map = metadata.get(field).filter(|map| map.is_object());
        map.cloned().unwrap_or_else(|| json!({}))
    };
    json!({"labels": of("labels"), "annotations": of("annotations")})
}

struct Comparison<'a> {
    kind: Kind,
    is_metadata: bool,
    /// Whether the values here are quantities.
    is_quantity: bool,
    path: String,
    fields: &'a mut Vec<String>,
}

impl Comparison<'_> {
    /// What puts `found` right, if it differs.
    fn values(&mut self, wanted: &Value, found: &Value) -> Option<Value> {
        match (wanted, found) {
            (Value::Object(wanted), Value::Object(found)) => self.objects(wanted, found),
            (Value::Array(items), Value::Array(there)) if items.len() == there.len() => {
                let mut differs = false;
                for (position, (wanted, found)) in items.iter().zip(there).enumerate() {
                    let place = format!("[{position}]");
                    differs |= self.inside(&place, false, wanted, found).is_some();
                }
                // A merge patch replaces the whole list.
                differs.then(|| wanted.clone())
            }
            _ if wanted == found || (is_empty(wanted) && is_empty(found)) => None,
            (Value::String(wanted), Value::String(found))
                if self.is_quantity && quantity::is_same(wanted, found) =>
            {
                None
            }
            _ => {
                self.fields.push(self.path.clone());
                Some(wanted.clone())
            }
        }
    }

    fn objects(
        &mut self,
        wanted: &Map<String, Value>,
        found: &Map<String, Value>,
    ) -> Option<Value> {
        let mut correction = Map::new();
        for (field, wanted) in wanted {
            let value = found.get(field).unwrap_or(&Value::Null);
            let are_quantities = matches!(
                field.as_str(),
                "hard" | "limits" | "requests" | "default" | "defaultRequest" | "max" | "min"
            );
            let is_quantity = self.is_quantity || are_quantities;
            let place = format!(".{field}");
            if let Some(value) = self.inside(&place, is_quantity, wanted, value) {
                correction.insert(field.clone(), value);
            }
        }
        for (field, value) in found {
            if !wanted.contains_key(field) && !is_empty(value) && self.may_not_add(field, value) {
                self.fields.push(format!("{}.{field}", self.path));
                correction.insert(field.clone(), Value::Null);
            }
        }
        (!correction.is_empty()).then_some(Value::Object(correction))
    }

    fn inside(
        &mut self,
        place: &str,
        is_quantity: bool,
        wanted: &Value,
        found: &Value,
    ) -> Option<Value> {
        let length = self.path.len();
        self.path.push_str(place);
        let before = std::mem::replace(&mut self.is_quantity, is_quantity);
        let correction = self.values(wanted, found);
        self.is_quantity = before;
        self.path.truncate(length);
        correction
    }

    /// Whether an addition by others matters.
    fn may_not_add(&self, field: &str, value: &Value) -> bool {
        match (self.kind, self.is_metadata) {
            (Kind::Namespace, true) => {
                self.path == "metadata.labels"
                    && field.starts_with("pod-security.kubernetes.io/enforce")
            }
            (Kind::ServiceAccount, true) => CLOUD_IDENTITIES.contains(&field),
            (Kind::StatefulSet, true) => field.starts_with(labels::PAUSED),
            (Kind::StatefulSet, false) => is_power(field, value),
            (Kind::Service, false) => field == "externalIPs",
            (kind, is_metadata) => kind.isolates() && !is_metadata,
        }
    }
}

fn is_power(field: &str, value: &Value) -> bool {
    if POWERS.contains(&field) {
        return *value != Value::Bool(false) && !is_empty(value);
    }
    match value {
        Value::Object(inside) => inside.iter().any(|(field, value)| is_power(field, value)),
        Value::Array(items) => items.iter().any(|value| is_power("", value)),
        _ => false,
    }
}

/// A server leaves out what is empty, except for objects that mean something by being there.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
