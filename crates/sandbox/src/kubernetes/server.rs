//! The API server: a store with everything that stands between it and its clients.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, header};
use futures::future::BoxFuture;
use serde_json::Value;

use super::authentication::{Authenticator, ClientIdentity, Tokens, User};
use super::authorization::Authorizer;
use super::authorization::rbac::Rbac;
use super::bootstrap;
use super::http;
use super::status::Refusal;
use super::store::Store;
use super::token_request::ServiceAccountTokens;

/// Where a service proxy request goes: `/api/v1/namespaces/NAMESPACE/services/SCHEME:NAME:PORT/proxy/PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceTarget {
    /// `http` or `https`; empty when not said.
    pub scheme: String,
    pub namespace: String,
    pub service: String,
    /// Number or name of its port; empty when not said.
    pub port: String,
    pub path: String,
}

pub trait ServiceProxy: Send + Sync {
    fn forward(
        &self,
        target: ServiceTarget,
        request: Request,
    ) -> BoxFuture<'_, Result<Response<Body>, Refusal>>;
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// Container, empty when the pod has one only.
    pub container: String,
    pub follow: bool,
    /// Only so many last lines.
    pub tail_lines: Option<usize>,
    pub timestamps: bool,
    pub previous: bool,
}

pub trait PodLogs: Send + Sync {
    fn read(&self, pod: Arc<Value>, options: LogOptions) -> BoxFuture<'_, Result<Body, Refusal>>;
}

#[derive(Clone)]
pub struct ApiServer {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    authenticator: Box<dyn Authenticator>,
    authorizer: Box<dyn Authorizer>,
    service_account_tokens: ServiceAccountTokens,
    service_proxy: Option<Arc<dyn ServiceProxy>>,
    pod_logs: Option<Arc<dyn PodLogs>>,
    root_certificate: String,
    streams_lists: bool,
    /// Held while a new object is admitted and kept, so that two cannot take the same last place.
    admission: Mutex<()>,
}

impl fmt::Debug for ApiServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiServer")
            .field("store", &self.inner.store)
            .finish_non_exhaustive()
    }
}

pub struct Builder {
    store: Store,
    authenticator: Box<dyn Authenticator>,
    authorizer: Option<Box<dyn Authorizer>>,
    service_proxy: Option<Arc<dyn ServiceProxy>>,
    pod_logs: Option<Arc<dyn PodLogs>>,
    root_certificate: String,
    streams_lists: bool,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").finish_non_exhaustive()
    }
}

impl Builder {
    /// Who knows the bearer tokens; nobody by default.
    pub fn authenticator(mut self, authenticator: impl Authenticator + 'static) -> Self {
        self.authenticator = Box::new(authenticator);
        self
    }

    /// Who decides; roles and bindings by default.
    pub fn authorizer(mut self, authorizer: impl Authorizer + 'static) -> Self {
        self.authorizer = Some(Box::new(authorizer));
        self
    }

    pub fn service_proxy(mut self, proxy: Arc<dyn ServiceProxy>) -> Self {
        self.service_proxy = Some(proxy);
        self
    }

    pub fn pod_logs(mut self, logs: Arc<dyn PodLogs>) -> Self {
        self.pod_logs = Some(logs);
        self
    }

    pub fn root_certificate(mut self, pem: impl Into<String>) -> Self {
        self.root_certificate = pem.into();
        self
    }

    /// Refuse watches that ask for a list first (`sendInitialEvents`), as a server on an old store does.
    pub fn without_streaming_lists(mut self) -> Self {
        self.streams_lists = false;
        self
    }

    /// The server, with the namespaces, roles and services that every cluster starts with.
    pub fn build(self) -> ApiServer {
        let authorizer = self
            .authorizer
            .unwrap_or_else(|| Box::new(Rbac::new(self.store.clone())));
        let server = ApiServer {
            inner: Arc::new(Inner {
                service_account_tokens: ServiceAccountTokens::new(self.store.clone()),
                store: self.store,
                authenticator: self.authenticator,
                authorizer,
                service_proxy: self.service_proxy,
                pod_logs: self.pod_logs,
                root_certificate: self.root_certificate,
                streams_lists: self.streams_lists,
                admission: Mutex::new(()),
            }),
        };
        bootstrap::fill(&server);
        server
    }
}

impl ApiServer {
    pub fn builder(store: Store) -> Builder {
        Builder {
            store,
            authenticator: Box::new(Tokens::default()),
            authorizer: None,
            service_proxy: None,
            pod_logs: None,
            root_certificate: String::new(),
            streams_lists: true,
        }
    }

    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The service that answers HTTP requests. Whoever listens puts a [`ClientIdentity`] into the
    /// extensions of requests that came with a verified client certificate.
    pub fn router(&self) -> Router {
        Router::new().fallback(serve).with_state(self.clone())
    }

    pub fn authorizer(&self) -> &dyn Authorizer {
        &*self.inner.authorizer
    }

    pub fn service_account_tokens(&self) -> &ServiceAccountTokens {
        &self.inner.service_account_tokens
    }

    pub(super) fn service_proxy(&self) -> Option<&Arc<dyn ServiceProxy>> {
        self.inner.service_proxy.as_ref()
    }

    pub(super) fn pod_logs(&self) -> Option<&Arc<dyn PodLogs>> {
        self.inner.pod_logs.as_ref()
    }

    pub(super) fn root_certificate(&self) -> &str {
        &self.inner.root_certificate
    }

    pub(super) fn streams_lists(&self) -> bool {
        self.inner.streams_lists
    }

    pub(super) fn admission(&self) -> MutexGuard<'_, ()> {
        self.inner
            .admission
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Who sent a request. A credential that nobody knows is refused; none at all is anonymous.
    pub(super) fn authenticate(
        &self,
        headers: &HeaderMap,
        identity: Option<&ClientIdentity>,
    ) -> Result<User, Refusal> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Ok(identity.map_or_else(User::anonymous, User::from));
        };
        let token = value
            .to_str()
            .ok()
            .and_then(|v| {
                v.strip_prefix("Bearer ")
                    .or_else(|| v.strip_prefix("bearer "))
            })
            .map(str::trim)
            .ok_or_else(Refusal::unauthorized)?;
        self.inner
            .authenticator
            .token_owner(token)
            .or_else(|| self.inner.service_account_tokens.token_owner(token))
            .ok_or_else(Refusal::unauthorized)
    }
}

async fn serve(State(server): State<ApiServer>, request: Request) -> Response<Body> {
    let mut response = http::answer(&server, request)
        .await
        .unwrap_or_else(Refusal::into_response);
    response.headers_mut().insert(
        header::CACHE_CONTROL,
        header::HeaderValue::from_static("no-cache, private"),
    );
    response
}
