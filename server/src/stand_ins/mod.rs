//! The sandbox in the place of an identity provider, a host cluster, a SkyPilot API server and AWS. From the
//! configuration's side they are like any other.

mod aws_profiles;
mod ports;

use crate::config::{
    BrokerSettings, CloudCredentials, ProviderSettings, SANDBOX, Secret, Settings, SkyPilotSettings,
};
use anyhow::{Context as _, Result};
use aws_profiles::BrokeredProfiles;
use domain::exposure::ExposureKind;
use kubernetes::{HostAccess, HostConfig};
use persistence::Database;
use ports::Ports;
use provisioning::broker::BrokerService;
use sandbox::{Faults, Sandbox, SandboxOptions, identity::Person};
use std::{io::ErrorKind, sync::Arc};

/// The port of clusters behind the sandbox's load balancers: below 1024 only root may listen.
const API_PORT: u16 = 6443;
/// Names below it lead to this machine.
const INGRESS_DOMAIN: &str = "clusters.localhost";

/// The running sandbox.
pub struct StandIns(Sandbox);

impl StandIns {
    /// Starts the sandbox, if there is to be one, and adds it to the settings.
    ///
    /// # Errors
    /// If it cannot be started.
    pub async fn start(settings: &mut Settings) -> Result<Option<Self>> {
        if !settings.sandbox {
            return Ok(None);
        }
        let folder = settings.data_dir.join("sandbox");
        let options = SandboxOptions {
            data_dir: Some(folder.clone()),
            pace: settings.sandbox_pace,
            ..SandboxOptions::default()
        };
        let ports = Ports::remembered(&folder);
        let started = match Sandbox::start(ports.applied_to(&options)).await {
            // Somebody else took a port meanwhile.
            Err(error) if is_taken(&error) => Sandbox::start(options).await,
            started => started,
        };
        let sandbox = started.context("the sandbox cannot be started")?;
        Ports::of(&sandbox)?.remember(&folder)?;
        settings.sign_in.providers.push(provider(&sandbox)?);
        settings.hosts.push(host(&sandbox));
        if settings.skypilot.is_none() {
            let credentials = stand_in_for_aws(settings, &sandbox)?;
            settings.skypilot = Some(skypilot(&sandbox, credentials)?);
        }
        Ok(Some(Self(sandbox)))
    }

    /// Lets the sandbox's SkyPilot API server have tenants' credentials from the broker, as `credential_process` on a real
    /// server's machine would fetch them.
    pub fn lend_credentials(&self, db: Database, broker: Arc<BrokerService>) {
        let profiles = BrokeredProfiles::new(db, broker);
        self.0.skypilot().use_aws_profiles(Arc::new(profiles));
    }

    /// Its switches, for tests.
    pub fn faults(&self) -> &Faults {
        self.0.faults()
    }

    /// The sandbox itself, for tests that look behind it.
    pub fn sandbox(&self) -> &Sandbox {
        &self.0
    }

    /// What to know about it: it is not the real thing, and who can sign in.
    pub fn notice(&self) -> String {
        let people: Vec<_> = Person::ready()
            .into_iter()
            .map(|person| format!("  {:<14} {}", person.name, person.role))
            .collect();
        format!(
            "This is the sandbox: identity provider, Kubernetes, SkyPilot and AWS are stand-ins on this machine. \
             Sign in as one of these, without a password:\n{}",
            people.join("\n")
        )
    }

    /// Stops it.
    pub async fn stop(self) {
        self.0.shutdown().await;
    }
}

fn provider(sandbox: &Sandbox) -> Result<ProviderSettings> {
    Ok(ProviderSettings {
        slug: SANDBOX.to_owned(),
        title: "the sandbox".to_owned(),
        issuer: sandbox.issuer().parse()?,
        issuer_name: sandbox.issuer().to_owned(),
        client_id: sandbox.client().id.clone(),
        client_secret: Some(Secret::from(sandbox.client().secret.clone())),
        scopes: ["openid", "email", "profile"].map(String::from).to_vec(),
        userinfo: false,
        email_domains: Vec::new(),
        cognito_domain: None,
        user_pool: None,
    })
}

fn host(sandbox: &Sandbox) -> HostConfig {
    let access = HostAccess::Kubeconfig(sandbox.host_kubeconfig().to_owned().into());
    HostConfig {
        exposures: ExposureKind::ALL.to_vec(),
        ingress_domain: Some(INGRESS_DOMAIN.to_owned()),
        ingress_port: sandbox.ingress_port(),
        // Not every resolver knows names below localhost.
        ingress_address: Some("127.0.0.1".to_owned()),
        api_port: API_PORT,
        ..HostConfig::new(SANDBOX, access)
    }
}

/// Puts the sandbox's STS in the place of AWS's, unless the configuration has an identity in AWS or names an STS: then
/// sessions are of another world than the sandbox's clouds, and its SkyPilot API server gets none of them.
fn stand_in_for_aws(settings: &mut Settings, sandbox: &Sandbox) -> Result<CloudCredentials> {
    let mut broker = settings.broker.clone().unwrap_or(BrokerSettings {
        listener: None,
        handle_url: None,
        sts_endpoint: None,
    });
    if settings.aws.is_some() || broker.sts_endpoint.is_some() {
        return Ok(CloudCredentials::None);
    }
    broker.sts_endpoint = Some(sandbox.aws_url().parse()?);
    settings.broker = Some(broker);
    Ok(CloudCredentials::Profile)
}

fn skypilot(sandbox: &Sandbox, credentials: CloudCredentials) -> Result<SkyPilotSettings> {
    Ok(SkyPilotSettings {
        url: sandbox.skypilot_url().parse()?,
        admin_token: Some(Secret::from(sandbox.skypilot_admin_token().to_owned())),
        ca_file: None,
        credentials,
        kubernetes_contexts: None,
        disabled_clouds: Vec::new(),
        catalogue_clouds: Vec::new(),
    })
}

fn is_taken(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| error.kind() == ErrorKind::AddrInUse)
}
