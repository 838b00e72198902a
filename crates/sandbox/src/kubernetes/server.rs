//! The API server: a store, and what is between the store and its clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, header};
use futures::future::BoxFuture;
use serde_json::Value;

use super::authentication::{ClientIdentity, User};
use super::authorization::rbac::Rbac;
use super::bootstrap;
use super::http;
use super::status::Refusal;
use super::store::Store;
use super::token_request::ServiceAccountTokens;

/// The target of a request to `/api/v1/namespaces/NAMESPACE/services/SCHEME:NAME:PORT/proxy/PATH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceTarget {
    pub namespace: String,
    pub service: String,
    /// Number or name; empty: any.
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

pub trait PodLogs: Send + Sync {
    /// The log of a container; an empty name is that of the pod's only one.
    fn read(&self, pod: &Value, container: &str) -> Result<String, Refusal>;
}

/// What a server gets in addition to its store.
#[derive(Default)]
pub struct ApiServerOptions {
    /// In PEM.
    pub root_certificate: String,
    /// Bearer tokens in addition to those of service accounts.
    pub tokens: HashMap<String, User>,
    pub service_proxy: Option<Arc<dyn ServiceProxy>>,
    pub pod_logs: Option<Arc<dyn PodLogs>>,
}

#[derive(Clone)]
pub struct ApiServer {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    authorizer: Rbac,
    service_account_tokens: ServiceAccountTokens,
    options: ApiServerOptions,
    /// Held while a new object is admitted and stored, so that two cannot use the same rest of a quota.
    admission: Mutex<()>,
}

impl ApiServer {
    /// Adds the namespaces, roles and services that every cluster has.
    pub fn new(store: Store, options: ApiServerOptions) -> Self {
        let server = Self {
            inner: Arc::new(Inner {
                authorizer: Rbac::new(store.clone()),
                service_account_tokens: ServiceAccountTokens::new(store.clone()),
                store,
                options,
                admission: Mutex::new(()),
            }),
        };
        bootstrap::fill(&server);
        server
    }

    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The HTTP service. A listener puts a [`ClientIdentity`] into the extensions of requests that came with a verified
    /// client certificate.
    pub fn router(&self) -> Router {
        Router::new().fallback(serve).with_state(self.clone())
    }

    pub fn authorizer(&self) -> &Rbac {
        &self.inner.authorizer
    }

    pub(super) fn service_account_tokens(&self) -> &ServiceAccountTokens {
        &self.inner.service_account_tokens
    }

    pub(super) fn options(&self) -> &ApiServerOptions {
        &self.inner.options
    }

    pub(super) fn admission(&self) -> MutexGuard<'_, ()> {
        self.inner
            .admission
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A request without credentials is anonymous; one with unknown credentials is refused.
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
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map_or("", |(_, token)| token.trim());
        let user = self.options().tokens.get(token).cloned();
        user.or_else(|| self.service_account_tokens().token_owner(token))
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
