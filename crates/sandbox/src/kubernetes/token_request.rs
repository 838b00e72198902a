//! Tokens of service accounts: signed, with an end, and invalid when their account is deleted.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _,
    UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::authentication::User;
use super::object;
use super::resources::SERVICE_ACCOUNTS;
use super::status::{FieldError, Refusal};
use super::store::{Key, Store};

/// Who issues the tokens, and for whom when a request does not say.
const ISSUER: &str = "https://kubernetes.default.svc";
const SHORTEST: i64 = 600;
const LONGEST: i64 = 1 << 32;

pub struct ServiceAccountTokens {
    store: Store,
    key: Option<EcdsaKeyPair>,
}

impl ServiceAccountTokens {
    /// With a new key: tokens do not survive a restart.
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok(),
        }
    }

    /// A token for a service account, valid for this many seconds, and its end.
    fn issue(
        &self,
        account: &Value,
        audiences: &[&str],
        seconds: i64,
    ) -> Result<(String, Timestamp), Refusal> {
        let now = Timestamp::now();
        let end = now
            .checked_add(SignedDuration::from_secs(seconds))
            .map_err(|_| Refusal::internal("the token would never expire"))?;
        let (namespace, name) = (object::namespace(account), object::name(account));
        let claims = json!({
            "iss": ISSUER,
            "aud": audiences,
            "iat": now.as_second(),
            "nbf": now.as_second(),
            "exp": end.as_second(),
            "sub": format!("system:serviceaccount:{namespace}:{name}"),
            "kubernetes.io": {
                "namespace": namespace,
                "serviceaccount": {"name": name, "uid": object::uid(account)},
            },
        });
        let head = json!({"alg": "ES256", "typ": "JWT"});
        let mut token = format!("{}.{}", encoded(&head), encoded(&claims));
        let signature = self
            .key
            .as_ref()
            .and_then(|key| key.sign(&SystemRandom::new(), token.as_bytes()).ok())
            .ok_or_else(|| Refusal::internal("the token could not be signed"))?;
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        Ok((token, end))
    }

    pub(super) fn answer(
        &self,
        namespace: &str,
        name: &str,
        mut request: Value,
    ) -> Result<Value, Refusal> {
        let key = Key::new(SERVICE_ACCOUNTS, namespace, name);
        let account = self
            .store
            .get(&key)
            .ok_or_else(|| Refusal::not_found(SERVICE_ACCOUNTS, name))?;
        let seconds = request
            .pointer("/spec/expirationSeconds")
            .and_then(Value::as_i64)
            .unwrap_or(3600);
        let rule = match seconds {
            _ if seconds < SHORTEST => Some("may not specify a duration less than 10 minutes"),
            _ if seconds > LONGEST => Some("may not specify a duration larger than 2^32 seconds"),
            _ => None,
        };
        if let Some(rule) = rule {
            let error = FieldError::invalid("spec.expirationSeconds", &seconds.into(), rule);
            return Err(Refusal::invalid(
                "authentication.k8s.io",
                "TokenRequest",
                "",
                &[error],
            ));
        }
        let mut audiences: Vec<String> = object::strings(request.pointer("/spec/audiences"))
            .into_iter()
            .map(str::to_owned)
            .collect();
        if audiences.is_empty() {
            audiences.push(ISSUER.to_owned());
        }
        let shown: Vec<&str> = audiences.iter().map(String::as_str).collect();
        let (token, end) = self.issue(&account, &shown, seconds)?;
        let spec = object::field_mut(&mut request, "spec");
        spec.insert("audiences".into(), json!(audiences));
        spec.insert("expirationSeconds".into(), seconds.into());
        for (field, value) in [
            ("name", object::name(&account)),
            ("namespace", object::namespace(&account)),
            ("uid", object::uid(&account)),
            ("creationTimestamp", &object::now()),
        ] {
            object::set_metadata(&mut request, field, Some(value.into()));
        }
        let status = object::field_mut(&mut request, "status");
        status.insert("token".into(), token.into());
        status.insert(
            "expirationTimestamp".into(),
            object::format_time(end).into(),
        );
        Ok(request)
    }

    fn claims(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let key = self.key.as_ref()?.public_key().as_ref();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
            .verify(signed.as_bytes(), &signature)
            .ok()?;
        let (_, claims) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

impl ServiceAccountTokens {
    pub(super) fn token_owner(&self, token: &str) -> Option<User> {
        let claims = self.claims(token)?;
        if claims.get("exp")?.as_i64()? <= Timestamp::now().as_second()
            || !object::strings(claims.get("aud")).contains(&ISSUER)
        {
            return None;
        }
        let text = |pointer: &str| claims.pointer(pointer).and_then(Value::as_str);
        let namespace = text("/kubernetes.io/namespace")?;
        let name = text("/kubernetes.io/serviceaccount/name")?;
        let uid = text("/kubernetes.io/serviceaccount/uid")?;
        let account = self
            .store
            .get(&Key::new(SERVICE_ACCOUNTS, namespace, name))?;
        (object::uid(&account) == uid).then(|| {
            let in_namespace = format!("system:serviceaccounts:{namespace}");
            let name = format!("system:serviceaccount:{namespace}:{name}");
            let mut user = User::known(name, &["system:serviceaccounts", &in_namespace]);
            user.uid = uid.to_owned();
            user
        })
    }
}
