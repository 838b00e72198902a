//! Implements [`provisioning::ports::machines::Machines`] with a SkyPilot API server.
//!
//! The adapter stores nothing but connections: the server is the only source of state.

mod catalogue;
mod config;
mod errors;
mod freshness;
mod launches;
mod logs;
mod look;
mod observe;
mod port;
mod workspaces;

pub use config::{AwsAccess, SkyPilotConfig};

use crate::client::{self, Acting, ConfigError, Identity, SkyPilot, Variables};
use errors::repeatable;
use provisioning::ports::machines::{Served, Workspace};
use serde::de::IgnoredAny;
use uuid::Uuid;

/// Machines on one SkyPilot API server.
#[derive(Debug)]
pub struct SkyPilotMachines {
    sky: SkyPilot,
    admin: Identity,
    config: SkyPilotConfig,
}

/// The identity and variables for a workspace.
struct Within<'a> {
    name: &'a str,
    identity: Identity,
    variables: Variables,
}

impl Within<'_> {
    fn acting(&self) -> Acting<'_> {
        Acting::by(&self.identity)
            .within(self.name)
            .with_variables(&self.variables)
    }
}

impl SkyPilotMachines {
    /// Creates the adapter without sending any request.
    pub fn new(config: SkyPilotConfig) -> Result<Self, ConfigError> {
        let sky = SkyPilot::new(config.client())?;
        if config.admin_token.is_some() && !sky.is_private() {
            return Err(ConfigError::TokenInClear(sky.url().clone()));
        }
        let admin = match &config.admin_token {
            Some(token) => Identity::Bearer(token.clone()),
            None => named("hangar", 0),
        };
        Ok(Self { sky, admin, config })
    }

    fn within<'a>(&self, workspace: &'a Workspace) -> Within<'a> {
        Within {
            name: &workspace.name,
            identity: match &workspace.account {
                Some(account) => Identity::Bearer(account.token.clone()),
                None => named(&workspace.name, Uuid::from(workspace.id).as_u128()),
            },
            variables: self.config.aws.variables(&workspace.name),
        }
    }

    /// Waits for a request with an empty result.
    async fn done(&self, identity: &Identity, request: &client::RequestId) -> Served<()> {
        let limit = self.config.timeouts.result;
        let done = self.sky.result::<IgnoredAny>(identity, request, limit);
        done.await.map(|_| ()).map_err(repeatable)
    }
}

/// A user on a server without authentication. SkyPilot identifies users by eight hexadecimal digits.
fn named(name: &str, number: u128) -> Identity {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the random end of the id is enough"
    )]
    let user_id = format!("{:08x}", number as u32);
    Identity::Named {
        user_id,
        user_name: name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    #[test]
    fn no_token_is_sent_where_others_can_read_it() {
        let config = |url: &str| {
            SkyPilotConfig::new(url.parse().unwrap(), Some(SecretString::from("sky_x")))
        };
        let refused = SkyPilotMachines::new(config("http://skypilot.example.com")).unwrap_err();
        assert!(matches!(refused, ConfigError::TokenInClear(_)));
        SkyPilotMachines::new(config("https://skypilot.example.com")).unwrap();
        SkyPilotMachines::new(config("http://127.0.0.1:46580")).unwrap();
    }
}
