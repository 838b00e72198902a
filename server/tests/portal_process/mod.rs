//! The portal as a process of its own, with a configuration as a platform team writes it, and a sandbox that outlives
//! it in the place of the real provider, host cluster and SkyPilot API server. It can be killed and started again.
#![allow(dead_code, reason = "each test and benchmark uses a part of it")]

use domain::{
    access::{TenantRole, TokenScope},
    audit::AuditAction,
    caller::{Caller, Channel},
};
use jiff::{SignedDuration, Timestamp};
use persistence::{
    Database,
    audit_records::AuditEntry,
    new_id,
    records::{ClaimedRoles, SignedIn, TenantSeed, TokenRecord},
};
use provisioning::account::token_digest;
use sandbox::{Pace, Sandbox, SandboxOptions};
use secrets::KeyDirectory;
use std::{
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::Duration,
};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// How long the portal may take to say that it is ready.
const START_LIMIT: Duration = Duration::from_secs(30);
/// A token for tests: what it opens exists only in their databases.
const TOKEN: &str = "hgr_for-tests-only";

/// What is outside the portal and stays when it ends: provider, host cluster, database, configuration.
pub struct Outside {
    pub sandbox: Sandbox,
    pub address: SocketAddr,
    pub database: String,
    binary: PathBuf,
    site: PathBuf,
    folder: TempDir,
}

impl Outside {
    /// With the database at `database` (without one, SQLite in a folder of its own), a host cluster of this `pace`,
    /// and a developer of the tenant `vision` who has a token.
    pub async fn start(binary: &Path, site: &Path, database: Option<String>, pace: Pace) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let sandbox = Sandbox::start(SandboxOptions {
            pace,
            ..SandboxOptions::default()
        })
        .await
        .expect("the sandbox starts");
        let database = database
            .unwrap_or_else(|| format!("sqlite:{}", folder.path().join("hangar.db").display()));
        let outside = Self {
            address: free_address(),
            sandbox,
            database,
            binary: binary.to_owned(),
            site: site.to_owned(),
            folder,
        };
        outside.write_configuration();
        outside.admit_developer().await;
        outside
    }

    fn write_configuration(&self) {
        let host = self.folder.path().join("host-kubeconfig.yaml");
        std::fs::write(&host, self.sandbox.host_kubeconfig()).expect("the kubeconfig is written");
        let client = self.sandbox.client();
        let configuration = format!(
            r#"
listen = "{address}"
public_url = "http://{address}"
data_dir = "."

[database]
url = "{database}"

[sign_in.providers.example]
issuer = "{issuer}"
client_id = "{id}"
client_secret = "{secret}"

[hosts.eu-1]
kubeconfig = "host-kubeconfig.yaml"
exposures = ["load_balancer", "node_port", "port_forward"]
api_port = 6443

[skypilot]
url = "{skypilot}"
admin_token = "{skypilot_token}"
credentials = "none"

[tenants.vision]
environments = ["dev"]

# A thousand users, all from this machine.
[limits]
connections_per_address = 10000

[log]
filter = "warn"
"#,
            address = self.address,
            database = self.database,
            issuer = self.sandbox.issuer(),
            id = client.id,
            secret = client.secret,
            skypilot = self.sandbox.skypilot_url(),
            skypilot_token = self.sandbox.skypilot_admin_token(),
        );
        std::fs::write(self.configuration(), configuration).expect("the configuration is written");
    }

    /// Where its configuration is.
    pub fn configuration(&self) -> PathBuf {
        self.folder.path().join("hangar.toml")
    }

    /// Runs a command of the portal's binary on this configuration, to its end.
    pub fn run(&self, arguments: &[&str]) {
        let output = Command::new(&self.binary)
            .args(arguments)
            .arg("--config")
            .arg(self.configuration())
            .output()
            .expect("the command starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }

    /// A developer who signed in some time ago and made a token.
    async fn admit_developer(&self) {
        let database = self.open_database().await;
        let tenant = TenantSeed {
            slug: "vision".into(),
            name: "Vision".into(),
            environments: vec![("dev".into(), "Dev".into())],
        };
        database.tenants().seed(&[tenant]).await.expect("a tenant");
        let tenant_id = database.tenants().active().await.expect("tenants")[0]
            .tenant
            .id;
        let now = Timestamp::now();
        let grace = SignedIn {
            issuer: self.sandbox.issuer().to_owned(),
            subject: "for-tests".into(),
            email: "grace@example.com".into(),
            email_verified: true,
            name: "Grace Okafor".into(),
            claimed: ClaimedRoles {
                tenants: vec![(tenant_id, TenantRole::Developer).into()],
                ..ClaimedRoles::default()
            },
            source: None,
        };
        let grace = database
            .users()
            .sign_in(grace, now)
            .await
            .expect("a person");
        let token = TokenRecord {
            id: new_id(),
            user_id: grace.id,
            name: "tests".into(),
            prefix: "hgr_for-".into(),
            digest: token_digest(TOKEN),
            scopes: TokenScope::ALL.to_vec(),
            tenant: None,
            created_at: now,
            expires_at: now + SignedDuration::from_hours(24),
            last_used_at: None,
        };
        let caller = Caller {
            user_id: Some(grace.id),
            channel: Channel::Session,
            token_reach: None,
            ..Caller::portal()
        };
        let audit = AuditEntry::by(&caller, AuditAction::CreateToken, now, "token", "tests");
        database
            .tokens()
            .create(token, 1, audit)
            .await
            .expect("a token");
        database.close().await;
    }

    /// The portal's database, beside the portal.
    pub async fn open_database(&self) -> Database {
        let directory = KeyDirectory::new(self.folder.path().join("keys"));
        let keyring = directory.open(None, Vec::new()).expect("the keys");
        let head_keys = server::keys::head_keys(directory, &Arc::new(keyring));
        Database::open(&self.database, Some(head_keys))
            .await
            .expect("the database opens")
    }

    /// Starts the portal and waits until it says that it is ready.
    pub async fn start_portal(&self) -> PortalProcess {
        let mut child = Command::new(&self.binary)
            .arg("serve")
            .arg("--config")
            .arg(self.configuration())
            .arg("--site-dir")
            .arg(&self.site)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the portal starts");
        let output = child.stdout.take().expect("its output");
        let portal = PortalProcess { child };
        let (told, ready) = oneshot::channel();
        // Reads to the end: what it says later must not fill the pipe.
        thread::spawn(move || {
            let mut told = Some(told);
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if line.starts_with("Hangar is ready at ")
                    && let Some(told) = told.take()
                {
                    let _ = told.send(());
                }
            }
        });
        let ready = tokio::time::timeout(START_LIMIT, ready).await;
        assert!(matches!(ready, Ok(Ok(()))), "the portal did not get ready");
        portal
    }

    /// A client that is signed in with the developer's token and knows the way.
    pub fn client(&self) -> ApiClient {
        let mut headers = reqwest::header::HeaderMap::new();
        let value = format!("Bearer {TOKEN}").parse().expect("a header");
        headers.insert(reqwest::header::AUTHORIZATION, value);
        ApiClient {
            http: reqwest::Client::builder()
                .default_headers(headers)
                .timeout(Duration::from_secs(10))
                .build()
                .expect("a client"),
            base: format!("http://{}", self.address),
        }
    }
}

