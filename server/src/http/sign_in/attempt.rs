//! Open sign-ins, against which the provider's response is checked. They are stored in the browser's session for a
//! quarter of an hour and are valid for one response.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tower_sessions::{Expiry, Session, session::Error};

const KEY: &str = "sign_ins_under_way";
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// Several tabs can sign in at the same time, up to this number.
const MOST: usize = 5;

/// An open sign-in.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// The provider that it started at.
    pub provider: String,
    /// Returned in the response.
    pub state: String,
    /// Returned in the ID token.
    pub nonce: String,
    /// Proves that the client that redeems the code also requested it.
    pub pkce_verifier: String,
    /// Where to go afterwards.
    pub return_to: String,
    begun_at: Timestamp,
}

impl Attempt {
    pub(super) fn new(
        provider: &str,
        state: String,
        nonce: String,
        pkce_verifier: String,
        return_to: String,
    ) -> Self {
        Self {
            provider: provider.to_owned(),
            state,
            nonce,
            pkce_verifier,
            return_to,
            begun_at: Timestamp::now(),
        }
    }

    fn is_alive(&self) -> bool {
        Timestamp::now().duration_since(self.begun_at) < LIFE
    }
}

/// Stores an attempt in the browser's session.
pub async fn remember(session: &Session, attempt: Attempt, signed_in: bool) -> Result<(), Error> {
    let mut attempts = all(session).await?;
    attempts.retain(Attempt::is_alive);
    if attempts.len() >= MOST {
        attempts.remove(0);
    }
    attempts.push(attempt);
    session.insert(KEY, attempts).await?;
    if !signed_in {
        // A visitor who only opens the sign-in page leaves a short-lived session.
        let life = time::Duration::seconds(LIFE.as_secs());
        session.set_expiry(Some(Expiry::OnInactivity(life)));
    }
    session.save().await
}

/// Removes the attempt that `state` belongs to from the session.
pub async fn take(session: &Session, state: &str) -> Result<Option<Attempt>, Error> {
    let mut attempts = all(session).await?;
    let Some(index) = attempts.iter().position(|attempt| attempt.state == state) else {
        return Ok(None);
    };
    let attempt = attempts.remove(index);
    session.insert(KEY, attempts).await?;
    session.save().await?;
    Ok(Some(attempt).filter(Attempt::is_alive))
}

async fn all(session: &Session) -> Result<Vec<Attempt>, Error> {
    Ok(session.get(KEY).await?.unwrap_or_default())
}
