//! An OpenID provider on loopback that speaks the real protocol: discovery, keys, authorization code with PKCE, token,
//! userinfo and end-session. It serves plain HTTP, because a browser would warn about a certificate of our own.

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

use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use client::Client;
pub use people::Person;

use crate::data_directory::DataDirectory;
use crate::faults::Faults;
use error::OAuthError;
use grants::Grants;
use signing::SigningKeys;

const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);

pub struct IdentityOptions {
    /// Where to listen; port 0 takes a free one. Loopback only.
    pub listen: SocketAddr,
    pub people: Vec<Person>,
    pub code_lifetime: Duration,
    pub token_lifetime: Duration,
}

impl Default for IdentityOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            people: Person::ready(),
            code_lifetime: Duration::from_secs(60),
            token_lifetime: Duration::from_secs(3600),
        }
    }
}

pub struct IdentityProvider {
    provider: Arc<Provider>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl IdentityProvider {
    pub async fn start(
        options: IdentityOptions,
        data: &DataDirectory,
        faults: Faults,
    ) -> Result<Self> {
        if !options.listen.ip().is_loopback() {
            bail!(
                "the sandbox's identity provider lets anybody in and listens on loopback only, not on {}",
                options.listen
            );
        }
        let listener = TcpListener::bind(options.listen).await.with_context(|| {
            format!(
                "the sandbox's identity provider cannot listen on {}",
                options.listen
            )
        })?;
        let authority = listener.local_addr()?.to_string();
        let data = data.clone();
        // An RSA key takes a moment of computing.
        let keys =
            tokio::task::spawn_blocking(move || SigningKeys::load_or_create(&data)).await??;
        let provider = Arc::new(Provider {
            issuer: format!("http://{authority}"),
            authority,
            client: Client::portal(),
            people: options.people,
            code_lifetime: options.code_lifetime,
            token_lifetime: options.token_lifetime,
            keys_rotated: AtomicU64::new(faults.key_rotations()),
            keys: RwLock::new(keys),
            grants: Mutex::default(),
            faults,
        });
        let stop = CancellationToken::new();
        let server = axum::serve(listener, router(provider.clone()))
            .with_graceful_shutdown(stop.clone().cancelled_owned());
        let task = tokio::spawn(async move {
            if let Err(error) = server.await {
                tracing::warn!(%error, "the sandbox's identity provider ended");
            }
        });
        Ok(Self {
            provider,
            stop,
            task,
        })
    }

    pub fn issuer(&self) -> &str {
        &self.provider.issuer
    }

    pub fn client(&self) -> &Client {
        &self.provider.client
    }

    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(SHUTDOWN_TIMEOUT, &mut self.task)
            .await
            .is_err()
        {
            self.task.abort();
        }
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What the handlers share.
struct Provider {
    issuer: String,
    authority: String,
    client: Client,
    people: Vec<Person>,
    code_lifetime: Duration,
    token_lifetime: Duration,
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
        .route(
            "/authorize",
            get(authorize::ask).post(authorize::ask_by_post),
        )
        .route("/authorize/choice", post(authorize::choose))
        .route("/token", post(token::redeem))
        .route("/userinfo", get(userinfo::claims).post(userinfo::claims))
        .route(
            "/end-session",
            get(end_session::by_link).post(end_session::by_form),
        )
        .route_layer(middleware::from_fn_with_state(
            provider.clone(),
            misbehave_as_told,
        ));
    protocol
        .route("/style.css", get(chooser::stylesheet))
        .merge(fault_control::routes())
        .layer(middleware::from_fn_with_state(provider.clone(), guard))
        .with_state(provider)
}

async fn misbehave_as_told(
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

/// Answers only to its own name, so that a page elsewhere cannot reach it by pointing a name of its own to loopback; and
/// tells browsers to take everything as it is meant.
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
