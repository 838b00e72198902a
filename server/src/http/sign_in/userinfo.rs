//! The claims of the userinfo endpoint beside those of the ID token.

use super::{id_token::Claims, refusal::Refusal};
use serde_json::Value;

/// Adds the claims of the userinfo endpoint that the ID token lacks. They must be about the same user. An address is
/// verified only by the source that it comes from: the endpoint may speak of another address.
pub fn add_userinfo(claims: &mut Claims, mut more: Claims) -> Result<(), Refusal> {
    if more.get("sub") != claims.get("sub") {
        return Err(Refusal::InvalidToken(
            "the userinfo endpoint returned another subject".into(),
        ));
    }
    if claims.get("email").is_some_and(|email| !email.is_null()) {
        more.remove("email_verified");
    } else {
        claims.remove("email_verified");
    }
    for (name, value) in more {
        match (claims.get_mut(&name), value) {
            // Claims with another source (OpenID Connect Core 5.6.2).
            (Some(Value::Object(known)), Value::Object(more)) if name.starts_with("_claim_") => {
                for (name, value) in more {
                    known.entry(name).or_insert(value);
                }
            }
            (None | Some(Value::Null), value) => {
                claims.insert(name, value);
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn userinfo_adds_to_claims_with_another_source() {
        let merged = |token: Value, userinfo: Value| {
            let mut claims = token.as_object().unwrap().clone();
            add_userinfo(&mut claims, userinfo.as_object().unwrap().clone()).unwrap();
            Value::Object(claims)
        };
        let names = |names: Value| json!({"sub": "1", "_claim_names": names});
        assert_eq!(
            merged(
                names(json!({"a": "src1"})),
                names(json!({"a": "src2", "b": "src2"}))
            ),
            names(json!({"a": "src1", "b": "src2"}))
        );
        assert_eq!(
            merged(
                json!({"sub": "1", "groups": null}),
                json!({"sub": "1", "groups": ["a"]})
            ),
            json!({"sub": "1", "groups": ["a"]})
        );
        let address = json!({"sub": "1", "address": {"country": "NL"}});
        let more = json!({"sub": "1", "address": {"locality": "Delft"}});
        assert_eq!(merged(address.clone(), more), address);
    }
}
