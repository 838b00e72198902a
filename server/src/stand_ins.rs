//! The sandbox in the place of an identity provider and a host cluster. From the configuration's side it is a provider
//! and a host like any other.

use crate::config::{ProviderSettings, SANDBOX, Secret, Settings};
use anyhow::{Context as _, Result};
use sandbox::{
    data_directory::DataDirectory,
    faults::Faults,
    identity::{IdentityOptions, IdentityProvider, Person},
};

/// The running sandbox.
pub struct StandIns {
    /// Its switches, for tests.
    pub faults: Faults,
    provider: IdentityProvider,
}

impl StandIns {
    /// Starts the sandbox, if there is to be one, and adds it to the settings.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn start(settings: &mut Settings) -> Result<Option<Self>> {
        if !settings.sandbox {
            return Ok(None);
        }
        let data = DataDirectory::open(settings.data_dir.join("sandbox"))?;
        let faults = Faults::default();
        let provider = IdentityProvider::start(IdentityOptions::default(), &data, faults.clone())
            .await
            .context("the sandbox cannot be started")?;
        settings
            .sign_in
            .providers
            .push(provider_settings(&provider)?);
        Ok(Some(Self { faults, provider }))
    }

    /// What to know about it: it is not the real thing, and who can sign in.
    pub fn notice(&self) -> String {
        let people: Vec<_> = Person::ready()
            .into_iter()
            .map(|person| format!("  {:<14} {}", person.name, person.role))
            .collect();
        format!(
            "This is the sandbox: identity provider and Kubernetes are stand-ins on this machine. \
             Sign in as one of these, without a password:\n{}",
            people.join("\n")
        )
    }

    /// Stops it.
    pub async fn stop(self) {
        self.provider.shutdown().await;
    }
}

fn provider_settings(provider: &IdentityProvider) -> Result<ProviderSettings> {
    Ok(ProviderSettings {
        slug: SANDBOX.to_owned(),
        title: "the sandbox".to_owned(),
        issuer: provider.issuer().parse()?,
        issuer_name: provider.issuer().to_owned(),
        client_id: provider.client().id.clone(),
        client_secret: Some(Secret::from(provider.client().secret.clone())),
        scopes: ["openid", "email", "profile"].map(String::from).to_vec(),
        userinfo: false,
        email_domains: Vec::new(),
        cognito_domain: None,
        // The address that the sandbox's client is registered with.
        callback_base: "/auth",
    })
}
