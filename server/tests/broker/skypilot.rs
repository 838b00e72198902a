//! A tenant's keys never reach a SkyPilot API server. Shown with a real server that launches machines in moto's AWS for
//! one tenant by a profile and for another by a handle, and then with a search through everything it keeps.

use crate::fixture::{Portal, Python, Secrets, aws_tool, beside, free_port, output_of};
use ::skypilot::{AwsAccess, SkyPilotConfig, SkyPilotMachines};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use provisioning::ports::{
    cloud_credentials::CredentialHandles,
    machines::{Machines, RequestState, Workspace},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use std::{
    fs,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use url::Url;

const TOO_LONG: Duration = Duration::from_secs(150);

/// A SkyPilot API server without credentials of its own.
struct ApiServer {
    url: Url,
    process: Python,
    // Last, so that it is removed when the server has ended.
    home: TempDir,
}

impl ApiServer {
    fn prepare() -> TempDir {
        let home = TempDir::with_prefix("skypilot-").unwrap();
        price_lists(&home.path().join(".sky/catalogs/v8"));
        // The machines of moto have addresses of the real world. Nobody is to knock there.
        let settings = "aws:\n  ssh_proxy_command: /bin/false\n";
        fs::write(home.path().join(".sky/config.yaml"), settings).unwrap();
        home
    }

    async fn start(home: TempDir, aws: &Url) -> Self {
        let port = free_port().to_string();
        let arguments = [
            "-m",
            "sky.server.server",
            "--host",
            "127.0.0.1",
            "--port",
            &port,
        ];
        let variables = [
            ("IS_SKYPILOT_SERVER", "true"),
            ("SKYPILOT_DISABLE_USAGE_COLLECTION", "1"),
            ("ENABLE_SERVICE_ACCOUNTS", "true"),
            ("AWS_ENDPOINT_URL", aws.as_str()),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
        ];
        let mut process = Python::start(home.path(), &arguments, &variables);
        let url: Url = format!("http://127.0.0.1:{port}").parse().unwrap();
        let health = url.join("api/health").unwrap();
        let end = Instant::now() + TOO_LONG;
        while !reqwest::get(health.clone())
            .await
            .is_ok_and(|answer| answer.status().is_success())
        {
            process.assert_runs();
            assert!(
                Instant::now() < end,
                "it does not come up:\n{}",
                process.last_words()
            );
            sleep(Duration::from_millis(200)).await;
        }
        Self { url, process, home }
    }

    /// The token of an administrator. The first one is made by somebody whom the default server believes to be one
    /// because a header says so.
    async fn admin_token(&self) -> SecretString {
        let made: Value = reqwest::Client::new()
            .post(self.url.join("users/service-account-tokens").unwrap())
            .header("X-Auth-Request-Email", "admin@example.com")
            .json(&json!({"token_name": "hangar", "role": "admin", "expires_in_days": 0}))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        made["token"].as_str().unwrap().into()
    }

    fn machines(&self, admin_token: &SecretString, aws: AwsAccess) -> SkyPilotMachines {
        SkyPilotMachines::new(SkyPilotConfig {
            aws,
            ..SkyPilotConfig::new(self.url.clone(), Some(admin_token.clone()))
        })
        .unwrap()
    }
}

/// Keeps every handle that it hands on.
struct Noted {
    handles: Arc<dyn CredentialHandles>,
    tokens: Mutex<Vec<String>>,
}

impl CredentialHandles for Noted {
    fn handle(
        &self,
        workspace: &str,
    ) -> Option<provisioning::ports::cloud_credentials::CredentialHandle> {
        let handle = self.handles.handle(workspace)?;
        self.tokens
            .lock()
            .unwrap()
            .push(handle.token.expose_secret().to_owned());
        Some(handle)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_keys_never_reach_the_skypilot_server() {
    let portal = Portal::start().await;
    let account = aws_tool(
        portal.folder(),
        &[
            beside("aws_account.py").to_str().unwrap(),
            portal.moto.url.as_str(),
        ],
        &[],
    );
    assert!(account.status.success(), "{}", output_of(&account));
    let mut planted = Vec::new();
    for tenant in ["vision", "payments"] {
        let secrets = portal.moto.secrets(tenant).await;
        portal.store(tenant, &secrets);
        planted.push(secrets);
    }
    let home = ApiServer::prepare();
    configure(&portal, home.path());
    let mut server = ApiServer::start(home, &portal.moto.url).await;
    let admin_token = server.admin_token().await;

    let by_profile = server.machines(&admin_token, AwsAccess::Profiles);
    launch(&portal, &mut server, &by_profile, "vision", 1).await;
    let noted = Arc::new(Noted {
        handles: portal.server.credential_handles.clone().unwrap(),
        tokens: Mutex::default(),
    });
    let by_handle = server.machines(&admin_token, AwsAccess::Handles(noted.clone()));
    launch(&portal, &mut server, &by_handle, "payments", 2).await;

    let ApiServer { process, home, .. } = server;
    drop(process);
    // What it was given it keeps, in clear or in its pickles: the search finds what is there.
    let token = noted.tokens.lock().unwrap().last().unwrap().clone();
    assert_ne!(holders(home.path(), &token), "");
    for secrets in &planted {
        for canary in canaries(secrets) {
            assert_eq!(holders(home.path(), canary), "");
        }
    }
}

/// Writes the profiles into the server's home, as its operator would.
fn configure(portal: &Portal, home: &Path) {
    let identity = portal.let_in("gpu-1", &["vision"]);
    portal.hangar().run(&[
        "broker",
        "configure",
        "--portal",
        &portal.broker(),
        "--identity",
        identity.to_str().unwrap(),
        "--config",
        home.join(".aws/config").to_str().unwrap(),
    ]);
}

/// Launches a machine for a tenant, until it is in moto's AWS and SkyPilot has said so.
async fn launch(
    portal: &Portal,
    server: &mut ApiServer,
    machines: &SkyPilotMachines,
    tenant: &str,
    count: usize,
) {
    let name = portal.workspace(tenant).await;
    let record = portal
        .server
        .database
        .workspaces()
        .by_name(&name)
        .await
        .unwrap()
        .unwrap();
    let mut workspace = Workspace {
        id: record.id,
        name,
        account: None,
    };
    workspace.account = machines.ensure_workspace(&workspace).await.unwrap();
    let clouds = machines.enabled_clouds(&workspace).await.unwrap();
    assert_eq!(clouds, ["aws"], "{}", server.process.last_words());

    let machine = format!("hgr-456789ab-{tenant}");
    let task = "name: trainer\nresources:\n  infra: aws/us-east-1\n  instance_type: m6i.large\n  ports: [22]\nrun: hostname\n";
    let request = machines
        .launch(&workspace, &machine, task, Timestamp::now())
        .await
        .unwrap();
    let end = Instant::now() + TOO_LONG;
    // Moto is asked, not SkyPilot: each question to it takes time from the launch.
    while portal.moto.machines().await < count {
        server.process.assert_runs();
        assert!(
            Instant::now() < end,
            "never launched:\n{}",
            server.process.last_words()
        );
        sleep(Duration::from_millis(300)).await;
    }
    let seen = machines
        .observe(&workspace, &machine, Some(&request))
        .await
        .unwrap();
    assert_eq!(seen.request, Some(RequestState::Open), "{seen:?}");
    assert_eq!(seen.machine.unwrap().workspace, workspace.name);
    machines.cancel_request(&workspace, &request).await.unwrap();
}

fn canaries(secrets: &Secrets) -> [&str; 2] {
    [
        &secrets.access_key_id,
        secrets.secret_access_key.expose_secret(),
    ]
}

/// The files below a folder that hold `secret`, in clear or within something that was written as base64.
fn holders(folder: &Path, secret: &str) -> String {
    let mut search = Command::new("grep");
    search.args([
        "--recursive",
        "--files-with-matches",
        "--text",
        "--fixed-strings",
    ]);
    search.args(["-e", secret]);
    for before in 0..3 {
        // However it falls into the groups of three bytes; what is mixed with its neighbours is left out.
        let mut text = vec![0; before];
        text.extend(secret.as_bytes());
        let encoded = STANDARD.encode(&text).trim_end_matches('=').to_owned();
        search.args(["-e", &encoded[4..encoded.len() - 3]]);
    }
    let found = search.arg(folder).output().unwrap();
    // 0: found, 1: not found; whatever else is neither.
    assert!(
        matches!(found.status.code(), Some(0 | 1)),
        "{}",
        output_of(&found)
    );
    String::from_utf8(found.stdout).unwrap()
}

/// In the form of SkyPilot's catalogue of version 8; the prices are made up.
fn price_lists(folder: &Path) {
    let machines = "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch\n\
                    m6i.large,,,2.0,8.0,,0.096,0.04,us-east-1,use1-az1,x86_64\n";
    let mut images = String::from("Tag,Region,OS,OSVersion,ImageId,CreationDate\n");
    for tag in [
        "custom-cpu-ubuntu",
        "custom-gpu-ubuntu",
        "custom-gpu-ubuntu-cuda13",
    ] {
        images += &format!("skypilot:{tag},us-east-1,ubuntu,22.04,ami-12c6146b,20260101\n");
    }
    let quotas =
        "InstanceType,OnDemandInstanceCode,SpotInstanceCode\nm6i.large,L-1216C47A,L-34B43A08\n";
    for (file, text) in [
        ("aws/vms.csv", machines),
        ("aws/images.csv", &images),
        ("aws/instance_quota_mapping.csv", quotas),
        (
            "common/accelerators.csv",
            "AcceleratorName,Clouds\nH100,\"['AWS']\"\n",
        ),
    ] {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}
