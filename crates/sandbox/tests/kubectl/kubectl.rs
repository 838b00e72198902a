//! Runs the real `kubectl` with its own kubeconfig and home directory. Arguments are separated by spaces.

use std::fs;
use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);
const MISSING: &str = "these tests need kubectl in PATH; install it first";

pub struct Kubectl {
    home: TempDir,
}

#[derive(Debug)]
pub struct Answer {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

impl Kubectl {
    pub fn new(kubeconfig: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("kubeconfig"), kubeconfig).unwrap();
        Self { home }
    }

    fn spawn(&self, arguments: &str) -> Child {
        Command::new("kubectl")
            .args(arguments.split_whitespace())
            .env("KUBECONFIG", self.home.path().join("kubeconfig"))
            .env("HOME", self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect(MISSING)
    }

    pub async fn run_with_input(&self, arguments: &str, input: &str) -> Answer {
        let mut child = self.spawn(arguments);
        let input = input.to_owned();
        let ended = tokio::task::spawn_blocking(move || {
            let mut stdin = child.stdin.take().unwrap();
            stdin.write_all(input.as_bytes()).unwrap();
            drop(stdin);
            child.wait_with_output().unwrap()
        });
        let output = tokio::time::timeout(PATIENCE, ended)
            .await
            .unwrap_or_else(|_| panic!("kubectl {arguments} does not end"))
            .unwrap();
        Answer {
            success: output.status.success(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub async fn run(&self, arguments: &str) -> Answer {
        self.run_with_input(arguments, "").await
    }

    /// What it prints; it must succeed.
    pub async fn ok(&self, arguments: &str) -> String {
        self.ok_with_input(arguments, "").await
    }

    /// Creates what `kubectl create` describes. By itself it would send protobuf, which the sandbox does not read.
    pub async fn create(&self, arguments: &str) {
        let describe = format!("create {arguments} --dry-run=client -o json");
        let object = self.ok(&describe).await;
        self.ok_with_input("apply -f -", &object).await;
    }

    /// Asks the API as is, with a body.
    pub async fn post(&self, path: &str, body: &serde_json::Value) -> serde_json::Value {
        let arguments = format!("create --raw {path} -f -");
        let answer = self.ok_with_input(&arguments, &body.to_string()).await;
        serde_json::from_str(&answer).unwrap()
    }

    /// A token of a service account in `default`.
    pub async fn token(&self, account: &str) -> String {
        let path = format!("/api/v1/namespaces/default/serviceaccounts/{account}/token");
        let request = serde_json::json!({"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": {}});
        let answer = self.post(&path, &request).await;
        answer["status"]["token"].as_str().unwrap().to_owned()
    }

    pub async fn ok_with_input(&self, arguments: &str, input: &str) -> String {
        let answer = self.run_with_input(arguments, input).await;
        assert!(answer.success, "kubectl {arguments}: {answer:#?}");
        answer.stdout
    }

    /// What it complains about; it must fail.
    pub async fn fails(&self, arguments: &str) -> String {
        let answer = self.run(arguments).await;
        assert!(!answer.success, "kubectl {arguments}: {answer:#?}");
        answer.stderr
    }

    /// Runs it again until its output is as wanted.
    pub async fn until(&self, arguments: &str, wanted: impl Fn(&Answer) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let answer = self.run(arguments).await;
            if wanted(&answer) {
                return answer.stdout;
            }
            assert!(
                Instant::now() < end,
                "kubectl {arguments} stays {answer:#?}"
            );
        }
    }
}
