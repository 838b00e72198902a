//! From a verified ID token to the user's identity.

use super::refusal::Refusal;
use crate::config::ProviderSettings;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use provisioning::sign_in::Identity;
use serde_json::{Map, Value};

/// All claims of a token whose signature and times have been verified.
pub fn of_verified_token(token: &str) -> Result<Map<String, Value>, Refusal> {
    let invalid = || Refusal::InvalidToken("the claims cannot be read".into());
    let payload = token.split('.').nth(1).ok_or_else(invalid)?;
    let json = URL_SAFE_NO_PAD
        .decode(payload.trim_end_matches('='))
        .map_err(|_| invalid())?;
    serde_json::from_slice(&json).map_err(|_| invalid())
}

/// Cognito signs access tokens with the same keys as ID tokens; `token_use` distinguishes them.
pub fn refuse_access_token(claims: &Map<String, Value>) -> Result<(), Refusal> {
    match claims.get("token_use").and_then(Value::as_str) {
        None | Some("id") => Ok(()),
        Some(other) => Err(Refusal::InvalidToken(format!("the token_use is {other}"))),
    }
}

/// The user's identity, if the user is allowed to sign in.
pub fn identity(
    settings: &ProviderSettings,
    claims: Map<String, Value>,
) -> Result<Identity, Refusal> {
    let text = |name: &str| {
        claims
            .get(name)
            .and_then(Value::as_str)
            .map(printable)
            .filter(|text| !text.is_empty())
    };
    let subject = claims
        .get("sub")
        .and_then(Value::as_str)
        .filter(|subject| !subject.is_empty())
        .ok_or_else(|| Refusal::InvalidToken("no subject".into()))?
        .to_owned();
    let email = text("email").unwrap_or_default();
    let email_verified = is_true(claims.get("email_verified"));
    let anybody = settings.email_domains.is_empty();
    if !(anybody || email_verified && is_in_domain(&email, &settings.email_domains)) {
        return Err(Refusal::AddressNotAllowed);
    }
    let name = text("name")
        .or_else(|| text("preferred_username"))
        .or_else(|| text("cognito:username"))
        .unwrap_or_else(|| {
            if email.is_empty() {
                subject.clone()
            } else {
                email.clone()
            }
        });
    Ok(Identity {
        issuer: settings.issuer_name.clone(),
        subject,
        email,
        email_verified,
        name,
        claims,
    })
}

/// Cognito's userinfo endpoint returns a string.
fn is_true(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// The part after the only “@” must equal one of the domains.
fn is_in_domain(address: &str, domains: &[String]) -> bool {
    match address.split_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.contains('@') => {
            domains.contains(&domain.to_lowercase())
        }
        _ => false,
    }
}

/// Names appear on pages, in logs and in the audit log: no control characters, and a limited length.
fn printable(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect::<String>()
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;
    use serde_json::json;

    fn settings(domains: &[&str]) -> ProviderSettings {
        ProviderSettings {
            slug: "corp".into(),
            title: "Corp".into(),
            issuer: "https://login.example.com".parse().unwrap(),
            issuer_name: "https://login.example.com".into(),
            client_id: "hangar".into(),
            client_secret: Some(Secret::from("x".to_owned())),
            scopes: vec!["openid".into()],
            userinfo: false,
            email_domains: domains.iter().map(ToString::to_string).collect(),
            cognito_domain: None,
            user_pool: None,
        }
    }

    fn admitted(email: &str, verified: Value) -> bool {
        let claims = json!({"sub": "1", "email": email, "email_verified": verified});
        identity(
            &settings(&["corp.com"]),
            claims.as_object().unwrap().clone(),
        )
        .is_ok()
    }

    #[test]
    fn an_address_must_be_in_the_domain_itself() {
        assert!(admitted("ann@corp.com", json!(true)));
        assert!(admitted("ann@CORP.com", json!("true")));
        for email in [
            "ann@exploitcorp.com",
            "ann@sub.corp.com",
            "ann@corp.com.evil.com",
            "a@b@corp.com",
            "\"a@evil.com\"@corp.com",
            "@corp.com",
            "corp.com",
            "ann@corp.com ann@evil.com",
            "",
        ] {
            assert!(!admitted(email, json!(true)), "{email}");
        }
    }

    #[test]
    fn an_address_that_is_not_verified_does_not_count() {
        for verified in [json!(false), json!("false"), json!(null), json!(1)] {
            assert!(!admitted("ann@corp.com", verified));
        }
    }

    #[test]
    fn an_access_token_is_no_id_token() {
        let claims = |json: Value| json.as_object().unwrap().clone();
        assert!(refuse_access_token(&claims(json!({"token_use": "access"}))).is_err());
        assert!(refuse_access_token(&claims(json!({"token_use": "id"}))).is_ok());
        assert!(refuse_access_token(&claims(json!({}))).is_ok());
    }

    #[test]
    fn a_name_is_found_and_made_printable() {
        let name = |json: Value| {
            identity(&settings(&[]), json.as_object().unwrap().clone())
                .unwrap()
                .name
        };
        assert_eq!(
            name(json!({"sub": "1", "name": "Ann\u{7}\n Lee "})),
            "Ann Lee"
        );
        assert_eq!(name(json!({"sub": "1", "email": "a@b.c"})), "a@b.c");
        assert_eq!(name(json!({"sub": "1"})), "1");
    }
}
