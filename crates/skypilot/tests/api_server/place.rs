//! A real SkyPilot API server with hand-made price lists, and moto as its cloud.

use crate::credentials::Broker;
use crate::process::{Server, beside, free_port, free_port_for_skypilot, python};
use secrecy::SecretString;
use serde_json::{Value, json};
use skypilot::{
    AwsAccess, SkyPilotConfig, SkyPilotMachines,
    client::{Acting, Answer, ClientConfig, Identity, RequestId, SkyPilot},
};
use std::{fs, path::Path, process::Command, time::Duration};
use tempfile::TempDir;
use tokio::time::{Instant, sleep};
use url::Url;

/// Longer than any step here takes on two busy cores.
pub const TOO_LONG: Duration = Duration::from_secs(180);

/// A stand-in for AWS, and a server that issues credentials for it.
struct Moto {
    _server: Server,
    address: String,
    broker: Broker,
}

/// A server with a client and an adapter.
pub struct Place {
    pub sky: SkyPilot,
    pub identity: Identity,
    server: Option<Server>,
    moto: Moto,
    port: u16,
    // Last, so that it is removed after the servers have ended.
    home: TempDir,
}

/// Whether the server has service accounts. Without a token it believes every header in any case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ServiceAccounts {
    On,
    Off,
}

impl Moto {
    /// With an account in which machines can be launched in us-east-1.
    async fn start() -> Self {
        let home = TempDir::with_prefix("moto-").unwrap();
        let port = free_port().to_string();
        let arguments = ["-m", "moto.server", "-H", "127.0.0.1", "-p", &port];
        let mut server = Server::start(home.path(), &arguments, &[]);
        let address = format!("http://127.0.0.1:{port}");
        until_it_answers(&mut server, async || {
            reqwest::get(format!("{address}/moto-api/")).await.is_ok()
        })
        .await;
        let made = Command::new(python())
            .arg(beside("aws_account.py"))
            .arg(&address)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self {
            _server: server,
            address,
            broker: Broker::start().await,
        }
    }
}

impl Place {
    /// A server that takes moto for AWS and has credentials in requests that bring a handle only.
    pub async fn start(accounts: ServiceAccounts) -> Self {
        let home = TempDir::with_prefix("skypilot-").unwrap();
        price_lists(&home.path().join(".sky/catalogs/v8"));
        // The machines of moto have real addresses, which must not be contacted.
        let settings = "aws:\n  ssh_proxy_command: /bin/false\n";
        fs::write(home.path().join(".sky/config.yaml"), settings).unwrap();
        let port = free_port_for_skypilot();
        let url = Url::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let mut place = Self {
            sky: SkyPilot::new(ClientConfig::new(url)).unwrap(),
            identity: Identity::Named {
                user_id: "aaaa1111".into(),
                user_name: "hangar".into(),
            },
            server: None,
            moto: Moto::start().await,
            port,
            home,
        };
        place.start_server(accounts).await;
        place
    }

    /// Starts the server on what is in its home.
    pub async fn start_server(&mut self, accounts: ServiceAccounts) {
        let accounts = accounts == ServiceAccounts::On;
        let variables = [
            ("IS_SKYPILOT_SERVER", "true".to_owned()),
            ("SKYPILOT_DISABLE_USAGE_COLLECTION", "1".to_owned()),
            ("ENABLE_SERVICE_ACCOUNTS", accounts.to_string()),
            // Its queue would have the same port as every other server's on this machine.
            ("SKYPILOT_API_SERVER_LOCAL_PORT", self.port.to_string()),
            ("AWS_ENDPOINT_URL", self.moto.address.clone()),
            ("AWS_DEFAULT_REGION", "us-east-1".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ];
        let port = self.port.to_string();
        let arguments = [
            "-m",
            "sky.server.server",
            "--host",
            "127.0.0.1",
            "--port",
            &port,
        ];
        let mut server = Server::start(self.home.path(), &arguments, &variables);
        let health = format!("{}api/health", self.sky.url());
        until_it_answers(&mut server, async || {
            let answer = reqwest::get(&health).await;
            answer.is_ok_and(|answer| answer.status().is_success())
        })
        .await;
        self.server = Some(server);
    }

    /// Kills the server.
    pub fn kill_server(&mut self) {
        self.server = None;
    }

    pub fn acting(&self) -> Acting<'_> {
        Acting::by(&self.identity)
    }

    /// The token of a service account with the role `admin`. The first one is created by a user that the default
    /// server accepts as administrator because of a header.
    pub async fn admin_token(&self) -> SecretString {
        let made: Value = reqwest::Client::new()
            .post(format!("{}users/service-account-tokens", self.sky.url()))
            .header("X-Auth-Request-Email", "admin@example.com")
            .json(&json!({"token_name": "hangar", "role": "admin", "expires_in_days": 0}))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        SecretString::from(made["token"].as_str().unwrap())
    }

