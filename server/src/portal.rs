//! The portal put together: the services, the ports they stand on, and what requests need besides.

use crate::{
    config::{Settings, TrustedProxies},
    http::{
        layers::host::Addresses,
        rest,
        session::Sessions,
        sign_in::{Door, Doors, Provider},
        stream_limit::Streams,
    },
};
use anyhow::Context as _;
use app::server_context::{Assets, PageContext, SignInProvider};
use domain::{
    caller::Caller,
    ids::UserId,
    problem::Problem,
    services::{
        Account, AuditLog, Clusters, Credentials, Nodes, People, Platform, Tenancy, UserPools,
    },
};
use provisioning::{
    account::AccountService,
    audit_log::AuditLogService,
    claim_rules::ClaimRules,
    clusters::ClusterService,
    nodes::{Machinery, NodeService},
    people::{PeopleService, RuleProvider},
    platform::PlatformService,
    ports::{changes::Changes, host_clusters::HostClusters, stores::Store},
    sign_in::SignInService,
    tenancy::TenancyService,
    user_pools::UserPoolService,
};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What every request has at hand.
pub struct Portal {
    /// Ordering, looking at and deleting clusters.
    pub clusters: Arc<dyn Clusters>,
    /// Finding, ordering, using and taking down nodes.
    pub nodes: Arc<dyn Nodes>,
    /// The caller's own account.
    pub account: Arc<dyn Account>,
    /// The audit log.
    pub audit: Arc<dyn AuditLog>,
    /// The people of the portal.
    pub people: Arc<dyn People>,
    /// Tenants, their environments and their members.
    pub tenancy: Arc<dyn Tenancy>,
    /// The people of Cognito user pools.
    pub user_pools: Arc<dyn UserPools>,
    /// Host clusters and plans.
    pub platform: Arc<dyn Platform>,
    /// The vault of cloud credentials.
    pub credentials: Arc<dyn Credentials>,
    /// The ways to sign in.
    pub doors: Doors,
    /// The database.
    pub store: Arc<dyn Store>,
    /// Its feed of changes.
    pub changes: Arc<dyn Changes>,
    /// The browsers' sessions.
    pub sessions: Sessions,
    /// Open event streams.
    pub streams: Streams,
    /// The addresses the portal goes by.
    pub addresses: Arc<Addresses>,
    /// Whose word is taken for where a request came from.
    pub trusted_proxies: TrustedProxies,
    /// What pages need.
    pub pages: PageContext,
    /// Cancelled when the server stops.
    pub stopping: CancellationToken,
    callers: SignInService,
}

/// What the portal stands on.
pub struct Ports {
    /// The database.
    pub store: Arc<dyn Store>,
    /// Its feed of changes.
    pub changes: Arc<dyn Changes>,
    /// The browsers' sessions.
    pub sessions: Sessions,
    /// The host clusters.
    pub hosts: Arc<dyn HostClusters>,
    /// The SkyPilot API server; `None`: there are no nodes.
    pub machinery: Option<Machinery>,
    /// The vault of cloud credentials.
    pub credentials: Arc<dyn Credentials>,
}

impl Portal {
    /// Puts it together. `addresses` are those it goes by, `assets` the site's files.
    ///
    /// # Errors
    /// If a provider's client or the API document cannot be made.
    pub fn new(
        settings: &Settings,
        addresses: Addresses,
        assets: Assets,
        ports: Ports,
    ) -> anyhow::Result<Self> {
        let Ports {
            store,
            changes,
            sessions,
            hosts,
            machinery,
            credentials,
        } = ports;
        let clusters: Arc<dyn Clusters> = Arc::new(ClusterService::new(
            store.clone(),
            hosts.clone(),
            settings.plans.clone(),
        ));
        let nodes: Arc<dyn Nodes> = Arc::new(NodeService::new(store.clone(), machinery));
        let account: Arc<dyn Account> = Arc::new(AccountService::new(store.clone()));
        let audit: Arc<dyn AuditLog> = Arc::new(AuditLogService::new(store.clone()));
        let people: Arc<dyn People> =
            Arc::new(PeopleService::new(store.clone(), rule_providers(settings)));
        let tenancy: Arc<dyn Tenancy> = Arc::new(TenancyService::new(store.clone()));
        let user_pools: Arc<dyn UserPools> = Arc::new(UserPoolService::new(
            store.clone(),
            crate::user_pools::pools(settings)?,
        ));
        let platform: Arc<dyn Platform> = Arc::new(PlatformService::new(
            store.clone(),
            hosts,
            settings.plans.clone(),
        ));
        let doors = doors(settings, &store)?;
        let pages = PageContext {
            assets: Arc::new(assets),
            clusters: clusters.clone(),
            nodes: nodes.clone(),
            account: account.clone(),
            audit: audit.clone(),
            people: people.clone(),
            tenancy: tenancy.clone(),
            user_pools: user_pools.clone(),
            platform: platform.clone(),
            credentials: credentials.clone(),
            sandbox: settings.sandbox,
            providers: doors
                .values()
                .map(|door| SignInProvider {
                    slug: door.provider.settings().slug.clone(),
                    title: door.provider.settings().title.clone(),
                })
                .collect(),
            public_url: addresses.main().into(),
            api_document: Arc::new(
                serde_json::to_value(rest::document()).context("the API document")?,
            ),
        };
        Ok(Self {
            clusters,
            nodes,
            account,
            audit,
            people,
            tenancy,
            user_pools,
            platform,
            credentials,
            doors,
            callers: SignInService::new(store.clone(), ClaimRules::default()),
            store,
            changes,
            sessions,
            streams: Streams::new(settings.limits.event_streams),
            addresses: Arc::new(addresses),
            trusted_proxies: settings.trusted_proxies.clone(),
            pages,
            stopping: CancellationToken::new(),
        })
    }

    /// Whom a session stands for now.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn session_caller(
        &self,
        user: UserId,
        source: Option<String>,
    ) -> Result<Option<Caller>, Problem> {
        self.callers.session_caller(user, source).await
    }

    /// Whom an API token stands for now.
    ///
    /// # Errors
    /// Internal if the database fails.
    pub async fn token_caller(
        &self,
        secret: &str,
        source: Option<String>,
    ) -> Result<Option<Caller>, Problem> {
        self.callers.token_caller(secret, source).await
    }
}

/// The providers with their rules, for trying them.
fn rule_providers(settings: &Settings) -> Vec<RuleProvider> {
    let sign_in = &settings.sign_in;
    sign_in
        .providers
        .iter()
        .map(|provider| RuleProvider {
            slug: provider.slug.clone(),
            title: provider.title.clone(),
            rules: sign_in.rules_for(&provider.slug),
        })
        .collect()
}

fn doors(settings: &Settings, store: &Arc<dyn Store>) -> anyhow::Result<Doors> {
    let sign_in = &settings.sign_in;
    sign_in
        .providers
        .iter()
        .map(|provider| {
            let door = Door {
                service: SignInService::new(store.clone(), sign_in.rules_for(&provider.slug)),
                provider: Provider::new(provider.clone())?,
            };
            Ok((provider.slug.clone(), Arc::new(door)))
        })
        .collect()
}
