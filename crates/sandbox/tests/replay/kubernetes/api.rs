//! The API under test, called without a socket in between.

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, Request};
use futures::StreamExt as _;
use sandbox::kubernetes::{ApiServer, ApiServerOptions, Store, User};
use serde_json::{Value, json};
use tower::ServiceExt as _;

pub fn recordings() -> &'static str {
    concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/recordings/kubernetes-1.36"
    )
}

/// One recorded call.
pub struct Recording {
    pub request: Value,
    pub response: Value,
}

impl Recording {
    pub fn read(name: &str) -> Self {
        let text = std::fs::read_to_string(format!("{}/{name}.json", recordings())).unwrap();
        let mut file: Value = serde_json::from_str(&text).unwrap();
        Self {
            request: file["request"].take(),
            response: file["response"].take(),
        }
    }
}

pub struct Api {
    server: ApiServer,
    router: Router,
}

impl Api {
    /// A server with the users of the recorded one.
    pub fn start() -> Self {
        let admin = User::known("admin", &["system:masters"]);
        let portal = User::known("portal", &[]);
        let tokens = [("<admintoken>", admin), ("<portaltoken>", portal)];
        let options = ApiServerOptions {
            tokens: tokens.map(|(token, user)| (token.to_owned(), user)).into(),
            ..ApiServerOptions::default()
        };
        let server = ApiServer::new(Store::default(), options);
        Self {
            router: server.router(),
            server,
        }
    }

    pub fn store(&self) -> &Store {
        self.server.store()
    }

    async fn call(&self, request: &Value) -> axum::http::Response<Body> {
        let mut built = Request::builder()
            .method(request["method"].as_str().unwrap())
            .uri(request["path"].as_str().unwrap());
        for (name, value) in request["headers"].as_object().into_iter().flatten() {
            built = built.header(name, value.as_str().unwrap());
        }
        if request.get("headers").is_none() {
            built = built.header("Authorization", "Bearer <admintoken>");
        }
        let body = match &request["body"] {
            Value::Null => Body::empty(),
            Value::String(text) => Body::from(text.clone()),
            other => Body::from(other.to_string()),
        };
        self.router
            .clone()
            .oneshot(built.body(body).unwrap())
            .await
            .unwrap()
    }

    /// Sends a recorded request and gives the answer in the form of a recording.
    pub async fn send(&self, request: &Value) -> Value {
        let response = self.call(request).await;
        let status = response.status().as_u16();
        let headers = shown(response.headers());
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX)
            .await
            .unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let mut answer = json!({"status": status, "headers": headers});
        let lines: Vec<Value> = text
            .lines()
            .filter_map(|l| serde_json::from_str(l).ok())
            .collect();
        let is_watch = request["path"]
            .as_str()
            .is_some_and(|p| p.contains("watch=true"));
        if is_watch && request.get("headers").is_none() {
            answer = json!({"status": status, "events": lines});
        } else if is_watch {
            answer["body"] = lines.into();
        } else {
            answer["body"] = serde_json::from_str(&text).unwrap_or(text.into());
        }
        answer
    }

    /// Writes as the controller manager of the recorded cluster did.
    pub async fn as_controller(
        &self,
        method: &str,
        path: &str,
        content_type: &str,
        body: Value,
    ) -> Value {
        let request = json!({
            "method": method,
            "path": path,
            "headers": {
                "Authorization": "Bearer <admintoken>",
                "User-Agent": "kcm/v1.36.0",
                "Content-Type": content_type,
            },
            "body": body,
        });
        let answer = self.send(&request).await;
        let status = answer["status"].as_u64().unwrap();
        assert!(status < 300, "{method} {path}: {answer}");
        answer["body"].clone()
    }

    pub async fn create(&self, path: &str, object: Value) -> Value {
        self.as_controller("POST", path, "application/json", object)
            .await
    }

    pub async fn merge(&self, path: &str, patch: Value) -> Value {
        self.as_controller("PATCH", path, "application/merge-patch+json", patch)
            .await
    }

    pub async fn delete(&self, path: &str) -> Value {
        self.as_controller("DELETE", path, "application/json", Value::Null)
            .await
    }

    pub async fn get(&self, path: &str) -> Value {
        let request = json!({"method": "GET", "path": path});
        self.send(&request).await["body"].clone()
    }

    pub async fn watch(&self, path: &str) -> Watch {
        let request = json!({"method": "GET", "path": path});
        let response = self.call(&request).await;
        assert_eq!(response.status(), 200);
        Watch {
            body: response.into_body().into_data_stream(),
            rest: String::new(),
        }
    }
}

fn shown(headers: &HeaderMap) -> Value {
    json!({
        "Content-Type": headers
            .get("content-type")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default(),
    })
}

/// The events of a watch, one by one.
pub struct Watch {
    body: BodyDataStream,
    rest: String,
}

impl Watch {
    pub async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((line, rest)) = self.rest.split_once('\n') {
                let event = serde_json::from_str(line).unwrap();
                self.rest = rest.to_owned();
                return Some(event);
            }
            let chunk = self.body.next().await?.unwrap();
            self.rest.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}
