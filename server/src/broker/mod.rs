//! The credential broker's two doors: a listener of its own for API servers with client certificates, and a route of the
//! portal for those that were given a handle. What is handed out, and to whom, decides
//! [`provisioning::broker::BrokerService`].

mod answers;
pub mod authority;
pub mod aws_config;
pub mod client;
pub mod handles;
pub mod identities;
mod routes;
mod tls;

use crate::{
    config::{Settings, TrustedProxies},
    vault::security_tokens,
};
use anyhow::{Context as _, Result};
use authority::Authority;
use axum::Router;
use handles::Handles;
use identities::Identities;
use persistence::Database;
use provisioning::{
    broker::BrokerService, ports::cloud_credentials::CredentialHandles, vault::Vault,
};
use secrets::{HandleTokens, Keyring};
use std::{net::SocketAddr, path::PathBuf, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

/// The broker's folder in the data directory.
pub fn folder(settings: &Settings) -> PathBuf {
    settings.data_dir.join("broker")
}

/// The broker of a portal.
pub struct Broker {
    service: Arc<BrokerService>,
    handles: Option<Arc<Handles>>,
    proxies: TrustedProxies,
}

impl Broker {
    /// Puts it together; nothing is asked of anybody yet.
    ///
    /// # Errors
    /// If the machine's certificates cannot be read.
    pub fn new(settings: &Settings, db: Database, keyring: &Keyring, vault: Vault) -> Result<Self> {
        let broker = settings.broker.as_ref();
        let tokens = security_tokens(settings)?;
        let handles = broker
            .and_then(|broker| broker.handle_url.clone())
            .map(|base| Arc::new(Handles::new(base, HandleTokens::new(keyring))));
        Ok(Self {
            service: Arc::new(BrokerService::new(db, vault, tokens)),
            handles,
            proxies: settings.trusted_proxies.clone(),
        })
    }

    /// What makes handles, if the configuration says where they lead.
    pub fn handles(&self) -> Option<Arc<dyn CredentialHandles>> {
        self.handles
            .clone()
            .map(|handles| handles as Arc<dyn CredentialHandles>)
    }

    /// The route that handles lead to; without handles, none.
    pub fn routes(&self) -> Router {
        match &self.handles {
            Some(handles) => {
                handles::routes(self.service.clone(), handles.clone(), self.proxies.clone())
            }
            None => Router::new(),
        }
    }

    /// Listens for API servers with client certificates until `stop`, if the configuration says where. Answers where it
    /// listens, and what ends when it does no more.
    ///
    /// # Errors
    /// If the address is taken, or certificate or authority cannot be made.
    pub async fn listen(
        &self,
        settings: &Settings,
        stop: CancellationToken,
    ) -> Result<Option<(SocketAddr, JoinHandle<()>)>> {
        let listener = settings
            .broker
            .as_ref()
            .and_then(|broker| broker.listener.as_ref());
        let Some(listener) = listener else {
            return Ok(None);
        };
        let folder = folder(settings);
        let tls = tls::configuration(&Authority::open(&folder)?, &listener.names)?;
        let router = routes::routes(self.service.clone(), Identities::new(folder));
        let listener = TcpListener::bind(listener.address).await.with_context(|| {
            format!(
                "the credential broker cannot listen on {}; change `listen` under [broker]",
                listener.address
            )
        })?;
        let address = listener.local_addr()?;
        tracing::info!(%address, "the credential broker listens");
        Ok(Some((
            address,
            tokio::spawn(tls::serve(listener, tls, router, stop)),
        )))
    }
}
