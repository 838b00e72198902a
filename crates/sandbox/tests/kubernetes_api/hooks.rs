//! What others answer: logs of pods, and what runs behind services.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use sandbox::kubernetes::{LogOptions, PodLogs, Refusal, ServiceProxy, ServiceTarget, object};
use serde_json::{Value, json};

use crate::server::Server;

struct Behind;

impl ServiceProxy for Behind {
    fn forward(
        &self,
        target: ServiceTarget,
        request: Request,
    ) -> BoxFuture<'_, Result<Response<Body>, Refusal>> {
        async move {
            let shown = json!({
                "method": request.method().as_str(), "scheme": target.scheme, "namespace": target.namespace,
                "service": target.service, "port": target.port, "path": target.path,
            });
            Ok(Response::new(Body::from(shown.to_string())))
        }
        .boxed()
    }
}

struct Kubelet;

impl PodLogs for Kubelet {
    fn read(&self, pod: Arc<Value>, options: LogOptions) -> BoxFuture<'_, Result<Body, Refusal>> {
        let line = format!(
            "{} {} {:?}",
            object::name(&pod),
            options.container,
            options.tail_lines
        );
        async move { Ok(Body::from(line)) }.boxed()
    }
}

#[tokio::test]
async fn requests_to_a_service_are_forwarded_when_allowed() {
    let server = Server::with(|b| b.service_proxy(Arc::new(Behind)));
    let path = "/api/v1/namespaces/default/services/https:demo:443/proxy/api/v1/nodes?limit=5";
    let answer = server.get(path).await;
    assert_eq!(
        answer.body,
        json!({
            "method": "GET", "scheme": "https", "namespace": "default", "service": "demo",
            "port": "443", "path": "/api/v1/nodes?limit=5",
        })
    );
    assert_eq!(
        server
            .call("dev", "GET", path, "", Value::Null)
            .await
            .status,
        403
    );
    assert_eq!(Server::start().get(path).await.status, 503);
}

#[tokio::test]
async fn logs_are_read_from_the_kubelet_of_a_pod_that_is_there() {
    let server = Server::with(|b| b.pod_logs(Arc::new(Kubelet)));
    let pod =
        json!({"metadata": {"name": "p"}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    server.post("/api/v1/namespaces/default/pods", pod).await;
    let log = server
        .get("/api/v1/namespaces/default/pods/p/log?container=c&tailLines=3")
        .await;
    assert_eq!(log.body, json!("p c Some(3)"));
    assert_eq!(
        server
            .get("/api/v1/namespaces/default/pods/q/log")
            .await
            .status,
        404
    );
}
