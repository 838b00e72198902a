//! Service accounts' tokens: `sky_` and a JSON web token with one-letter claims, signed with HMAC-SHA256.

use anyhow::{Result, anyhow};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use serde::{Deserialize, Serialize};

use super::clock::now;
use crate::data_directory::DataDirectory;

const PREFIX: &str = "sky_";
const ISSUER: &str = "sky";
const SERVICE_ACCOUNT: &str = "sa";
const SECONDS_PER_DAY: i64 = 24 * 3600;
const KEY_FILE: &str = "skypilot-token-key";

pub struct TokenSigner(hmac::Key);

#[derive(Serialize, Deserialize)]
pub struct Claims {
    #[serde(rename = "i")]
    issuer: String,
    #[serde(rename = "t")]
    issued_at: i64,
    #[serde(rename = "u")]
    pub user_id: String,
    /// The token's id. After a rotation it differs from that of the row.
    #[serde(rename = "k")]
    pub token_id: String,
    #[serde(rename = "y")]
    kind: String,
    #[serde(rename = "e", skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    #[serde(rename = "exp", skip_serializing_if = "Option::is_none")]
    standard_expiry: Option<i64>,
}

pub struct NewToken {
    /// The secret itself.
    pub token: String,
    pub id: String,
    /// Seconds since 1970.
    pub expires_at: Option<i64>,
}

impl TokenSigner {
    pub fn load_or_create(data: &DataDirectory) -> Result<Self> {
        let key = match data.read(KEY_FILE)? {
            Some(key) => key,
            None => {
                let key = rand::random::<[u8; 64]>().to_vec();
                data.write(KEY_FILE, &key)?;
                key
            }
        };
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key)))
    }

    pub fn issue(&self, user_id: &str, days: Option<i64>) -> Result<NewToken> {
        let id = BASE64URL.encode(rand::random::<[u8; 12]>());
        let issued_at = now();
        let expires_at =
            days.map(|days| issued_at.saturating_add(days.saturating_mul(SECONDS_PER_DAY)));
        let claims = Claims {
            issuer: ISSUER.to_owned(),
            issued_at,
            user_id: user_id.to_owned(),
            token_id: id.clone(),
            kind: SERVICE_ACCOUNT.to_owned(),
            expires_at,
            standard_expiry: expires_at,
        };
        let header = BASE64URL.encode(br#"{"alg":"HS256","typ":"JWT"}"#);
        let payload = BASE64URL.encode(serde_json::to_vec(&claims)?);
        let signed = format!("{header}.{payload}");
        let signature = hmac::sign(&self.0, signed.as_bytes());
        Ok(NewToken {
            token: format!("{PREFIX}{signed}.{}", BASE64URL.encode(signature)),
            id,
            expires_at,
        })
    }

    pub fn verify(&self, token: &str) -> Result<Claims> {
        let jwt = token
            .strip_prefix(PREFIX)
            .ok_or_else(|| anyhow!("no prefix"))?;
        let (signed, signature) = jwt
            .rsplit_once('.')
            .ok_or_else(|| anyhow!("no signature"))?;
        hmac::verify(&self.0, signed.as_bytes(), &BASE64URL.decode(signature)?)
            .map_err(|_| anyhow!("wrong signature"))?;
        let (_, payload) = signed
            .split_once('.')
            .ok_or_else(|| anyhow!("no payload"))?;
        let claims: Claims = serde_json::from_slice(&BASE64URL.decode(payload)?)?;
        if claims.issuer != ISSUER || claims.kind != SERVICE_ACCOUNT {
            return Err(anyhow!("another kind of token"));
        }
        if claims
            .expires_at
            .is_some_and(|expires_at| expires_at < now())
        {
            return Err(anyhow!("expired"));
        }
        Ok(claims)
    }
}
