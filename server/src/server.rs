//! Starts the parts of a portal in order, and stops them in reverse order.

use crate::{
    audit_heads,
    broker::Broker,
    config::Settings,
    data_directory::{self, DataDirectoryLock},
    http::{
        self,
        layers::host::Addresses,
        listener::{self, ConnectionLimits},
        site,
    },
    keys, open_files,
    portal::{Portal, rule_providers},
    skypilot, user_pools, vault,
};
use anyhow::{Context, Result, bail};
use kubernetes::{HostClustersConfig, KubernetesHosts};
use persistence::Database;
use provisioning::{
    Core, Parts,
    ports::{cloud_credentials::CredentialHandles, host_clusters::HostClusters},
    reconciler::Reconciler,
};
use std::{io::ErrorKind, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;

/// Time for the reconcilers to finish their passes.
const LAST_STEPS: Duration = Duration::from_secs(10);

/// A running portal.
pub struct Server {
    pub address: SocketAddr,
    pub portal: Arc<Portal>,
    pub database: Database,
    /// Issues handles to credentials, if the configuration enables them.
    pub credential_handles: Option<Arc<dyn CredentialHandles>>,
    /// The credential broker's address, if it listens.
    pub broker_address: Option<SocketAddr>,
    stop_working: CancellationToken,
    listening: Vec<JoinHandle<()>>,
    working: JoinHandle<()>,
    data_directory: DataDirectoryLock,
}

impl Server {
    /// Starts the portal. `site` is the folder of the site's files. The error says what failed and what to do.
    pub async fn start(settings: Settings, site: &Path) -> Result<Self> {
        let assets = site::assets(site)?;
        // First, because binding fails most often and has no side effects.
        let listener = bind(settings.listen).await?;
        let address = listener.local_addr()?;
        data_directory::prepare(&settings.data_dir)?;
        let is_sqlite = settings.database.expose().starts_with("sqlite:");
        let data_directory = data_directory::lock(&settings.data_dir, !is_sqlite)?;
        let keyring = keys::keyring(&settings)?;
        let database = keys::open_database(&settings, &keyring).await?;
        if database.is_read_only() {
            tracing::warn!("the database is read-only: changes and sign-in fail");
        } else {
            database
                .tenants()
                .seed(&settings.tenants)
                .await
                .context("cannot store the tenants of the configuration")?;
            if settings.skypilot.is_some() || settings.broker.is_some() {
                database
                    .workspaces()
                    .seed()
                    .await
                    .context("cannot store the environments' workspaces")?;
            }
        }
        warn_of_missing_tenants(&settings, &database).await?;
        let all_keys = keys::keys(&settings, &keyring)?;
        let sealer = keys::sealer(&all_keys);
        keys::open_everything(&all_keys, &*sealer, &database).await?;
        let vault = vault::vault(&settings, database.clone(), sealer.clone())?;
        let broker = match &settings.broker {
            Some(_) => Some(Broker::new(
                &settings,
                database.clone(),
                &keyring,
                vault.clone(),
            )?),
            None => None,
        };
        let credential_handles = broker.as_ref().and_then(Broker::handles);
        let skypilot = match &settings.skypilot {
            Some(settings) => Some(skypilot::backend(
                settings,
                credential_handles.clone(),
                sealer,
            )?),
            None => None,
        };
        let hosts: Arc<dyn HostClusters> = Arc::new(hosts(&settings).await?);
        let addresses = match &settings.public_url {
            Some(url) => Addresses::Public(url.clone()),
            None => Addresses::ThisMachine(address),
        };
        let core = Arc::new(Core::new(Parts {
            db: database.clone(),
            hosts: hosts.clone(),
            skypilot: skypilot.clone(),
            credentials: vault,
            plans: settings.plans.clone(),
            rule_providers: rule_providers(&settings),
            user_pools: user_pools::pools(&settings)?,
        }));
        let portal = Arc::new(Portal::new(
            &settings, addresses, assets, core, &database, &keyring,
        )?);
        let mut router = http::router(&portal, site);
        let (mut listening, mut broker_address) = (Vec::new(), None);
        if let Some(broker) = &broker {
            router = router.merge(broker.routes());
            if let Some((address, task)) = broker.listen(&settings, portal.stopping.clone()).await?
            {
                broker_address = Some(address);
                listening.push(task);
            }
        }

        let stop_working = CancellationToken::new();
        let mut reconciler = Reconciler::new(database.clone(), hosts);
        if let Some(skypilot) = skypilot {
            reconciler = reconciler.with_skypilot(skypilot);
        }
        listening.push(tokio::spawn(audit_heads::log_daily(
            database.clone(),
            portal.stopping.clone(),
        )));
        let stop = stop_working.clone();
        let working = tokio::spawn(async move { reconciler.run(stop).await });
        listening.push(tokio::spawn(listener::serve(
            listener,
            listener::plain,
            router,
            connection_limits(&settings),
            portal.stopping.clone(),
        )));
        Ok(Self {
            address,
            portal,
            database,
            credential_handles,
            broker_address,
            stop_working,
            listening,
            working,
            data_directory,
        })
    }

    /// Stops accepting requests, finishes open requests and reconcile passes, and closes everything.
    pub async fn stop(self) {
        self.portal.stopping.cancel();
        for listening in self.listening {
            if let Err(error) = listening.await {
                tracing::error!(%error, "a listener failed");
            }
        }
        self.stop_working.cancel();
        let abort = self.working.abort_handle();
        if timeout(LAST_STEPS, self.working).await.is_err() {
            // Its leases expire, and every step can be repeated.
            tracing::warn!("the reconciler did not stop in time");
            abort.abort();
        }
        self.database.close().await;
        drop(self.data_directory);
    }
}

/// As configured, but never more connections than the system has file descriptors for.
fn connection_limits(settings: &Settings) -> ConnectionLimits {
    let limits = &settings.limits;
    let total = limits.connections.min(open_files::for_connections());
    if total < limits.connections {
        tracing::warn!(
            "limits.connections is {}, but the limit of open files leaves only {total}; raise it (ulimit -n, \
             LimitNOFILE) or lower the setting",
            limits.connections
        );
    }
    ConnectionLimits {
        total,
        per_address: limits.connections_per_address,
        proxies: settings.trusted_proxies.clone(),
    }
}

/// A misspelled tenant in a claim rule would silently give nothing. It may also be made later.
async fn warn_of_missing_tenants(settings: &Settings, database: &Database) -> Result<()> {
    let tenants = database
        .tenants()
        .active()
        .await
        .context("cannot read the tenants")?;
    for slug in settings.sign_in.tenants_named() {
        if !tenants.iter().any(|tenant| tenant.tenant.slug == slug) {
            tracing::warn!(%slug, "a claim rule names a tenant that does not exist and grants nothing");
        }
    }
    Ok(())
}

/// The host clusters of the configuration.
pub async fn hosts(settings: &Settings) -> Result<KubernetesHosts> {
    let config = HostClustersConfig {
        clusters: settings.hosts.clone(),
        ..HostClustersConfig::default()
    };
    Ok(KubernetesHosts::new(config).await?)
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "{address} is already in use, perhaps by another hangar; stop it, or choose another address with --listen"
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}
