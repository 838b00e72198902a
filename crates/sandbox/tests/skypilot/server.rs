//! A sandbox and a client that speaks SkyPilot's protocol by hand.

use sandbox::{Pace, Sandbox, SandboxOptions};
use serde_json::{Value, json};
use std::{path::Path, time::Duration};

pub struct Api {
    pub sandbox: Sandbox,
    http: reqwest::Client,
}

impl Api {
    pub async fn start() -> Self {
        Self::start_in(None).await
    }

    /// With what survives a restart in `data_dir`.
    pub async fn start_in(data_dir: Option<&Path>) -> Self {
        let sandbox = Sandbox::start(SandboxOptions {
            data_dir: data_dir.map(Path::to_owned),
            pace: Pace::of_unit(Duration::from_millis(2)),
            ..SandboxOptions::default()
        })
        .await
        .unwrap();
        Self {
            sandbox,
            http: reqwest::Client::new(),
        }
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> reqwest::Response {
        self.try_post(token, path, body).await.unwrap()
    }

    pub async fn try_post(
        &self,
        token: &str,
        path: &str,
        body: Value,
    ) -> reqwest::Result<reqwest::Response> {
        let url = format!("{}{path}", self.sandbox.skypilot_url());
        let request = self.http.post(url).bearer_auth(token).json(&body);
        request.send().await
    }

    pub async fn get(&self, token: &str, path: &str) -> reqwest::Response {
        let url = format!("{}{path}", self.sandbox.skypilot_url());
        self.http.get(url).bearer_auth(token).send().await.unwrap()
    }

    /// Asks for something that becomes a request; its id.
    pub async fn submit(&self, token: &str, path: &str, body: Value) -> String {
        let answer = self.post(token, path, body).await;
        assert_eq!(answer.status(), 200, "{path}");
        let id = answer.headers()["x-skypilot-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        assert_eq!(answer.json::<Value>().await.unwrap(), Value::Null);
        id
    }

    /// The end of a request: its value, or the type and message of its error.
    pub async fn result(&self, token: &str, id: &str) -> Result<Value, (String, String)> {
        let answer = self.get(token, &format!("/api/get?request_id={id}")).await;
        let status = answer.status();
        let payload: Value = answer.json().await.unwrap();
        if status == 500 {
            let error: Value =
                serde_json::from_str(payload["detail"]["error"].as_str().unwrap()).unwrap();
            let text = |field: &str| error[field].as_str().unwrap().to_owned();
            return Err((text("type"), text("message")));
        }
        assert_eq!(status, 200);
        Ok(serde_json::from_str(payload["return_value"].as_str().unwrap()).unwrap())
    }

    pub async fn ask(&self, path: &str, body: Value) -> Result<Value, (String, String)> {
        let token = self.sandbox.skypilot_admin_token();
        let id = self.submit(token, path, body).await;
        self.result(token, &id).await
    }

    pub async fn launch(&self, name: &str, task: &str) -> Result<Value, (String, String)> {
        self.ask("/launch", json!({"cluster_name": name, "task": task}))
            .await
    }

    pub async fn cluster(&self, name: &str) -> Option<Value> {
        let body = json!({"cluster_names": [name], "include_credentials": true});
        let clusters = self.ask("/status", body).await.unwrap();
        clusters.as_array().unwrap().first().cloned()
    }
}
