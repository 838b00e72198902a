//! Claims that a provider leaves out of a token although the user has them. Microsoft Entra does so with `groups` of users
//! in more than 200 groups. To read such a claim as empty would take roles away.

use serde_json::{Map, Value};

/// Whether the user has the claim `name`, but its value is not in `claims`: it is a distributed or aggregated claim
/// (OpenID Connect Core 5.6.2), or Entra's `hasgroups` stands for it.
pub fn is_withheld(claims: &Map<String, Value>, name: &str) -> bool {
    let value = claims.get(name);
    if is_stated(value) {
        return is_reference(claims, value);
    }
    let has_source = member(claims, "_claim_names", name).is_some_and(|source| !source.is_null());
    has_source || name == "groups" && claims.get("hasgroups").is_some_and(is_true)
}

fn is_stated(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    }
}

/// In the examples of Entra's documentation the claim itself names its source: `"groups": "src1"`.
fn is_reference(claims: &Map<String, Value>, value: Option<&Value>) -> bool {
    let source = value.and_then(Value::as_str);
    source.is_some_and(|source| member(claims, "_claim_sources", source).is_some())
}

fn member<'a>(claims: &'a Map<String, Value>, object: &str, name: &str) -> Option<&'a Value> {
    claims.get(object)?.as_object()?.get(name)
}

fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        Value::String(text) => text == "true",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn withheld(claims: Value, name: &str) -> bool {
        is_withheld(claims.as_object().unwrap(), name)
    }

    #[test]
    fn a_claim_with_another_source_is_withheld() {
        let distributed = json!({
            "_claim_names": {"groups": "src1", "https://example.com/roles": "src2"},
            "_claim_sources": {
                "src1": {"endpoint": "https://graph.windows.net/users/1/getMemberObjects"},
                "src2": {"JWT": "e30.e30.AAAA"},
            },
        });
        assert!(withheld(distributed.clone(), "groups"));
        assert!(withheld(distributed.clone(), "https://example.com/roles"));
        assert!(!withheld(distributed, "roles"));
        for absent in [json!(null), json!([]), json!("")] {
            let claims = json!({"groups": absent, "_claim_names": {"groups": "src1"}});
            assert!(withheld(claims, "groups"), "{absent}");
        }
        for yes in [json!(true), json!("true")] {
            let claims = json!({"hasgroups": yes});
            assert!(withheld(claims.clone(), "groups"));
            assert!(!withheld(claims, "roles"));
        }
        let reference = json!({
            "groups": "src1",
            "_claim_sources": {"src1": {"endpoint": "https://graph.example.com"}},
        });
        assert!(withheld(reference, "groups"));
    }

    #[test]
    fn a_claim_in_the_token_or_in_none_is_not_withheld() {
        for claims in [
            json!({}),
            json!({"groups": []}),
            json!({"groups": null}),
            json!({"groups": "src1"}),
            json!({"hasgroups": false}),
            json!({"hasgroups": null}),
            json!({"groups": ["a"], "hasgroups": true}),
            json!({"groups": ["a"], "_claim_names": {"groups": "src1"}}),
            json!({"_claim_names": {"groups": null}}),
            json!({"_claim_names": "groups"}),
            json!({"_claim_names": ["groups"]}),
            json!({"_claim_names": null, "_claim_sources": null}),
        ] {
            assert!(!withheld(claims.clone(), "groups"), "{claims}");
        }
    }
}