/// A running portal.
pub struct PortalProcess {
    child: Child,
}

impl PortalProcess {
    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, wherever it is (SIGKILL).
    pub fn kill(self) {}
}

impl Drop for PortalProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The REST API as a script uses it.
#[derive(Clone)]
pub struct ApiClient {
    pub http: reqwest::Client,
    pub base: String,
}

impl ApiClient {
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// An order for a small cluster; its name is its Idempotency-Key.
    pub fn order(&self, name: &str) -> reqwest::RequestBuilder {
        self.http
            .post(self.url("/api/v1/clusters"))
            .header("Idempotency-Key", name)
            .json(&serde_json::json!({
                "name": name,
                "tenant": "vision",
                "environment": "dev",
                "plan": "small",
                "kubernetes_version": "v1.36.0",
                "exposure": "node_port",
                "time_to_live_hours": 24,
            }))
    }

    /// An order for a node with one small accelerator; its name is its Idempotency-Key.
    pub fn order_node(&self, name: &str) -> reqwest::RequestBuilder {
        self.http
            .post(self.url("/api/v1/nodes"))
            .header("Idempotency-Key", name)
            .json(&serde_json::json!({
                "name": name,
                "tenant": "vision",
                "environment": "dev",
                "accelerator": "L4",
                "cloud": "aws",
                "region": "us-east-1",
                "idle_minutes": 600,
                "idle_action": "stop",
            }))
    }
}

fn free_address() -> SocketAddr {
    // Below the ports that the system gives to connections, which any other process may hold a moment later.
    loop {
        let port = rand::random_range(16_000..32_000);
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener.local_addr().expect("its address");
        }
    }
}
