//! What `credential_process` does on a real SkyPilot API server's machine, without a process: the broker is asked for a
//! workspace's credentials. A tenant that has none of its own goes on with the sandbox's, so that there is something to see
//! before anything is stored.

use domain::{credential::Provider, problem::Problem};
use futures::{FutureExt as _, future::BoxFuture};
use persistence::Database;
use provisioning::broker::{Asker, AskerChannel, BrokerService, Reach};
use sandbox::skypilot::{AwsCredentials, AwsProfiles};
use secrecy::ExposeSecret as _;
use std::sync::Arc;

/// Profiles, named as workspaces are.
pub(super) struct BrokeredProfiles {
    db: Database,
    broker: Arc<BrokerService>,
    asker: Asker,
}

impl BrokeredProfiles {
    /// Those of the portal's workspaces.
    pub(super) fn new(db: Database, broker: Arc<BrokerService>) -> Self {
        let asker = Asker {
            name: "API server sandbox".to_owned(),
            channel: AskerChannel::Certificate,
            source: None,
            reach: Reach::Everything,
        };
        Self { db, broker, asker }
    }

    async fn fetch(&self, workspace: &str) -> Result<Option<AwsCredentials>, Problem> {
        if !self.has_credential(workspace).await? {
            return Ok(None);
        }
        let session = self.broker.aws(&self.asker, workspace).await?;
        Ok(Some(AwsCredentials {
            access_key_id: session.access_key_id,
            secret_access_key: session.secret_access_key.expose_secret().to_owned(),
            token: session.session_token.expose_secret().to_owned(),
            expiration: session.expires_at,
        }))
    }

    async fn has_credential(&self, workspace: &str) -> Result<bool, Problem> {
        let Some(workspace) = self.db.workspaces().by_name(workspace).await? else {
            return Ok(false);
        };
        let (tenant, environment) = (workspace.tenant.id, workspace.environment.id);
        let chosen = self
            .db
            .credentials()
            .chosen(tenant, environment, Provider::Aws)
            .await?;
        Ok(chosen.is_some())
    }
}

impl AwsProfiles for BrokeredProfiles {
    fn credentials<'a>(
        &'a self,
        profile: &'a str,
    ) -> BoxFuture<'a, Result<Option<AwsCredentials>, String>> {
        let said = |problem: Problem| match problem.next_step {
            Some(next) => format!("{} {next}", problem.detail),
            None => problem.detail,
        };
        async move { self.fetch(profile).await.map_err(said) }.boxed()
    }
}
