//! A host cluster for tests.

use domain::{
    cluster_name::ClusterName,
    exposure::{Exposure, ExposureKind},
    ids::ClusterId,
    kubernetes_version::KubernetesVersion,
    plan::Plan,
};
use futures::StreamExt;
use kube::{Client, Config, config::Kubeconfig};
use kubernetes::{HostAccess, HostClustersConfig, HostConfig, KubernetesHosts, Timeouts};
use provisioning::ports::host_clusters::{
    ApiAnswer, HostClusters, Hosted, NamespaceState, Observation, VirtualCluster,
};
use sandbox::{Pace, Sandbox, SandboxOptions};
use secrecy::SecretString;
use std::{
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};
use tokio::sync::watch;

/// Longer than any step here takes on a slow machine.
const TOO_LONG: Duration = Duration::from_secs(30);

/// A sandbox and an adapter for it.
pub struct Place {
    pub sandbox: Sandbox,
    pub hosts: KubernetesHosts,
    pub client: Client,
    changes: watch::Receiver<Vec<ClusterId>>,
}

/// A sandbox without delays, and an adapter without tolerance for transient conditions.
pub async fn place() -> Place {
    let sandbox = sandbox().await;
    let kubeconfig = sandbox.host_kubeconfig().to_owned();
    Place::new(sandbox, &kubeconfig).await
}

pub async fn sandbox() -> Sandbox {
    Sandbox::start(SandboxOptions {
        pace: Pace::of_unit(Duration::from_millis(5)),
        ..SandboxOptions::default()
    })
    .await
    .unwrap()
}

pub fn config(sandbox: &Sandbox, kubeconfig: &str) -> HostClustersConfig {
    let access = HostAccess::Kubeconfig(SecretString::from(kubeconfig));
    HostClustersConfig {
        clusters: vec![HostConfig {
            exposures: ExposureKind::ALL.to_vec(),
            ingress_port: sandbox.ingress_port(),
            api_port: free_port(),
            ..HostConfig::new("sandbox", access)
        }],
        timeouts: Timeouts {
            patience: Duration::ZERO,
            ..Timeouts::default()
        },
    }
}

/// A port for a load balancer of an unprivileged process.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A client with a user's kubeconfig.
pub async fn client(kubeconfig: &str) -> Client {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig).unwrap();
    let config = Config::from_custom_kubeconfig(kubeconfig, &Default::default()).await;
    Client::try_from(config.unwrap()).unwrap()
}

pub fn cluster(name: &str, exposure: Exposure) -> VirtualCluster {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name: ClusterName = name.parse().unwrap();
    VirtualCluster {
        id: format!("0198e1b2-7c1d-7a54-9d5c-{count:012x}")
            .parse()
            .unwrap(),
        name,
        host: "sandbox".into(),
        tenant: "acme".into(),
        environment: "dev".into(),
        plan: Plan::defaults().remove(0),
        kubernetes_version: KubernetesVersion::ALL[0],
        exposure,
        paused_at: None,
    }
}

/// Whether users can use the cluster.
pub fn usable(seen: &Observation) -> bool {
    seen.namespace == NamespaceState::Ours
        && seen.objects_current
        && seen.drift.is_empty()
        && seen.replicas_ready
        && seen.kubeconfig
        && seen.endpoint.is_some()
        && seen.api == ApiAnswer::Ok
}

impl Place {
    /// The adapter with a kubeconfig for the sandbox's host, and an administrator's client for it.
    pub async fn new(sandbox: Sandbox, kubeconfig: &str) -> Self {
        let hosts = KubernetesHosts::new(config(&sandbox, kubeconfig))
            .await
            .unwrap();
        let (told, changes) = watch::channel(Vec::new());
        let mut watching = hosts.changes();
        tokio::spawn(async move {
            while let Some(id) = watching.next().await {
                told.send_modify(|ids| ids.push(id));
            }
        });
        Self {
            client: client(sandbox.host_kubeconfig()).await,
            hosts,
            sandbox,
            changes,
        }
    }

    /// Applies namespace and objects.
    pub async fn make(&self, cluster: &VirtualCluster) -> Hosted<usize> {
        self.hosts.make_namespace(cluster).await?;
        self.hosts.apply(cluster).await
    }

    /// Observes only when the watches report a change.
    pub async fn until(
        &self,
        cluster: &VirtualCluster,
        good: impl Fn(&Observation) -> bool,
    ) -> Observation {
        let mut changes = self.changes.clone();
        let mut last = None;
        let looking = async {
            loop {
                let told = changes.borrow_and_update().len();
                let seen = self.hosts.observe(cluster).await.unwrap();
                if good(&seen) {
                    return seen;
                }
                last = Some(seen);
                let ours = |ids: &Vec<ClusterId>| ids[told..].contains(&cluster.id);
                changes.wait_for(ours).await.unwrap();
            }
        };
        match tokio::time::timeout(TOO_LONG, looking).await {
            Ok(seen) => seen,
            Err(_) => {
                let now = self.hosts.observe(cluster).await;
                panic!("never told; when last told: {last:#?}, now: {now:#?}");
            }
        }
    }

    /// Observes repeatedly, for conditions that only events report.
    pub async fn until_looked(
        &self,
        cluster: &VirtualCluster,
        good: impl Fn(&Observation) -> bool,
    ) -> Observation {
        let mut last = None;
        let looking = async {
            let mut tick = tokio::time::interval(Duration::from_millis(50));
            loop {
                tick.tick().await;
                let seen = self.hosts.observe(cluster).await.unwrap();
                if good(&seen) {
                    return seen;
                }
                last = Some(seen);
            }
        };
        let seen = tokio::time::timeout(TOO_LONG, looking).await;
        seen.unwrap_or_else(|_| panic!("never happened; last seen: {last:#?}"))
    }
}

/// Waits for a result.
pub async fn soon<T>(answer: impl Future<Output = T>) -> T {
    tokio::time::timeout(TOO_LONG, answer).await.unwrap()
}
