//! A real moto server, and what tests set up in it.

use domain::aws::Region;
use provisioning::ports::cloud_credentials::AwsKeys;
use std::{
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Child, Command, Stdio},
};
use url::Url;

/// Ends the server when the test is over, also one that was killed.
const SUPERVISOR: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../skypilot/tests/api_server/supervise.py"
);

/// Moto's default account.
pub const ACCOUNT: &str = "123456789012";

pub struct Moto {
    supervisor: Child,
    pub url: Url,
    http: reqwest::Client,
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.supervisor.stdin.take());
        let _ = self.supervisor.wait();
    }
}

impl Moto {
    pub fn start() -> Self {
        let python = std::env::var("HANGAR_TEST_PYTHON").expect(
            "HANGAR_TEST_PYTHON is not set, and this test needs moto: run `./dev test`, which fetches it from PyPI, or \
             set it to the bin/python of a virtual environment with crates/skypilot/tests/requirements.txt",
        );
        let mut supervisor = Command::new(&python)
            .arg(SUPERVISOR)
            .arg(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            // It must outlive the test to end the server.
            .process_group(0)
            .spawn()
            .expect("the python of HANGAR_TEST_PYTHON starts");
        let mut lines = BufReader::new(supervisor.stderr.take().unwrap()).lines();
        let url = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| {
                line.split_once("Running on ")
                    .map(|(_, url)| url.to_owned())
            })
            .expect("moto says where it runs");
        // It keeps logging; a full pipe would block it.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            supervisor,
            url: url.trim().parse().unwrap(),
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    /// New keys of a user with this policy.
    pub async fn keys_of(&self, user: &str, policy: &str) -> AwsKeys {
        self.iam(&[("Action", "CreateUser"), ("UserName", user)])
            .await;
        self.iam(&[
            ("Action", "PutUserPolicy"),
            ("UserName", user),
            ("PolicyName", "test"),
            ("PolicyDocument", policy),
        ])
        .await;
        let made = self
            .iam(&[("Action", "CreateAccessKey"), ("UserName", user)])
            .await;
        AwsKeys {
            access_key_id: element(&made, "AccessKeyId"),
            secret_access_key: element(&made, "SecretAccessKey").into(),
            region: Region::default(),
            role: None,
        }
    }

    /// A role, by its ARN.
    pub async fn role(&self, name: &str) -> String {
        let trust = r#"{"Version":"2012-10-17","Statement":[]}"#;
        let made = self
            .iam(&[
                ("Action", "CreateRole"),
                ("RoleName", name),
                ("AssumeRolePolicyDocument", trust),
            ])
            .await;
        element(&made, "Arn")
    }

    /// Makes moto check signatures and policies, as AWS does.
    pub async fn authorise(&self) {
        let answer = self
            .http
            .post(self.url.join("moto-api/reset-auth").unwrap())
            .body("0")
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
    }

    async fn iam(&self, parameters: &[(&str, &str)]) -> String {
        let signature = "AWS4-HMAC-SHA256 Credential=test/20261121/us-east-1/iam/aws4_request, \
                         SignedHeaders=host, Signature=0";
        let answer = self
            .http
            .post(self.url.clone())
            .header("authorization", signature)
            .form(parameters)
            .send()
            .await
            .unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{parameters:?}: {text}");
        text
    }
}

/// The text of the first element of this name.
pub fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}