    pub fn machines(&self, admin_token: Option<SecretString>) -> SkyPilotMachines {
        SkyPilotMachines::new(SkyPilotConfig {
            catalogue_clouds: vec!["aws".into()],
            aws: AwsAccess::Handles(self.moto.broker.handles()),
            ..SkyPilotConfig::new(self.sky.url().clone(), admin_token)
        })
        .unwrap()
    }

    /// Stops issuing credentials.
    pub fn withhold_credentials(&self, withheld: bool) {
        self.moto.broker.withhold(withheld);
    }

    /// The result of a request.
    pub async fn result<T: serde::de::DeserializeOwned>(&self, id: &RequestId) -> Answer<T> {
        self.sky.result(&self.identity, id, TOO_LONG).await
    }

    /// Repeats a query until the result is as expected.
    pub async fn until<T: std::fmt::Debug>(
        &mut self,
        ask: impl AsyncFn(&Self) -> T,
        good: impl Fn(&T) -> bool,
    ) -> T {
        let end = Instant::now() + TOO_LONG;
        loop {
            let answer = ask(self).await;
            if good(&answer) {
                return answer;
            }
            if let Some(server) = &mut self.server {
                server.assert_runs();
                assert!(
                    Instant::now() < end,
                    "never happened; the last answer: {answer:?}\n{}",
                    server.end_of_log()
                );
            }
            sleep(Duration::from_secs(1)).await;
        }
    }

    /// The machines that moto has: type and state.
    pub async fn instances(&self) -> Vec<(String, String)> {
        let signature = "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/ec2/aws4_request, \
                         SignedHeaders=host, Signature=unchecked";
        let described = reqwest::Client::new()
            .post(&self.moto.address)
            .header("authorization", signature)
            .form(&[("Action", "DescribeInstances"), ("Version", "2016-11-15")])
            .send()
            .await
            .unwrap();
        let described = described.text().await.unwrap();
        let element = |text: &str, name: &str| {
            let (_, after) = text.split_once(&format!("<{name}>")).unwrap();
            after.split('<').next().unwrap().to_owned()
        };
        let machines = described.split("<instanceId>").skip(1);
        machines
            .map(|machine| {
                let (_, state) = machine.split_once("<instanceState>").unwrap();
                (element(machine, "instanceType"), element(state, "name"))
            })
            .collect()
    }
}

async fn until_it_answers(server: &mut Server, answers: impl AsyncFn() -> bool) {
    let end = Instant::now() + TOO_LONG;
    while !answers().await {
        server.assert_runs();
        assert!(
            Instant::now() < end,
            "the server does not come up:\n{}",
            server.end_of_log()
        );
        sleep(Duration::from_millis(200)).await;
    }
}

/// In the format of SkyPilot's catalogue version 8; the prices are invented.
fn price_lists(folder: &Path) {
    let gpus = |name: &str, count: u32| {
        format!(
            "\"{{'Gpus': [{{'Name': '{name}', 'Manufacturer': 'NVIDIA', 'Count': {count}, 'MemoryInfo': \
             {{'SizeInMiB': 81920}}}}], 'TotalGpuMemoryInMiB': {}}}\"",
            81920 * count
        )
    };
    let mut machines = String::from(
        "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch\n",
    );
    for (region, zone, premium) in [
        ("us-east-1", "use1-az1", 0.0),
        ("us-west-2", "usw2-az1", 0.5),
    ] {
        machines += &format!(
            "m6i.large,,,2.0,8.0,,{},0.04,{region},{zone},x86_64\n\
             p5.4xlarge,H100,1.0,16.0,256.0,{},{},2.5,{region},{zone},x86_64\n\
             p5.48xlarge,H100,8.0,192.0,2048.0,{},{},,{region},{zone},x86_64\n",
            0.096 + premium,
            gpus("H100", 1),
            6.88 + premium,
            gpus("H100", 8),
            55.04 + premium,
        );
    }
    let mut images = String::from("Tag,Region,OS,OSVersion,ImageId,CreationDate\n");
    for region in ["us-east-1", "us-west-2"] {
        for tag in [
            "custom-cpu-ubuntu",
            "custom-gpu-ubuntu",
            "custom-gpu-ubuntu-cuda13",
        ] {
            images += &format!("skypilot:{tag},{region},ubuntu,22.04,ami-12c6146b,20260101\n");
        }
    }
    let quotas =
        "InstanceType,OnDemandInstanceCode,SpotInstanceCode\nm6i.large,L-1216C47A,L-34B43A08\n";
    for (file, text) in [
        ("aws/vms.csv", machines.as_str()),
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
