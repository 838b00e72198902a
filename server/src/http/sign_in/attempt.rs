//! Sign-ins under way: what the answer of the provider is held against. They live in the session of the browser that
//! began them, for a quarter of an hour, and are good for one answer.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tower_sessions::{Expiry, Session, session::Error};

const KEY: &str = "sign_ins_under_way";
const LIFE: SignedDuration = SignedDuration::from_mins(15);
/// Several tabs may sign in at once, not any number.
const MOST: usize = 5;

/// One sign-in under way.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// The provider it was begun at.
    pub provider: String,
    /// Comes back in the answer.
    pub state: String,
    /// Comes back in the ID token.
    pub nonce: String,
    /// Proves that the one who redeems the code is the one who asked for it.
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

/// Keeps an attempt in the browser's session.
pub async fn remember(session: &Session, attempt: Attempt, signed_in: bool) -> Result<(), Error> {
    let mut attempts = all(session).await?;
    attempts.retain(Attempt::is_alive);
    if attempts.len() >= MOST {
        attempts.remove(0);
    }
    attempts.push(attempt);
    session.insert(KEY, attempts).await?;
    if !signed_in {
        // Whoever only looks at the sign-in page leaves nothing behind for long.
        let life = time::Duration::seconds(LIFE.as_secs());
        session.set_expiry(Some(Expiry::OnInactivity(life)));
    }
    session.save().await
}

/// Takes the attempt that `state` belongs to out of the session, at once and for good.
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
