//! Creates and updates workspaces and their service accounts.

use super::{
    SkyPilotMachines,
    config::AwsAccess,
    errors::{machine_error, repeatable},
};
use crate::client::{Acting, CloudSettings, ErrorKind, IssuedToken, Role, Workspace as Wanted};
use provisioning::ports::machines::{Served, ServiceAccount, Workspace};
use serde::de::IgnoredAny;
use std::collections::BTreeMap;

/// Tokens never expire: the portal renews them, which revokes the previous ones immediately.
const NEVER: u32 = 0;

impl SkyPilotMachines {
    pub(super) async fn make_workspace(
        &self,
        workspace: &Workspace,
    ) -> Served<Option<ServiceAccount>> {
        let made = match &workspace.account {
            Some(_) => None,
            None => self.make_account(&workspace.name).await?,
        };
        let account = made.as_ref().or(workspace.account.as_ref());
        let wanted = Wanted {
            private: account.is_some(),
            allowed_users: account
                .iter()
                .map(|account| account.user_id.clone())
                .collect(),
            clouds: self.clouds(&workspace.name),
        };
        self.put_right(&workspace.name, &wanted).await?;
        Ok(made)
    }

    /// A service account of this name with a token that only the portal knows; `None`: the server does not support
    /// service accounts.
    async fn make_account(&self, name: &str) -> Served<Option<ServiceAccount>> {
        let health = self.sky.health(&self.admin).await.map_err(machine_error)?;
        if !health.service_account_token_enabled {
            return Ok(None);
        }
        let acting = Acting::by(&self.admin);
        let known = self
            .sky
            .service_accounts(acting)
            .await
            .map_err(machine_error)?;
        let issued = match known.into_iter().find(|token| token.token_name == name) {
            Some(known) => {
                let renewed = self
                    .sky
                    .rotate_service_account(acting, &known.token_id, NEVER);
                let renewed = renewed.await.map_err(repeatable)?;
                if known.service_account_roles != [Role::User] {
                    self.sky
                        .set_service_account_role(acting, &renewed.token_id, Role::User)
                        .await
                        .map_err(machine_error)?;
                }
                renewed
            }
            // If the response is lost, the next pass finds the account and renews its token.
            None => self
                .sky
                .create_service_account(acting, name, Role::User, NEVER)
                .await
                .map_err(repeatable)?,
        };
        Ok(Some(account(issued)))
    }

    async fn put_right(&self, name: &str, wanted: &Wanted) -> Served<()> {
        let acting = Acting::by(&self.admin);
        let there = self.sky.workspaces(acting).await.map_err(machine_error)?;
        let request = match there.get(name) {
            Some(there) if there == wanted => return Ok(()),
            Some(_) => self.sky.submit_update_workspace(acting, name, wanted).await,
            None => self.sky.submit_create_workspace(acting, name, wanted).await,
        };
        let request = request.map_err(repeatable)?;
        let limit = self.config.timeouts.result;
        let made = self.sky.result::<IgnoredAny>(&self.admin, &request, limit);
        match made.await {
            // Another replica was faster; the next observation compares again.
            Err(error) if error.kind == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(repeatable(error)),
            Ok(_) => Ok(()),
        }
    }

    /// The cloud settings of a workspace.
    fn clouds(&self, name: &str) -> BTreeMap<String, CloudSettings> {
        let mut clouds = BTreeMap::new();
        if matches!(self.config.aws, AwsAccess::Profiles) {
            let settings = CloudSettings {
                profile: Some(name.to_owned()),
                ..CloudSettings::default()
            };
            clouds.insert("aws".to_owned(), settings);
        }
        if let Some(contexts) = &self.config.kubernetes_contexts {
            let settings = CloudSettings {
                allowed_contexts: Some(contexts.clone()),
                ..CloudSettings::default()
            };
            clouds.insert("kubernetes".to_owned(), settings);
        }
        for cloud in &self.config.disabled_clouds {
            let settings = CloudSettings {
                disabled: true,
                ..CloudSettings::default()
            };
            clouds.insert(cloud.clone(), settings);
        }
        clouds
    }
}

fn account(issued: IssuedToken) -> ServiceAccount {
    ServiceAccount {
        user_id: issued.service_account_user_id,
        token_id: issued.token_id,
        token: issued.token,
    }
}
