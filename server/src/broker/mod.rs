//! The two ways to the credential broker: a listener for API servers with client certificates, and a route of the
//! portal for API servers with a handle. [`provisioning::broker::BrokerService`] decides who gets which credentials.

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
    http::listener::{self, ConnectionLimits},
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
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

/// API servers are few; each asks with a process of its own per credential.
const CONNECTIONS: usize = 512;

/// The broker's folder in the data directory.
pub fn folder(settings: &Settings) -> PathBuf {
    settings.data_dir.join("broker")
}

pub struct Broker {
    service: Arc<BrokerService>,
    handles: Option<Arc<Handles>>,
    proxies: TrustedProxies,
}

impl Broker {
    /// Wires the broker without sending any request. Fails if the machine's certificates cannot be read.
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

    /// Issues handles; `None` if the configuration does not enable them.
    pub fn handles(&self) -> Option<Arc<dyn CredentialHandles>> {
        self.handles
            .clone()
            .map(|handles| handles as Arc<dyn CredentialHandles>)
    }

    /// The route for handles; empty if the configuration does not enable them.
    pub fn routes(&self) -> Router {
        match &self.handles {
            Some(handles) => {
                handles::routes(self.service.clone(), handles.clone(), self.proxies.clone())
            }
            None => Router::new(),
        }
    }

    /// Listens for API servers with client certificates until `stop`, if the configuration enables it. Returns the
    /// address and the task.
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
        let acceptor = TlsAcceptor::from(tls::configuration(
            &Authority::open(&folder)?,
            &listener.names,
        )?);
        let router = routes::routes(self.service.clone(), Identities::new(folder));
        let listener = TcpListener::bind(listener.address).await.with_context(|| {
            format!(
                "the credential broker cannot listen on {}; change `listen` under [broker]",
                listener.address
            )
        })?;
        let address = listener.local_addr()?;
        tracing::info!(%address, "the credential broker is listening");
        Ok(Some((
            address,
            tokio::spawn(listener::serve(
                listener,
                move |stream, from| tls::handshake(acceptor.clone(), stream, from),
                router,
                ConnectionLimits {
                    total: CONNECTIONS,
                    per_address: CONNECTIONS / 2,
                    proxies: TrustedProxies::default(),
                },
                stop,
            )),
        )))
    }
}
