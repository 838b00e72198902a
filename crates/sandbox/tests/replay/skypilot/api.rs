//! A sandbox to which recorded requests are put.

use std::path::Path;
use std::time::Duration;

use sandbox::{Pace, Sandbox, SandboxOptions};
use serde_json::Value;

use super::compare::Comparison;
use crate::compare::differences;

/// A recorded request and its answer, as the files have it.
pub struct Recording(Value);

impl Recording {
    /// Loads one by the beginning of its name.
    pub fn load(number: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings/skypilot-0.14.1");
        let mut files = std::fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().path());
        let is_it = |path: &std::path::PathBuf| {
            let name = path.file_name().unwrap().to_str().unwrap();
            name.starts_with(number)
        };
        let path = files
            .find(is_it)
            .unwrap_or_else(|| panic!("no recording {number}"));
        Self(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    }

    /// What was answered.
    pub fn body(&self) -> &Value {
        &self.0["response"]["body"]
    }

    /// What the request resulted in.
    pub fn result(&self) -> Value {
        let text = self.body()["return_value"].as_str().unwrap();
        serde_json::from_str(text).unwrap()
    }

    /// Changes what is asked.
    pub fn asking(mut self, change: impl FnOnce(&mut Value)) -> Self {
        let part = if self.0["submit"].is_null() {
            "request"
        } else {
            "submit"
        };
        change(&mut self.0[part]["body"]);
        self
    }

    /// Changes what is expected.
    pub fn expecting(mut self, change: impl FnOnce(&mut Value)) -> Self {
        change(&mut self.0["response"]["body"]);
        self
    }
}

/// The server, and what corresponds to what in the recordings.
pub struct Api {
    pub sandbox: Sandbox,
    pub comparison: Comparison,
    http: reqwest::Client,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Api {
    pub async fn start() -> Self {
        let sandbox = Sandbox::start(SandboxOptions {
            pace: Pace::of_unit(Duration::from_millis(2)),
            ..SandboxOptions::default()
        })
        .await
        .unwrap();
        Self {
            sandbox,
            comparison: Comparison::default(),
            http: reqwest::Client::new(),
        }
    }

    pub fn admin(&self) -> String {
        self.sandbox.skypilot_admin_token().to_owned()
    }

    /// Asks something.
    pub async fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> Answer {
        let url = format!("{}{path}", self.sandbox.skypilot_url());
        let mut request = self
            .http
            .request(method.parse().unwrap(), url)
            .header("X-SkyPilot-API-Version", "62")
            .header("X-SkyPilot-Version", "0.14.1");
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Answer {
            status,
            headers,
            body,
        }
    }

    /// Makes a call that becomes a request; its id.
    pub async fn submit(&self, token: &str, method: &str, path: &str, body: &Value) -> String {
        let answer = self.ask(token, method, path, body).await;
        assert_eq!((answer.status, &answer.body), (200, &Value::Null), "{path}");
        let id = answer.headers["x-skypilot-request-id"].to_str().unwrap();
        id.to_owned()
    }

    /// Fails where a value differs from a recorded one.
    pub fn compare(&mut self, number: &str, recorded: &Value, ours: &Value) {
        let differences = differences(&mut self.comparison, recorded, ours);
        assert!(
            differences.is_empty(),
            "{number}:\n{}",
            differences.join("\n")
        );
    }

    /// Puts a recorded request and compares the answer with the recorded one. The answer's body.
    pub async fn replay(&mut self, token: &str, number: &str) -> Value {
        self.replayed(token, number, Recording::load(number)).await
    }

    /// Like [`Self::replay`], with a recording that was changed.
    pub async fn replayed(&mut self, token: &str, number: &str, recording: Recording) -> Value {
        let Recording(recording) = recording;
        let known = |comparison: &Comparison, body: &Value| -> Value {
            serde_json::from_str(&comparison.known(&body.to_string())).unwrap()
        };
        let submit = &recording["submit"];
        if !submit.is_null() {
            let body = known(&self.comparison, &submit["body"]);
            let text = |field: &str| submit[field].as_str().unwrap();
            let ours = self
                .submit(token, text("method"), text("path"), &body)
                .await;
            let path = recording["request"]["path"].as_str().unwrap();
            let (_, recorded) = path.split_once("request_id=").unwrap();
            self.comparison.corresponds(recorded, &ours);
        }
        let request = &recording["request"];
        let path = self.comparison.known(request["path"].as_str().unwrap());
        let body = known(&self.comparison, &request["body"]);
        let answer = self
            .ask(token, request["method"].as_str().unwrap(), &path, &body)
            .await;

        let response = &recording["response"];
        assert_eq!(
            response["status"], answer.status,
            "{number}: {}",
            answer.body
        );
        for (name, value) in response["headers"].as_object().unwrap() {
            let ours = answer.headers.get(name).map(|ours| ours.to_str().unwrap());
            let value = self.comparison.known(value.as_str().unwrap());
            assert_eq!(ours, Some(value.as_str()), "{number}: {name}");
        }
        self.compare(number, &response["body"], &answer.body);
        answer.body
    }
}
