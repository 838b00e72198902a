//! What nodes need, made of the configuration: the SkyPilot API server, and the sealer of the tokens that the portal
//! has there.

use crate::config::{CloudCredentials, SkyPilotSettings};
use anyhow::{Context as _, Result, bail};
use provisioning::{
    nodes::SkyPilotBackend,
    ports::{cloud_credentials::CredentialHandles, sealing::Sealer},
};
use skypilot::{AwsAccess, SkyPilotConfig, SkyPilotMachines};
use std::sync::Arc;

/// The SkyPilot API server of the configuration. Nothing is asked of it yet.
///
/// # Errors
/// If its address or certificates cannot be used.
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
    SkyPilotMachines::new(config).context("the SkyPilot API server cannot be used")
}

/// The server with what belongs to it.
///
/// # Errors
/// As [`machines`]; and if it is to be given handles and there are none.
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
            bail!("[skypilot] has credentials = \"handle\", which needs handle_url under [broker]")
        }
    };
    Ok(SkyPilotBackend::new(
        Arc::new(machines(settings, aws)?),
        sealer,
    ))
}
