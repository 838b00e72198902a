//! Trying claim rules on a pasted token: it signs no one in, so its signature does not matter,
//! and nothing of it is kept.

use crate::claim_rules::{ClaimRules, ClaimsOverage, Grant, RuleResult};
use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use domain::{
    tenancy::Tenant,
    users::{ClaimTrial, TriedRule},
};
use serde_json::{Map, Value};

/// The longest token that is read, in bytes. Cookies and headers end well before.
const LONGEST: usize = 64 * 1024;
/// RFC 7515 leaves padding out, but other tools add it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const NEITHER: &str = "This is neither an ID token (three parts with dots between them) nor its \
    claims as a JSON object.";

/// The claims of an ID token, or claims as JSON.
///
/// # Errors
/// A sentence for the user. It contains nothing of the token.
pub(super) fn claims(token: &str) -> Result<Map<String, Value>, String> {
    let token = token.trim();
    if token.is_empty() {
        return Err("Paste an ID token, or its claims as JSON.".into());
    }
    if token.len() > LONGEST {
        return Err(format!("At most {} KB.", LONGEST / 1024));
    }
    let claims = if token.starts_with('{') {
        object(token.as_bytes()).ok_or("The claims are no valid JSON object.")?
    } else {
        of_token(token)?
    };
    match claims.get("token_use").and_then(Value::as_str) {
        None | Some("id") => Ok(claims),
        Some(_) => Err(
            "This is an access token of Cognito. Sign-in looks at the ID token: paste that one."
                .into(),
        ),
    }
}

fn of_token(token: &str) -> Result<Map<String, Value>, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let header = parts
        .first()
        .and_then(|header| BASE64.decode(header).ok())
        .and_then(|header| object(&header));
    match (parts.as_slice(), header) {
        ([_, _, _, _, _], Some(_)) => Err(
            "This token is encrypted (JWE), so its claims cannot be read here. Paste the claims \
             as JSON instead."
                .into(),
        ),
        ([_, payload, _], Some(_)) => BASE64
            .decode(payload)
            .ok()
            .and_then(|payload| object(&payload))
            .ok_or_else(|| "The claims in this token cannot be read.".into()),
        _ => Err(NEITHER.into()),
    }
}

fn object(json: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(json).ok()
}

/// What `rules` give for `claims`.
pub(super) fn outcome(
    rules: &ClaimRules,
    claims: &Map<String, Value>,
    tenants: &[Tenant],
) -> ClaimTrial {
    let problem = |grant: &Grant| match grant {
        Grant::Tenant { slug, .. } if !tenants.iter().any(|known| known.tenant.slug == *slug) => {
            Some(format!(
                "There is no tenant {slug}, or it is archived, so the rule gives nothing."
            ))
        }
        _ => None,
    };
    let mut tried: Vec<TriedRule> = rules
        .rules
        .iter()
        .map(|rule| TriedRule {
            asks: rule.words(),
            gives: rule.grant.words(),
            matches: rule.outcome(claims) == RuleResult::Matches,
            withheld: rule.outcome(claims) == RuleResult::Withheld,
            problem: problem(&rule.grant),
        })
        .collect();
    tried.extend(rules.default_role.iter().map(|grant| TriedRule {
        asks: "everybody".into(),
        gives: grant.words(),
        matches: true,
        withheld: false,
        problem: problem(grant),
    }));
    let claimed = rules.claimed(claims, tenants);
    let named = |id| {
        let known = tenants.iter().find(|known| known.tenant.id == id);
        known.map(|known| known.tenant.slug.clone())
    };
    ClaimTrial {
        rules: tried,
        platform_role: claimed.platform_role,
        tenants: claimed
            .tenants
            .iter()
            .filter_map(|claimed| Some((named(claimed.tenant_id)?, claimed.role)))
            .collect(),
        claims: claims.keys().cloned().collect(),
        withheld: claimed.withheld,
        keeps_roles: rules.overage == ClaimsOverage::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{URL_SAFE as PADDED, URL_SAFE_NO_PAD};

    fn token(payload: &str) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#);
        format!("{header}.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
    }

    #[test]
    fn claims_are_read_from_a_token_or_from_json() {
        let json = r#"{"sub":"1","groups":["a"]}"#;
        let padded = format!("{}.{}.", PADDED.encode("{}"), PADDED.encode(json));
        for pasted in [json.to_owned(), format!("\n{} ", token(json)), padded] {
            assert_eq!(claims(&pasted).unwrap()["sub"], "1", "{pasted}");
        }
    }

    #[test]
    fn what_is_no_id_token_is_answered_with_what_it_is() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#);
        let deep = format!("{}{}", r#"{"a":"#.repeat(200), "1");
        for (pasted, part) in [
            (String::new(), "Paste an ID token"),
            ("hello".into(), "neither"),
            ("a.b.c".into(), "neither"),
            ("[1, 2]".into(), "neither"),
            ("{\"sub\":".into(), "no valid JSON"),
            (deep, "no valid JSON"),
            (token("[]"), "cannot be read"),
            (format!("{header}.a.b.c.d"), "encrypted"),
            (token(r#"{"token_use":"access"}"#), "access token"),
            ("x".repeat(LONGEST + 1), "At most 64 KB"),
        ] {
            let message = claims(&pasted).unwrap_err();
            assert!(message.contains(part), "{part}: {message}");
        }
    }
}
