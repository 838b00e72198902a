//! Temporary credentials. What they stand for is in the session's token itself, signed, so that nothing needs to be
//! remembered of them.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::access_key;
use super::identity::Identity;

const TAG: usize = 32;
/// Three quarters of the 40 letters that AWS's secret keys have.
const SECRET: usize = 30;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    /// The id of the temporary key.
    pub access_key_id: String,
    /// Who its bearer is.
    pub identity: Identity,
    /// The key of the user that it was made of; without it the session ends too. That of a role goes on.
    pub made_of: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// What is handed out.
pub struct Credentials {
    pub session: Session,
    pub secret_access_key: String,
    pub session_token: String,
}

/// Signs tokens, with a key that is gone at the end.
pub struct TokenSigner(hmac::Key);

impl TokenSigner {
    pub fn new() -> Self {
        let key = rand::random::<[u8; TAG]>();
        Self(hmac::Key::new(hmac::HMAC_SHA256, &key))
    }

    /// Makes credentials of somebody.
    pub fn issue(
        &self,
        identity: Identity,
        made_of: Option<String>,
        life: Duration,
    ) -> Result<Credentials, serde_json::Error> {
        let life = SignedDuration::try_from(life).unwrap_or_default();
        let session = Session {
            access_key_id: access_key::id("ASIA", &identity.account, rand::random()),
            identity,
            made_of,
            // AWS tells whole seconds.
            expires_at: Timestamp::from_second((Timestamp::now() + life).as_second())
                .unwrap_or(Timestamp::MAX),
        };
        let said = serde_json::to_vec(&session)?;
        let mut token = hmac::sign(&self.0, &said).as_ref().to_vec();
        token.extend(said);
        Ok(Credentials {
            session,
            secret_access_key: BASE64.encode(rand::random::<[u8; SECRET]>()),
            session_token: BASE64.encode(token),
        })
    }

    /// What a token says, if it is one of these.
    pub fn read(&self, token: &str) -> Option<Session> {
        let token = BASE64.decode(token).ok()?;
        let (tag, said) = token.split_at_checked(TAG)?;
        hmac::verify(&self.0, said, tag).ok()?;
        serde_json::from_slice(said).ok()
    }
}
