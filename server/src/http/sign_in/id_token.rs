//! Checks signed tokens of a provider. Only the claims that are checked here have to have a certain form: providers
//! send others in forms of their own (`updated_at` as text is the default of Auth0), and nothing depends on those.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use openidconnect::{
    JsonWebKey as _, JsonWebKeyAlgorithm, JsonWebKeyUse as _, JwsSigningAlgorithm as _,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm as Algorithm},
};
use serde::Deserialize;
use serde_json::{Map, Value};

/// The clocks of provider and portal may differ by this many seconds.
const LEEWAY: f64 = 60.0;

pub type Claims = Map<String, Value>;

/// What a token is held against.
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    /// Other audiences that it may name.
    pub audiences: &'a [String],
    pub nonce: &'a str,
    pub access_token: &'a str,
}

/// The keys of a provider.
pub struct Keys<'a> {
    pub published: &'a [CoreJsonWebKey],
    /// Signs with HMAC, if the provider says that it uses that.
    pub client_secret: Option<&'a str>,
}

/// Why a token is not valid. Names claims, never their values.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Its key is not among the provider's: they may have changed.
    #[error("its signing key is not one of the provider's keys")]
    UnknownKey,
    #[error("its signature does not match")]
    Signature,
    #[error("`{0}` {1}")]
    Member(&'static str, &'static str),
}

#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    crit: Option<Value>,
}

/// A token whose signature has been verified.
pub struct Verified {
    pub claims: Claims,
    algorithm: Algorithm,
    key: CoreJsonWebKey,
}

/// Verifies the signature of a token.
pub fn verify(token: &str, keys: &Keys<'_>) -> Result<Verified, TokenError> {
    let malformed = TokenError::Member("token", "is not a signed token");
    let (signed, signature) = token.rsplit_once('.').ok_or(malformed)?;
    let (header, payload) = signed
        .split_once('.')
        .ok_or(TokenError::Member("token", "is not a signed token"))?;
    let header: Header = json(header).ok_or(TokenError::Member("header", "cannot be read"))?;
    if header.crit.is_some() {
        return Err(TokenError::Member("header.crit", "is not supported"));
    }
    let signature = decode(signature).ok_or(TokenError::Signature)?;
    let key = match header.alg {
        Algorithm::None => return Err(TokenError::Member("header.alg", "is none")),
        Algorithm::HmacSha256 | Algorithm::HmacSha384 | Algorithm::HmacSha512 => {
            let secret = keys
                .client_secret
                .ok_or(TokenError::Member("header.alg", "is not the provider's"))?;
            let key = CoreJsonWebKey::new_symmetric(secret.as_bytes().to_vec());
            key.verify_signature(&header.alg, signed.as_bytes(), &signature)
                .map_err(|_| TokenError::Signature)?;
            key
        }
        _ => {
            let mut found = false;
            keys.published
                .iter()
                .filter(|key| fits(key, &header))
                .inspect(|_| found = true)
                .find(|key| {
                    key.verify_signature(&header.alg, signed.as_bytes(), &signature)
                        .is_ok()
                })
                .cloned()
                .ok_or(())
                .map_err(|()| match found {
                    true => TokenError::Signature,
                    false => TokenError::UnknownKey,
                })?
        }
    };
    Ok(Verified {
        claims: json(payload).ok_or(TokenError::Member("payload", "cannot be read"))?,
        algorithm: header.alg,
        key,
    })
}

fn fits(key: &CoreJsonWebKey, header: &Header) -> bool {
    let same_id = header
        .kid
        .as_ref()
        .is_none_or(|kid| key.key_id().is_some_and(|id| id.as_str() == kid));
    let signs = key.key_use().is_none_or(|usage| usage.allows_signature());
    let same_algorithm = match key.signing_alg() {
        JsonWebKeyAlgorithm::Algorithm(algorithm) => *algorithm == header.alg,
        JsonWebKeyAlgorithm::Unspecified => header.alg.key_type().as_ref() == Some(key.key_type()),
        JsonWebKeyAlgorithm::Unsupported => false,
    };
    same_id && signs && same_algorithm
}

