//! The host API's way to what runs behind a Service: only syncers answer there.

use std::sync::{Arc, OnceLock, Weak};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Response, Uri, header};
use futures::FutureExt;
use futures::future::BoxFuture;
use tower::ServiceExt;

use super::Exposure;
use crate::kubernetes::ClientIdentity;
use crate::kubernetes::Refusal;
use crate::kubernetes::{ServiceProxy, ServiceTarget};

/// Leads to the syncers once they are known. The API is there before them, and must not keep them alive.
#[derive(Default)]
pub struct ToSyncers {
    exposure: OnceLock<Weak<Exposure>>,
}

impl ToSyncers {
    pub fn lead_to(&self, exposure: &Arc<Exposure>) {
        // Only the first call counts; there is only one.
        let _ = self.exposure.set(Arc::downgrade(exposure));
    }

    fn router(&self, target: &ServiceTarget) -> Option<Router> {
        self.exposure.get()?.upgrade()?.service_router(
            &target.namespace,
            &target.service,
            &target.port,
        )
    }
}

impl ServiceProxy for ToSyncers {
    fn forward(
        &self,
        target: ServiceTarget,
        mut request: Request,
    ) -> BoxFuture<'_, Result<Response<Body>, Refusal>> {
        async move {
            let router = self.router(&target).ok_or_else(|| {
                Refusal::new(
                    503,
                    Some("ServiceUnavailable"),
                    format!("no endpoints available for service \"{}\"", target.service),
                )
            })?;
            *request.uri_mut() = target
                .path
                .parse::<Uri>()
                .map_err(|_| Refusal::bad_request("the path behind the service is no path"))?;
            // Who one is on the host means nothing behind the proxy.
            request.headers_mut().remove(header::AUTHORIZATION);
            request.extensions_mut().remove::<ClientIdentity>();
            match router.oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            }
        }
        .boxed()
    }
}
