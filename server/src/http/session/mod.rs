//! Sessions: the signed-in user, stored in the database under an id that only the browser has.

mod sealed;

use domain::ids::UserId;
use jiff::{SignedDuration, Timestamp};
use sealed::Sealed;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Error, Id, Record},
    session_store,
};

/// The lifetime of a session.
const LIFE: SignedDuration = SignedDuration::from_hours(12);

/// The key under which the database finds the sessions of a user.
const USER: &str = "user_id";
const DETAILS: &str = "signed_in";

/// The data of a signed-in session.
#[derive(Clone)]
pub struct SessionData {
    pub user: UserId,
    pub provider: String,
    /// The provider's ID token, to sign out at the provider.
    pub id_token: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Details {
    provider: String,
    id_token: Option<Sealed>,
    at: Timestamp,
}

impl SessionData {
    /// A session for a user who has just signed in.
    pub fn new(user: UserId, provider: &str, id_token: String) -> Self {
        Self {
            user,
            provider: provider.to_owned(),
            id_token: Some(id_token),
        }
    }

    /// Stores the data in `session` under a new id, so that an old id is worthless.
    pub async fn begin(self, session: &Session) -> Result<(), Error> {
        session.clear().await;
        session.insert(USER, self.user).await?;
        session.set_expiry(Some(expiry()));
        session.cycle_id().await?;
        // The new id is known only after saving.
        session.save().await?;
        let sealed = |token: String| Sealed::new(session.id()?, &token);
        let details = Details {
            provider: self.provider,
            id_token: self.id_token.and_then(sealed),
            at: Timestamp::now(),
        };
        session.insert(DETAILS, details).await
    }

    /// The data of a session; `None`: not signed in, or the session has expired.
    pub async fn read(session: &Session) -> Result<Option<Self>, Error> {
        let Some(user) = session.get::<UserId>(USER).await? else {
            return Ok(None);
        };
        let details = session.get::<Details>(DETAILS).await?;
        let alive = |details: &Details| Timestamp::now().duration_since(details.at) < LIFE;
        Ok(details.filter(alive).map(|details| Self {
            user,
            provider: details.provider,
            id_token: session
                .id()
                .and_then(|id| details.id_token.as_ref()?.open(id)),
        }))
    }
}

/// The session store of the database.
#[derive(Clone, Debug)]
pub struct Sessions(pub Arc<dyn SessionStore>);

impl Sessions {
    pub fn layer(&self, https: bool) -> SessionManagerLayer<Self> {
        SessionManagerLayer::new(self.clone())
            .with_name(cookie_name(https))
            .with_secure(https)
            .with_http_only(true)
            .with_same_site(SameSite::Lax)
            .with_path("/")
            .with_expiry(expiry())
    }

    /// The user of a valid session.
    pub async fn user(&self, id: Id) -> Result<Option<UserId>, Error> {
        let session = Session::new(Some(id), Arc::new(self.clone()), None);
        Ok(SessionData::read(&session).await?.map(|data| data.user))
    }
}

/// The name of the cookie with the session's id.
pub fn cookie_name(https: bool) -> String {
    app::cookie::name(https, "hangar")
}

fn expiry() -> Expiry {
    Expiry::OnInactivity(time::Duration::seconds(LIFE.as_secs()))
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.0.create(record).await
    }
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0.save(record).await
    }
    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.0.load(id).await
    }
    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0.delete(id).await
    }
}
