//! The same question put to the SkyPilot API server itself: a list of a hundred clusters. Needs the Python
//! environment that `./dev bench` makes; without it the row says so.

use crate::{load::percentiles, row};
use std::{
    net::{Ipv4Addr, TcpListener},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const CLUSTERS: usize = 100;
const QUESTIONS: usize = 10;
const PATIENCE: Duration = Duration::from_secs(90);
/// Puts clusters that are up into the server's own database, in the server's own way.
const SEED: &str = r#"
import sys
from sky import clouds, global_user_state, resources
from sky.backends import CloudVmRayResourceHandle
for number in range(int(sys.argv[1])):
    name = f"hgr-00000000-node-{number:04}"
    machine = resources.Resources(cloud=clouds.AWS(), instance_type="p5.4xlarge", region="us-east-1")
    handle = CloudVmRayResourceHandle(
        cluster_name=name, cluster_name_on_cloud=name, cluster_yaml=None, launched_nodes=1,
        launched_resources=machine, stable_internal_external_ips=[("10.0.0.1", "203.0.113.7")],
        stable_ssh_ports=[22])
    global_user_state.add_or_update_cluster(
        name, handle, requested_resources={machine}, ready=True, is_launch=True)
"#;
/// The price lists that it would get from the internet.
const CATALOGUE: [(&str, &str); 4] = [
    (
        "aws/vms.csv",
        "InstanceType,AcceleratorName,AcceleratorCount,vCPUs,MemoryGiB,GpuInfo,Price,SpotPrice,Region,AvailabilityZone,Arch\n\
         p5.4xlarge,H100,1.0,16.0,256.0,,6.88,2.5,us-east-1,us-east-1a,x86_64\n",
    ),
    (
        "aws/images.csv",
        "Tag,Region,OS,OSVersion,ImageId,CreationDate,BaseImageId\n",
    ),
    (
        "aws/instance_quota_mapping.csv",
        "InstanceType,QuotaCode,SpotQuotaCode\n",
    ),
    ("common/accelerators.csv", "AcceleratorName\nH100\n"),
];

/// Starts a server with clusters in its database and asks for them.
pub async fn measure() {
    let what = format!("SkyPilot API server: /status with {CLUSTERS} clusters");
    let Ok(python) = std::env::var("HANGAR_TEST_PYTHON") else {
        return row(&what, "not measured: HANGAR_TEST_PYTHON is not set");
    };
    let home = tempfile::tempdir().expect("a folder");
    for (name, content) in CATALOGUE {
        let file = home.path().join(".sky/catalogs/v8").join(name);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("folders");
        std::fs::write(file, content).expect("a price list");
    }
    let seeded = command(&python, home.path())
        .args(["-c", SEED, &CLUSTERS.to_string()])
        .status()
        .expect("Python runs");
    assert!(seeded.success(), "the clusters were not stored");
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a port")
        .port();
    let server = Server(
        command(&python, home.path())
            .args(["-m", "sky.server.server", "--host", "127.0.0.1", "--port"])
            .arg(port.to_string())
            .process_group(0)
            .spawn()
            .expect("the server starts"),
    );
    let base = format!("http://127.0.0.1:{port}");
    let http = reqwest::Client::builder()
        .timeout(PATIENCE)
        .build()
        .expect("a client");
    let began = Instant::now();
    while http.get(format!("{base}/api/health")).send().await.is_err() {
        assert!(began.elapsed() < PATIENCE, "the server did not get ready");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // The first question starts its workers.
    ask(&http, &base).await;
    let mut times = Vec::new();
    for _ in 0..QUESTIONS {
        let began = Instant::now();
        ask(&http, &base).await;
        times.push(began.elapsed());
    }
    row(&what, percentiles(times));
    drop(server);
}

async fn ask(http: &reqwest::Client, base: &str) {
    let body = serde_json::json!({
        "env_vars": { "SKYPILOT_USER_ID": "aaaa1111", "SKYPILOT_USER": "bench" },
        "all_users": true, "include_credentials": false, "include_handle": false,
        "summary_response": true,
    });
    let submitted = http
        .post(format!("{base}/status"))
        .header("X-SkyPilot-API-Version", "62")
        .json(&body)
        .send()
        .await
        .expect("an answer");
    let id = submitted.headers()["x-skypilot-request-id"]
        .to_str()
        .expect("an id")
        .to_owned();
    let answer: serde_json::Value = http
        .get(format!("{base}/api/get?request_id={id}"))
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let value = answer["return_value"].as_str().expect("a value");
    let clusters: Vec<serde_json::Value> = serde_json::from_str(value).expect("clusters");
    assert_eq!(clusters.len(), CLUSTERS);
}

fn command(python: &str, home: &Path) -> Command {
    let mut command = Command::new(python);
    command
        .env("HOME", home)
        .env("SKYPILOT_DISABLE_USAGE_COLLECTION", "1")
        .env("IS_SKYPILOT_SERVER", "true")
        .current_dir(home)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// The server with everything that it started.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .args(["-KILL", "--", &format!("-{}", self.0.id())])
            .status();
        let _ = self.0.wait();
    }
}