impl Verified {
    /// Checks the claims of an ID token by OpenID Connect Core 3.1.3.7.
    pub fn check(&self, expected: &Expected<'_>, now: Timestamp) -> Result<(), TokenError> {
        let wrong = |member, why| Err(TokenError::Member(member, why));
        let claim = |name: &str| self.claims.get(name);
        let text = |name: &str| claim(name).and_then(Value::as_str);
        let time = |name: &str| claim(name).and_then(Value::as_f64);
        #[allow(clippy::cast_precision_loss, reason = "seconds")]
        let now = now.as_second() as f64;

        if text("iss") != Some(expected.issuer) {
            return wrong("iss", "is not the configured issuer");
        }
        let audiences: Vec<&str> = match claim("aud") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => return wrong("aud", "is neither a text nor a list"),
        };
        let ours = |name: &str| {
            name == expected.client_id || expected.audiences.iter().any(|other| other == name)
        };
        if !audiences.contains(&expected.client_id) {
            return wrong("aud", "does not name the client id");
        }
        if !audiences.iter().all(|name| ours(name)) {
            return wrong("aud", "names others than the client id and `audiences`");
        }
        match claim("azp") {
            None | Some(Value::Null) => {}
            Some(Value::String(name)) if ours(name) => {}
            Some(_) => return wrong("azp", "is another client"),
        }
        match time("exp") {
            Some(expires) if now < expires + LEEWAY => {}
            Some(_) => return wrong("exp", "has passed"),
            None => return wrong("exp", "is not a number"),
        }
        match time("iat") {
            Some(issued) if issued <= now + LEEWAY => {}
            Some(_) => return wrong("iat", "is in the future"),
            None => return wrong("iat", "is not a number"),
        }
        if text("nonce") != Some(expected.nonce) {
            return wrong("nonce", "is not that of this sign-in");
        }
        match claim("at_hash") {
            None | Some(Value::Null) => Ok(()),
            Some(hash) if hash.as_str() == self.half_hash(expected.access_token).as_deref() => {
                Ok(())
            }
            Some(_) => wrong("at_hash", "does not match the access token"),
        }
    }

    /// The left half of the hash of `text`, in base64url.
    fn half_hash(&self, text: &str) -> Option<String> {
        let hash = self.key.hash_bytes(text.as_bytes(), &self.algorithm).ok()?;
        Some(URL_SAFE_NO_PAD.encode(&hash[..hash.len() / 2]))
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&decode(text)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_800_000_000;
    const SECRET: &str = "a secret of at least 32 characters";

    /// A token with these claims, signed with the client secret.
    fn token(claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "HS256"})), part(claims));
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, SECRET.as_bytes());
        let signature = aws_lc_rs::hmac::sign(&key, signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }

    fn keys(client_secret: Option<&str>) -> Keys<'_> {
        Keys {
            published: &[],
            client_secret,
        }
    }

    /// What is wrong with the claims of a good token after `change`.
    fn fault(change: impl FnOnce(&mut Value)) -> Option<TokenError> {
        let mut claims = json!({
            "iss": "https://login.example.com", "aud": "hangar", "exp": NOW + 300, "iat": NOW,
            "nonce": "n", "sub": "1",
        });
        change(&mut claims);
        let verified = verify(&token(&claims), &keys(Some(SECRET))).unwrap();
        let expected = Expected {
            issuer: "https://login.example.com",
            client_id: "hangar",
            audiences: &["project-7".to_owned()],
            nonce: "n",
            access_token: "access",
        };
        verified
            .check(&expected, Timestamp::from_second(NOW).unwrap())
            .err()
    }

    fn member(error: Option<TokenError>) -> &'static str {
        match error {
            Some(TokenError::Member(member, _)) => member,
            None => "",
            Some(other) => panic!("{other}"),
        }
    }

    #[test]
    fn claims_that_nobody_uses_may_have_any_form() {
        let others = json!({
            "updated_at": "2026-11-30T12:00:00.000Z", "address": "Berlin", "birthdate": 1990,
            "phone_number_verified": "yes", "locale": null, "picture": {"url": 1}, "auth_time": "x",
            "email_verified": [],
        });
        assert_eq!(
            fault(|claims| claims
                .as_object_mut()
                .unwrap()
                .extend(others.as_object().unwrap().clone())),
            None
        );
    }

    #[test]
    fn each_claim_that_is_checked_is_named() {
        for (name, value) in [
            ("iss", json!("https://evil.example.com")),
            ("iss", json!(null)),
            ("aud", json!("other")),
            ("aud", json!(["hangar", "other"])),
            ("aud", json!([])),
            ("aud", json!(7)),
            ("azp", json!("other")),
            ("azp", json!(1)),
            ("exp", json!(NOW - 61)),
            ("exp", json!("tomorrow")),
            ("exp", json!(null)),
            ("iat", json!(NOW + 61)),
            ("iat", json!("2026-11-30T12:00:00Z")),
            ("nonce", json!("m")),
            ("nonce", json!(null)),
            ("at_hash", json!("AAAA")),
            ("at_hash", json!(1)),
        ] {
            assert_eq!(
                member(fault(|claims| claims[name] = value.clone())),
                name,
                "{value}"
            );
        }
    }

    #[test]
    fn what_the_specification_and_the_settings_allow_passes() {
        for (name, value) in [
            ("aud", json!(["hangar"])),
            // Zitadel adds the project.
            ("aud", json!(["hangar", "project-7"])),
            ("azp", json!("hangar")),
            ("exp", json!(NOW - 59)),
            ("exp", json!(NOW as f64 + 0.5)),
            ("iat", json!(NOW + 59)),
            // The first half of SHA-256 of `access`.
            ("at_hash", json!(access_hash())),
        ] {
            assert_eq!(
                fault(|claims| claims[name] = value.clone()),
                None,
                "{name} {value}"
            );
        }
    }

    fn access_hash() -> String {
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, b"access");
        URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
    }

    #[test]
    fn a_signature_has_to_match() {
        let good = token(&json!({"sub": "1"}));
        let broken = |token: &str, keys: &Keys<'_>| verify(token, keys).err();
        assert!(verify(&good, &keys(Some(SECRET))).is_ok());
        assert_eq!(
            broken(&good, &keys(Some("another"))),
            Some(TokenError::Signature)
        );
        // A provider that does not use HMAC: its public key must not be taken for a secret.
        assert_eq!(member(broken(&good, &keys(None))), "header.alg");
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        for (header, member_named) in [
            (json!({"alg": "none"}), "header.alg"),
            (json!({"alg": "HS256", "crit": ["b64"]}), "header.crit"),
            (json!({"kid": "1"}), "header"),
        ] {
            let token = format!("{}.{}.", part(&header), part(&json!({})));
            assert_eq!(member(broken(&token, &keys(Some(SECRET)))), member_named);
        }
        let stranger = format!(
            "{}.{}.AAAA",
            part(&json!({"alg": "RS256", "kid": "1"})),
            part(&json!({}))
        );
        assert_eq!(broken(&stranger, &keys(None)), Some(TokenError::UnknownKey));
        for garbage in ["", ".", "..", "a.b", "a.b.c.d"] {
            assert!(broken(garbage, &keys(None)).is_some(), "{garbage}");
        }
    }
}
