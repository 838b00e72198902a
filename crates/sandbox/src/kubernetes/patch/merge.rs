//! JSON merge patch (RFC 7396).

use serde_json::{Value, json};

/// Lays a merge patch over a value.
pub fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    if let Value::Object(target) = target {
        for (name, value) in patch {
            if value.is_null() {
                target.remove(name);
            } else {
                apply(target.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_removes_objects_merge_and_everything_else_is_replaced() {
        let mut target = json!({"a": {"b": 1, "c": 2}, "d": [1, 2]});
        apply(
            &mut target,
            &json!({"a": {"b": null, "e": {"f": null, "g": 3}}, "d": [3]}),
        );
        assert_eq!(target, json!({"a": {"c": 2, "e": {"g": 3}}, "d": [3]}));
    }
}
