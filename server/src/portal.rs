//! The state that requests share: the core, the database, sessions, and limits.

use crate::{
    config::{Settings, TrustedProxies},
    http::{
        health::Readiness,
        layers::host::Addresses,
        rest,
        session::Sessions,
        sign_in::{Provider, SignInMethod, SignInMethods},
        stream_limit::Streams,
        wrong_tokens::WrongTokens,
    },
};
use anyhow::Context as _;
use app::site::{Assets, SignInProvider, Site};
use domain::{caller::Caller, ids::UserId, problem::Problem};
use persistence::Database;
use provisioning::{Core, claim_rules::ClaimRules, sign_in::SignInService, users::RuleProvider};
use secrets::{Keyring, TextSealer};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

pub struct Portal {
    pub core: Arc<Core>,
    pub sign_in_methods: SignInMethods,
    pub database: Database,
    pub sessions: Sessions,
    pub streams: Streams,
    /// The URLs at which the portal is reached.
    pub addresses: Arc<Addresses>,
    /// Proxies whose `X-Forwarded-For` is trusted.
    pub trusted_proxies: TrustedProxies,
    pub site: Site,
    /// Whether the database takes writes.
    pub readiness: Readiness,
    /// Seals what browsers keep.
    pub cookie_sealer: TextSealer,
    pub wrong_tokens: WrongTokens,
    /// Cancelled when the server stops.
    pub stopping: CancellationToken,
    callers: SignInService,
}

impl Portal {
    /// `assets` are the site's files. Fails if a provider's client or the API document cannot be created.
    pub fn new(
        settings: &Settings,
        addresses: Addresses,
        assets: Assets,
        core: Arc<Core>,
        database: &Database,
        keyring: &Keyring,
    ) -> anyhow::Result<Self> {
        let sign_in_methods = sign_in_methods(settings, database)?;
        let site = Site {
            assets: Arc::new(assets),
            core: core.clone(),
            sandbox: settings.sandbox,
            providers: sign_in_methods
                .values()
                .map(|method| SignInProvider {
                    slug: method.provider.settings().slug.clone(),
                    title: method.provider.settings().title.clone(),
                })
                .collect(),
            public_url: addresses.main().into(),
            api_document: Arc::new(
                serde_json::to_value(rest::document()).context("cannot create the API document")?,
            ),
        };
        Ok(Self {
            core,
            sign_in_methods,
            wrong_tokens: WrongTokens::default(),
            callers: SignInService::new(database.clone(), ClaimRules::default()),
            database: database.clone(),
            sessions: Sessions(Arc::new(database.sessions())),
            streams: Streams::new(settings.limits.event_streams),
            addresses: Arc::new(addresses),
            trusted_proxies: settings.trusted_proxies.clone(),
            site,
            readiness: Readiness::default(),
            cookie_sealer: TextSealer::new(keyring, "hangar cookie"),
            stopping: CancellationToken::new(),
        })
    }

    /// The current caller of a session; `None` if the user no longer has access.
    pub async fn session_caller(
        &self,
        user: UserId,
        source: Option<String>,
    ) -> Result<Option<Caller>, Problem> {
        self.callers.session_caller(user, source).await
    }

    /// The current caller of an API token; `None` if the token or its owner has no access.
    pub async fn token_caller(
        &self,
        secret: &str,
        source: Option<String>,
    ) -> Result<Option<Caller>, Problem> {
        self.callers.token_caller(secret, source).await
    }
}

/// The providers with their rules, for the page that tests rules.
pub fn rule_providers(settings: &Settings) -> Vec<RuleProvider> {
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

fn sign_in_methods(settings: &Settings, database: &Database) -> anyhow::Result<SignInMethods> {
    let sign_in = &settings.sign_in;
    sign_in
        .providers
        .iter()
        .map(|provider| {
            let method = SignInMethod {
                service: SignInService::new(database.clone(), sign_in.rules_for(&provider.slug)),
                provider: Provider::new(provider.clone())?,
            };
            Ok((provider.slug.clone(), Arc::new(method)))
        })
        .collect()
}
