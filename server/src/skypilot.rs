//! Wires the SkyPilot backend: the API server, and the encryption of the portal's tokens for it.

use crate::config::{CloudCredentials, SkyPilotSettings};
use anyhow::{Context as _, Result, bail};
use provisioning::{
    nodes::SkyPilotBackend,
    ports::{cloud_credentials::CredentialHandles, sealing::Sealer},
};
use skypilot::{AwsAccess, SkyPilotConfig, SkyPilotMachines};
use std::sync::Arc;

/// The SkyPilot API server of the configuration, without sending any request.
pub fn machines(settings: &SkyPilotSettings, aws: AwsAccess) -> Result<SkyPilotMachines> {
    let admin_token = settings
        .admin_token
        .as_ref()
        .map(|token| token.expose().into());
    let config = SkyPilotConfig {
        ca_file: settings.ca_file.clone(),
        aws,
        kubernetes_contexts: settings.kubernetes_contexts.clone(),
        disabled_clouds: settings.disabled_clouds.clone(),
        catalogue_clouds: settings.catalogue_clouds.clone(),
        ..SkyPilotConfig::new(settings.url.clone(), admin_token)
    };
    SkyPilotMachines::new(config).context("cannot use the SkyPilot API server")
}

/// The server with its sealer. Fails if the configuration requires handles and the broker issues none.
pub fn backend(
    settings: &SkyPilotSettings,
    handles: Option<Arc<dyn CredentialHandles>>,
    sealer: Arc<dyn Sealer>,
) -> Result<SkyPilotBackend> {
    let aws = match (settings.credentials, handles) {
        (CloudCredentials::Profile, _) => AwsAccess::Profiles,
        (CloudCredentials::None, _) => AwsAccess::OfTheServer,
        (CloudCredentials::Handle, Some(handles)) => AwsAccess::Handles(handles),
        (CloudCredentials::Handle, None) => {
            bail!("credentials = \"handle\" under [skypilot] needs handle_url under [broker]")
        }
    };
    Ok(SkyPilotBackend::new(
        Arc::new(machines(settings, aws)?),
        sealer,
    ))
}
