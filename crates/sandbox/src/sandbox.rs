//! The whole sandbox: an identity provider, a host cluster on which vClusters come up, a SkyPilot API server with clouds
//! behind it, and AWS's Security Token Service, on loopback.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};

use crate::aws::SecurityTokenServer;
use crate::controllers::{
    Cluster, ControlLoop, Kubelet, Logs, Pace, control_plane, create_host_nodes, nodes_and_networks,
};
use crate::data_directory::DataDirectory;
use crate::fault_layer;
use crate::faults::Faults;
use crate::http_listener;
use crate::identity::{Client, IdentityProvider, Person};
use crate::kubeconfig::Kubeconfig;
use crate::kubernetes::{ApiServer, ApiServerOptions, Store};
use crate::pki::CertificateAuthority;
use crate::skypilot::{SkypilotOptions, SkypilotServer};
use crate::snapshot::{self, Keeper};
use crate::tls::{Endpoint, TlsListener};
use crate::virtual_cluster::{Exposure, HostSide, ToSyncers, VirtualClusters};

const ANY_LOOPBACK_PORT: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
pub(crate) const HOST_KUBECONFIG: &str = "host-kubeconfig.yaml";

/// What a sandbox starts from. Every address must be loopback; port 0 takes a free one.
#[derive(Clone, Debug)]
pub struct SandboxOptions {
    /// Where to keep what survives a restart; without it, all is in memory.
    pub data_dir: Option<PathBuf>,
    pub identity_listen: SocketAddr,
    pub kubernetes_listen: SocketAddr,
    pub ingress_listen: SocketAddr,
    pub skypilot_listen: SocketAddr,
    pub ssh_listen: SocketAddr,
    pub aws_listen: SocketAddr,
    pub pace: Pace,
}

impl Default for SandboxOptions {
    fn default() -> Self {
        Self {
            data_dir: None,
            identity_listen: ANY_LOOPBACK_PORT,
            kubernetes_listen: ANY_LOOPBACK_PORT,
            ingress_listen: ANY_LOOPBACK_PORT,
            skypilot_listen: ANY_LOOPBACK_PORT,
            ssh_listen: ANY_LOOPBACK_PORT,
            aws_listen: ANY_LOOPBACK_PORT,
            pace: Pace::default(),
        }
    }
}

/// A running sandbox. Dropping it ends everything at once.
pub struct Sandbox {
    identity: IdentityProvider,
    kubernetes: TlsListener,
    ingress: TlsListener,
    faults: Faults,
    host: Cluster,
    host_kubeconfig: String,
    keeper: Arc<Keeper>,
    controllers: ControlLoop,
    skypilot: SkypilotServer,
    aws: SecurityTokenServer,
}

