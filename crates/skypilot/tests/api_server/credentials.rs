//! A server that issues AWS credentials to anyone with the handle, as the portal's credential broker does.

use jiff::{SignedDuration, Timestamp};
use provisioning::ports::cloud_credentials::{CredentialHandle, CredentialHandles};
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{header, path},
};

const TOKEN: &str = "the-handle";

pub struct Broker {
    handles: Arc<Handles>,
    _server: MockServer,
}

struct Handles {
    address: String,
    withheld: AtomicBool,
}

impl Broker {
    pub async fn start() -> Self {
        let server = MockServer::start().await;
        let keys = json!({
            "AccessKeyId": "testing",
            "SecretAccessKey": "testing",
            "Token": "testing",
            "Expiration": (Timestamp::now() + SignedDuration::from_hours(1)).to_string(),
        });
        Mock::given(path("/hgr-acme-dev-12345678"))
            .and(header("Authorization", TOKEN))
            .respond_with(ResponseTemplate::new(200).set_body_json(keys))
            .mount(&server)
            .await;
        Self {
            handles: Arc::new(Handles {
                address: server.uri(),
                withheld: AtomicBool::new(false),
            }),
            _server: server,
        }
    }

    pub fn handles(&self) -> Arc<dyn CredentialHandles> {
        self.handles.clone()
    }

    pub fn withhold(&self, withheld: bool) {
        self.handles.withheld.store(withheld, Ordering::Relaxed);
    }
}

impl CredentialHandles for Handles {
    fn handle(&self, workspace: &str) -> Option<CredentialHandle> {
        let handle = CredentialHandle {
            uri: format!("{}/{workspace}", self.address),
            token: TOKEN.into(),
            expires_at: Timestamp::now() + SignedDuration::from_hours(1),
        };
        (!self.withheld.load(Ordering::Relaxed)).then_some(handle)
    }
}
