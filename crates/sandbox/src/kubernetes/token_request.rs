//! Tokens of service accounts: they expire, and are invalid once their account is deleted. They are in the form of JWTs,
//! but random: only this server reads them. They do not survive a restart.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::authentication::User;
use super::object;
use super::resources::SERVICE_ACCOUNTS;
use super::status::{FieldError, Refusal};
use super::store::{Key, Store};

/// The audience of tokens whose request names none.
const ISSUER: &str = "https://kubernetes.default.svc";
const SHORTEST: i64 = 600;
const LONGEST: i64 = 1 << 32;

pub struct ServiceAccountTokens {
    store: Store,
    issued: Mutex<HashMap<String, Issued>>,
}

struct Issued {
    account: Key,
    /// Another account of the same name has another uid.
    uid: String,
    for_this_api: bool,
    end: Timestamp,
}

impl ServiceAccountTokens {
    pub(super) fn new(store: Store) -> Self {
        Self {
            store,
            issued: Mutex::default(),
        }
    }

    fn issued(&self) -> MutexGuard<'_, HashMap<String, Issued>> {
        self.issued.lock().unwrap_or_else(PoisonError::into_inner)
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
        let end = Timestamp::now() + SignedDuration::from_secs(seconds);
        let part = || URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
        let token = format!("{}.{}.{}", part(), part(), part());
        let issued = Issued {
            account: key,
            uid: object::uid(&account).to_owned(),
            for_this_api: audiences.iter().any(|audience| audience == ISSUER),
            end,
        };
        self.issued().insert(token.clone(), issued);
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

    pub(super) fn token_owner(&self, token: &str) -> Option<User> {
        let issued = self.issued();
        let Issued {
            account: key,
            uid,
            for_this_api,
            end,
        } = issued.get(token)?;
        if *end <= Timestamp::now() || !for_this_api {
            return None;
        }
        let account = self.store.get(key)?;
        (object::uid(&account) == uid).then(|| {
            let (namespace, name) = (&key.namespace, &key.name);
            let in_namespace = format!("system:serviceaccounts:{namespace}");
            let name = format!("system:serviceaccount:{namespace}:{name}");
            let mut user = User::known(name, &["system:serviceaccounts", &in_namespace]);
            user.uid.clone_from(uid);
            user
        })
    }
}