impl Sandbox {
    pub async fn start(options: SandboxOptions) -> Result<Self> {
        http_listener::require_loopback(options.kubernetes_listen)?;
        http_listener::require_loopback(options.ingress_listen)?;
        let data = match &options.data_dir {
            Some(path) => DataDirectory::open(path)?,
            None => DataDirectory::in_memory(),
        };
        let faults = Faults::default();
        let people = Person::ready();
        let identity =
            IdentityProvider::start(options.identity_listen, people, &data, faults.clone()).await?;

        let authority = CertificateAuthority::load_or_create(&data, "host-ca", "sandbox-host")?;
        let mut kept = snapshot::load(&data)?;
        let (to_syncers, logs) = (Arc::new(ToSyncers::default()), Logs::default());
        let api_options = ApiServerOptions {
            root_certificate: authority.certificate_pem().to_owned(),
            service_proxy: Some(to_syncers.clone()),
            pod_logs: Some(Arc::new(logs.clone())),
            ..ApiServerOptions::default()
        };
        let api = ApiServer::new(kept.host(), api_options);
        let host = Cluster::new(api, faults.clone(), options.pace);
        let vclusters = Arc::new(VirtualClusters::new(&host));
        kept.restore_disks(vclusters.disks())?;
        let exposure = Arc::new(Exposure::new(&host, vclusters.clone()));
        to_syncers.lead_to(&exposure);
        let kubelet = Arc::new(Kubelet::new(&host, vclusters.clone(), logs));
        create_host_nodes(&host.store);

        let names = [
            "localhost",
            "127.0.0.1",
            "::1",
            "kubernetes",
            "kubernetes.default",
        ]
        .map(str::to_owned);
        let endpoint = Endpoint::new(
            &authority.issue_server("kube-apiserver", &names)?,
            authority.certificate_pem(),
            fault_layer::behind(&faults, host.api.router()),
        )?;
        let kubernetes = bind("host cluster's API", options.kubernetes_listen, |address| {
            TlsListener::bind(address, endpoint.clone())
        })?;
        let router = exposure.clone();
        let ingress = bind("ingress", options.ingress_listen, |address| {
            let router = router.clone();
            TlsListener::bind_routed(address, Arc::new(move |name| router.route(name?)))
        })?;

        let client = authority.issue_client("kubernetes-admin", Some("system:masters"))?;
        let host_kubeconfig = Kubeconfig {
            cluster: "sandbox",
            user: "kubernetes-admin",
            server: &format!("https://{}", kubernetes.address()),
            ca_certificate_pem: authority.certificate_pem(),
            client: &client,
        }
        .to_yaml()?;
        data.write(HOST_KUBECONFIG, host_kubeconfig.as_bytes())?;

        kubelet.resume();
        let mut controllers = control_plane(&host);
        controllers.extend(nodes_and_networks(&host, kubelet));
        controllers.push(exposure);
        controllers.push(Arc::new(HostSide::new(vclusters.clone())));
        let mut controllers = ControlLoop::start(&host.store, controllers, faults.subscribe());
        controllers.spawn(follow_reachability(faults.clone(), endpoint));
        let keeper = Arc::new(Keeper::new(&data, &host.store, vclusters));
        controllers.spawn(keeper.clone().keep());
        let aws = SecurityTokenServer::start(options.aws_listen, faults.clone()).await?;
        let skypilot_options = SkypilotOptions {
            listen: options.skypilot_listen,
            ssh_listen: options.ssh_listen,
        };
        let skypilot = SkypilotServer::start(
            skypilot_options,
            &data,
            faults.clone(),
            options.pace,
            aws.tokens().clone(),
        )
        .await?;
        Ok(Self {
            identity,
            kubernetes,
            ingress,
            faults,
            host,
            host_kubeconfig,
            keeper,
            controllers,
            skypilot,
            aws,
        })
    }

    pub fn issuer(&self) -> &str {
        self.identity.issuer()
    }

    pub fn client(&self) -> &Client {
        self.identity.client()
    }

    /// An administrator's kubeconfig for the host cluster; also in the data directory.
    pub fn host_kubeconfig(&self) -> &str {
        &self.host_kubeconfig
    }

    pub fn kubernetes_address(&self) -> SocketAddr {
        self.kubernetes.address()
    }

    pub fn ingress_port(&self) -> u16 {
        self.ingress.address().port()
    }

    pub fn skypilot_url(&self) -> String {
        self.skypilot.url()
    }

    pub fn skypilot_admin_token(&self) -> &str {
        self.skypilot.admin_token()
    }

    pub fn aws_url(&self) -> String {
        self.aws.url()
    }

    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    pub fn host_store(&self) -> &Store {
        &self.host.store
    }

    /// Lets running requests finish for a moment, keeps what is to be kept, and ends.
    pub async fn shutdown(self) {
        tokio::join!(
            self.identity.shutdown(),
            self.kubernetes.shutdown(),
            self.ingress.shutdown(),
            self.skypilot.shutdown(),
            self.aws.shutdown(),
        );
        drop(self.controllers);
        self.keeper.save_in_background().await;
    }
}

fn bind(
    what: &str,
    address: SocketAddr,
    bind: impl FnOnce(SocketAddr) -> std::io::Result<TlsListener>,
) -> Result<TlsListener> {
    bind(address).with_context(|| format!("the sandbox's {what} cannot listen on {address}"))
}

async fn follow_reachability(faults: Faults, endpoint: Arc<Endpoint>) {
    let mut changes = faults.subscribe();
    loop {
        let unreachable = changes.borrow_and_update().kubernetes.unreachable;
        endpoint.set_open(!unreachable);
        if changes.changed().await.is_err() {
            return;
        }
    }
}
