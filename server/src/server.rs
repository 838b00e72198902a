//! A running portal: everything started in the right order, and stopped in the reverse one.

use crate::{
    broker::Broker,
    config::Settings,
    http::{self, layers::host::Addresses, listener, site},
    keys,
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

/// How long the reconciler may take to finish its steps when the server stops.
const LAST_STEPS: Duration = Duration::from_secs(10);

/// A portal that is listening and working.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it serves.
    pub portal: Arc<Portal>,
    /// Its database.
    pub database: Database,
    /// What makes handles to credentials, if anything does.
    pub credential_handles: Option<Arc<dyn CredentialHandles>>,
    /// Where the credential broker listens, if it does.
    pub broker_address: Option<SocketAddr>,
    stop_working: CancellationToken,
    listening: Vec<JoinHandle<()>>,
    working: JoinHandle<()>,
}

impl Server {
    /// Starts everything. `site` is the folder of the site's files.
    ///
    /// # Errors
    /// Says what cannot be had and what to do about it.
    pub async fn start(settings: Settings, site: &Path) -> Result<Self> {
        let assets = site::assets(site)?;
        // First of all, because it is what most often fails and costs nothing to try.
        let listener = bind(settings.listen).await?;
        let address = listener.local_addr()?;
        settings.make_data_directory()?;
        let database = Database::open(settings.database.expose()).await?;
        if database.is_read_only() {
            tracing::warn!(
                "the database is read-only: nothing can be ordered, changed or signed in to"
            );
        } else {
            database
                .tenants()
                .seed(&settings.tenants)
                .await
                .context("the tenants of the configuration cannot be stored")?;
            if settings.skypilot.is_some() || settings.broker.is_some() {
                database
                    .workspaces()
                    .seed()
                    .await
                    .context("the tenants' workspaces cannot be stored")?;
            }
        }
        warn_of_missing_tenants(&settings, &database).await?;
        let keyring = keys::keyring(&settings)?;
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
        let portal = Arc::new(Portal::new(&settings, addresses, assets, core, &database)?);
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
        let stop = stop_working.clone();
        let working = tokio::spawn(async move { reconciler.run(stop).await });
        listening.push(tokio::spawn(listener::serve(
            listener,
            router,
            settings.limits.connections,
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
        })
    }

    /// Takes no more requests, finishes those under way and the steps of the reconciler, and closes everything.
    pub async fn stop(self) {
        self.portal.stopping.cancel();
        for listening in self.listening {
            if let Err(error) = listening.await {
                tracing::error!(%error, "a listener ended badly");
            }
        }
        self.stop_working.cancel();
        let abort = self.working.abort_handle();
        if timeout(LAST_STEPS, self.working).await.is_err() {
            // Its leases run out by themselves, and every step can be repeated.
            tracing::warn!("the reconciler was cut off");
            abort.abort();
        }
        self.database.close().await;
    }
}

/// A misspelled tenant in a claim rule would silently give nothing. It may also be made later.
async fn warn_of_missing_tenants(settings: &Settings, database: &Database) -> Result<()> {
    let tenants = database
        .tenants()
        .active()
        .await
        .context("the tenants cannot be read")?;
    for slug in settings.sign_in.tenants_named() {
        if !tenants.iter().any(|tenant| tenant.tenant.slug == slug) {
            tracing::warn!(%slug, "a claim rule names a tenant that does not exist: it gives nothing");
        }
    }
    Ok(())
}

/// The host clusters of the configuration.
///
/// # Errors
/// If a kubeconfig cannot be used.
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
            "something else listens on {address}, perhaps another hangar; stop it, or choose another address with --listen"
        ),
        Err(error) => Err(error).with_context(|| format!("cannot listen on {address}")),
    }
}
