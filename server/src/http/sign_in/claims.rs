//! From a verified ID token to the user's identity.

use super::{id_token::Claims, refusal::Refusal};
use crate::config::ProviderSettings;
use domain::{
    display_name::{clean_user_name, is_hidden},
    tenancy_rules::LONGEST_EMAIL,
};
use provisioning::sign_in::Identity;
use serde_json::Value;

/// In bytes.
const LONGEST_SUBJECT: usize = 255;

/// Cognito signs access tokens with the same keys as ID tokens; `token_use` distinguishes them.
pub fn refuse_access_token(claims: &Claims) -> Result<(), Refusal> {
    match claims.get("token_use").and_then(Value::as_str) {
        None | Some("id") => Ok(()),
        Some(other) => Err(Refusal::InvalidToken(format!("the token_use is {other}"))),
    }
}

/// The user's identity, if the user is allowed to sign in.
pub fn identity(settings: &ProviderSettings, claims: Claims) -> Result<Identity, Refusal> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let name_in = |claim: &str| {
        text(claim)
            .map(clean_user_name)
            .filter(|name| !name.is_empty())
    };
    let subject = checked_subject(text("sub"))?;
    // Never cleaned: that could make it the address of another user.
    let is_plain = |email: &&str| email.len() <= LONGEST_EMAIL && !email.contains(is_hidden);
    let email = text("email")
        .map(str::trim)
        .filter(is_plain)
        .unwrap_or_default()
        .to_owned();
    let email_verified = match claims.get("email_verified") {
        None | Some(Value::Null) if !email.is_empty() => {
            if !settings.assume_email_verified {
                tracing::info!(
                    provider = settings.slug,
                    "the claim email_verified is missing, so the address does not count for invitations and \
                     email_domains; if this provider verifies addresses, set assume_email_verified"
                );
            }
            settings.assume_email_verified
        }
        stated => is_true(stated),
    };
    let anybody = settings.email_domains.is_empty();
    if !(anybody || email_verified && is_in_domain(&email, &settings.email_domains)) {
        return Err(Refusal::AddressNotAllowed);
    }
    let name = name_in("name")
        .or_else(|| name_in("preferred_username"))
        .or_else(|| name_in("cognito:username"))
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

/// By OpenID Connect Core 2 a subject is at most 255 ASCII characters. Never cleaned: that could make it the subject of
/// another user.
fn checked_subject(subject: Option<&str>) -> Result<String, Refusal> {
    let refused = |why: &str| Err(Refusal::InvalidToken(format!("`sub` {why}")));
    match subject {
        None | Some("") => refused("is missing or not a text"),
        Some(subject) if subject.len() > LONGEST_SUBJECT => refused("is longer than 255 bytes"),
        Some(subject) if subject.contains(is_hidden) => {
            refused("contains control or invisible characters")
        }
        Some(subject) => Ok(subject.to_owned()),
    }
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

#[cfg(test)]
mod tests {
    use super::{super::userinfo::add_userinfo, *};
    use crate::config::Secret;
    use provisioning::claim_rules::ClaimsOverage;
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
            audiences: Vec::new(),
            assume_email_verified: false,
            claims_overage: ClaimsOverage::Keep,
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
        for hidden in [
            "Ann\u{202e} Lee",
            "A\u{200b}nn Lee",
            "Ann Lee\u{2069}",
            "\u{feff}Ann Lee",
        ] {
            assert_eq!(name(json!({"sub": "1", "name": hidden})), "Ann Lee");
        }
        let blank = json!({"sub": "1", "name": "\u{200b} \u{3164}", "preferred_username": "ann"});
        assert_eq!(name(blank), "ann");
        assert_eq!(name(json!({"sub": "1", "email": "a@b.c"})), "a@b.c");
        assert_eq!(name(json!({"sub": "1"})), "1");
    }

    #[test]
    fn an_address_with_hidden_characters_is_not_the_address_without_them() {
        for email in [
            "ann\u{200b}@corp.com",
            "ann\u{7}@corp.com",
            "\u{202e}ann@corp.com",
            "ann@corp.com\u{ad}",
        ] {
            let claims = json!({"sub": "1", "email": email, "email_verified": true});
            let claims = claims.as_object().unwrap();
            assert_eq!(identity(&settings(&[]), claims.clone()).unwrap().email, "");
            assert!(identity(&settings(&["corp.com"]), claims.clone()).is_err());
        }
    }

    #[test]
    fn a_missing_email_verified_counts_as_the_setting_says() {
        let claims = json!({"sub": "1", "email": "ann@corp.com"});
        for assume_email_verified in [false, true] {
            let settings = ProviderSettings {
                assume_email_verified,
                ..settings(&[])
            };
            let verified = |claims: &Value| {
                identity(&settings, claims.as_object().unwrap().clone())
                    .unwrap()
                    .email_verified
            };
            assert_eq!(verified(&claims), assume_email_verified);
            let mut refuted = claims.clone();
            refuted["email_verified"] = json!(false);
            assert!(!verified(&refuted));
        }
    }

    #[test]
    fn an_address_is_verified_by_its_own_source_only() {
        let merged = |token: Value, userinfo: Value| {
            let mut claims = token.as_object().unwrap().clone();
            add_userinfo(&mut claims, userinfo.as_object().unwrap().clone()).unwrap();
            let identity = identity(&settings(&[]), claims).unwrap();
            (identity.email, identity.email_verified)
        };
        let verified = json!({"sub": "1", "email": "b@corp.com", "email_verified": true});
        for (token, expected) in [
            (json!({"sub": "1"}), ("b@corp.com", true)),
            (
                json!({"sub": "1", "email_verified": true}),
                ("b@corp.com", true),
            ),
            (
                json!({"sub": "1", "email": "a@corp.com"}),
                ("a@corp.com", false),
            ),
            (
                json!({"sub": "1", "email": "a@corp.com", "email_verified": true}),
                ("a@corp.com", true),
            ),
        ] {
            let (email, is_verified) = merged(token, verified.clone());
            assert_eq!((email.as_str(), is_verified), expected);
        }
        let unverified = json!({"sub": "1", "email": "b@corp.com"});
        let claimed = merged(json!({"sub": "1", "email_verified": true}), unverified);
        assert_eq!(claimed, ("b@corp.com".to_owned(), false));
        let mut claims = Claims::new();
        assert!(add_userinfo(&mut claims, verified.as_object().unwrap().clone()).is_err());
    }

    #[test]
    fn a_subject_is_short_and_without_hidden_characters() {
        let identified = |subject: Value| {
            let claims = json!({"sub": subject, "name": "Ann"});
            identity(&settings(&[]), claims.as_object().unwrap().clone())
        };
        for subject in [
            "1",
            "auth0|5f7c8ec7c33c6c004bbafe82",
            "Ann Lee",
            &"x".repeat(255),
        ] {
            let identity = identified(json!(subject)).unwrap();
            assert_eq!(identity.subject, subject);
        }
        for subject in [
            json!(""),
            json!(null),
            json!(17),
            json!("a\u{0}b"),
            json!("a\nb"),
            json!("a\u{7f}"),
            json!("a\u{85}"),
            json!("\u{202e}a"),
            json!("a\u{200b}"),
            json!("x".repeat(256)),
            json!("é".repeat(128)),
        ] {
            let refused = identified(subject.clone());
            assert!(
                matches!(refused, Err(Refusal::InvalidToken(_))),
                "{subject}"
            );
        }
    }
}
