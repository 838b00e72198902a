//! A server to test, on a socket and without.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use kube::Client;
use sandbox::kubernetes::server::Builder;
use sandbox::kubernetes::{ApiServer, Store, Tokens, User};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub struct Server {
    pub api: ApiServer,
    router: Router,
}

/// An answer: its status, its body and its first Warning header.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub warning: String,
}

impl Server {
    pub fn start() -> Self {
        Self::with(|builder| builder)
    }

    pub fn with(set_up: impl FnOnce(Builder) -> Builder) -> Self {
        let tokens = Tokens::default();
        tokens.insert("admin", User::known("admin", &["system:masters"]));
        tokens.insert("dev", User::known("dev", &["developers"]));
        let builder = ApiServer::builder(Store::default()).authenticator(tokens);
        let api = set_up(builder).build();
        let router = api.router();
        Self { api, router }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let warning = response
            .headers()
            .get("warning")
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into());
        Answer {
            status,
            body,
            warning,
        }
    }

    pub async fn call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        media: &str,
        body: Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("user-agent", "test/1");
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => {
                request = request.header("content-type", media);
                Body::from(body.to_string())
            }
        };
        self.send(request.body(body).unwrap()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("admin", "GET", path, "", Value::Null).await
    }

    pub async fn post(&self, path: &str, object: Value) -> Answer {
        self.call("admin", "POST", path, "application/json", object)
            .await
    }

    pub async fn put(&self, path: &str, object: Value) -> Answer {
        self.call("admin", "PUT", path, "application/json", object)
            .await
    }

    pub async fn merge(&self, path: &str, patch: Value) -> Answer {
        self.call(
            "admin",
            "PATCH",
            path,
            "application/merge-patch+json",
            patch,
        )
        .await
    }

    pub async fn apply(&self, path: &str, manager: &str, configuration: Value) -> Answer {
        let path = format!("{path}?fieldManager={manager}");
        self.call(
            "admin",
            "PATCH",
            &path,
            "application/apply-patch+yaml",
            configuration,
        )
        .await
    }

    pub async fn delete(&self, path: &str, options: Value) -> Answer {
        self.call("admin", "DELETE", path, "application/json", options)
            .await
    }

    /// Makes a namespace.
    pub async fn namespace(&self, name: &str) {
        let answer = self
            .post("/api/v1/namespaces", json!({"metadata": {"name": name}}))
            .await;
        assert_eq!(answer.status, 201, "{:?}", answer.body);
    }

    /// A client of the server, which listens from now on.
    pub async fn client(&self) -> Client {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let mut config = kube::Config::new(format!("http://{address}").parse().unwrap());
        config.auth_info.token = Some("admin".to_owned().into());
        Client::try_from(config).unwrap()
    }
}
