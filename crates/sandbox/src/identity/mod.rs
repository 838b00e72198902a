//! An OpenID provider: discovery, keys, authorization code with PKCE, token, userinfo and end-session. It serves plain HTTP, because
//! browsers would warn about its certificate.

mod authorize;
mod chooser;
mod client;
mod discovery;
mod end_session;
mod error;
mod fault_control;
mod grants;
mod people;
mod signing;
mod token;
mod userinfo;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Result;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use client::Client;
pub use people::Person;

use crate::data_directory::DataDirectory;
use crate::faults::Faults;
use crate::http_listener::{self, Cuts};
use error::OAuthError;
use grants::Grants;
use signing::SigningKeys;

const CODE_LIFETIME: Duration = Duration::from_secs(60);

/// A running provider. Dropping it ends everything.
pub struct IdentityProvider {
    provider: Arc<Provider>,
    tasks: JoinSet<()>,
}

impl IdentityProvider {
    pub async fn start(
        listen: SocketAddr,
        people: Vec<Person>,
        data: &DataDirectory,
        faults: Faults,
    ) -> Result<Self> {
        let listener = http_listener::bind("identity provider", listen).await?;
        let authority = listener.local_addr()?.to_string();
        let data = data.clone();
        // An RSA key takes a moment of computing.
        let keys =
            tokio::task::spawn_blocking(move || SigningKeys::load_or_create(&data)).await??;
        let provider = Arc::new(Provider {
            issuer: format!("http://{authority}"),
            authority,
            client: Client::portal(),
            people,
            keys_rotated: AtomicU64::new(faults.key_rotations()),
            keys: RwLock::new(keys),
            grants: Mutex::default(),
            faults: faults.clone(),
        });
        let cuts = Cuts {
            faults,
            unreachable: |_| false,
            restarts: watch::Sender::default().subscribe(),
        };
        let mut tasks = JoinSet::new();
        let router = router(provider.clone());
        tasks.spawn(http_listener::serve(listener, router, cuts));
        Ok(Self { provider, tasks })
    }

    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    pub fn client(&self) -> &Client {
        &self.provider.client
    }

    pub async fn shutdown(mut self) {
        self.tasks.shutdown().await;
    }
}

/// What the handlers share.
struct Provider {
    issuer: String,
    authority: String,
    client: Client,
    people: Vec<Person>,
    keys: RwLock<SigningKeys>,
    keys_rotated: AtomicU64,
    grants: Mutex<Grants>,
    faults: Faults,
}

impl Provider {
    fn with_keys<T>(&self, read: impl FnOnce(&SigningKeys) -> T) -> Result<T> {
        let asked = self.faults.key_rotations();
        if self.keys_rotated.swap(asked, Ordering::AcqRel) != asked {
            self.keys
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .rotate()?;
        }
        Ok(read(
            &self.keys.read().unwrap_or_else(PoisonError::into_inner),
        ))
    }

    fn grants(&self) -> MutexGuard<'_, Grants> {
        self.grants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn person(&self, email: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.email == email)
    }

    fn person_by_subject(&self, subject: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.subject == subject)
    }
}

fn router(provider: Arc<Provider>) -> Router {
    let protocol = Router::new()
        .route(
            "/.well-known/openid-configuration",
            get(discovery::configuration),
        )
        .route("/jwks", get(discovery::keys))
        .route("/authorize", get(authorize::ask))
        .route("/authorize/choice", post(authorize::choose))
        .route("/token", post(token::redeem))
        .route("/userinfo", get(userinfo::claims))
        .route("/end-session", get(end_session::end))
        .route_layer(middleware::from_fn_with_state(
            provider.clone(),
            inject_faults,
        ));
    protocol
        .route("/style.css", get(chooser::stylesheet))
        .merge(fault_control::routes())
        .layer(middleware::from_fn_with_state(provider.clone(), guard))
        .with_state(provider)
}

async fn inject_faults(
    State(provider): State<Arc<Provider>>,
    request: Request,
    next: Next,
) -> Response {
    let faults = provider.faults.current().identity;
    tokio::time::sleep(Duration::from_millis(faults.latency_ms)).await;
    if faults.down {
        return OAuthError::temporarily_unavailable().into_response();
    }
    next.run(request).await
}

/// Requires the provider's own host name, so that other sites cannot reach it by DNS rebinding, and sets security headers.
async fn guard(State(provider): State<Arc<Provider>>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    if host != Some(provider.authority.as_str()) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (HeaderName::from_static("x-frame-options"), "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

fn random_token() -> String {
    BASE64URL.encode(rand::random::<[u8; 32]>())
}

fn unix_now() -> i64 {
    jiff::Timestamp::now().as_second()
}
