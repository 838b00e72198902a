//! Whether a caller has access to a cloud. The sandbox needs no real credentials, but a call that names an endpoint for AWS
//! credentials must get them there, as AWS's libraries do; without them AWS is out of reach.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::clouds::Cloud;
use super::clusters::{Cluster, Machine};
use super::credentials::{self, AwsCredentials};
use super::exception::Exception;
use super::http::Context;
use super::server::Server;
use super::task::Task;
use super::users::hex;

const URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const ACCOUNT: &str = "000000000000";

/// The AWS user and account of a call. `None`: the call names no endpoint, so the server's own account is used.
pub type AwsUser = Option<[String; 2]>;

impl Server {
    fn aws_user(
        &self,
        credentials: &AwsCredentials,
        workspace: &str,
    ) -> Result<[String; 2], String> {
        credentials.check()?;
        let token = &credentials.token;
        if !self.aws.issued(token) {
            // Another STS issued them, moto for example; the clouds of the sandbox do not know it.
            let role = hex(&Sha256::digest(workspace.as_bytes())[..8]).to_uppercase();
            return Ok([format!("AROA{role}:{workspace}"), ACCOUNT.to_owned()]);
        }
        match self.aws.identity(&credentials.access_key_id, Some(token)) {
            Ok(identity) => Ok([identity.user_id, identity.account]),
            Err(refusal) => Err(format!(
                "[botocore.exceptions.ClientError] An error occurred ({}) when calling the GetCallerIdentity operation: {}",
                refusal.code, refusal.message
            )),
        }
    }
}

impl Context {
    /// The AWS user of this call in a workspace. The error says why it has no credentials. They are fetched once for each
    /// call, as in the real server, where each call is a process.
    async fn aws_user(&self, workspace: &str) -> Result<AwsUser, String> {
        let mut users = self.aws_users.lock().await;
        if let Some(user) = users.get(workspace) {
            return user.clone();
        }
        let user = self.fetch_aws_user(workspace).await;
        users.insert(workspace.to_owned(), user.clone());
        user
    }

    async fn fetch_aws_user(&self, workspace: &str) -> Result<AwsUser, String> {
        let Some(uri) = self.env_vars.get(URI) else {
            return Ok(None);
        };
        let token = self.env_vars.get(TOKEN).map_or("", String::as_str);
        // A tenant without a stored credential uses the server's own account, so that launches can be tried.
        match credentials::fetch(uri, token).await? {
            Some(credentials) => self.server.aws_user(&credentials, workspace).map(Some),
            None => Ok(None),
        }
    }

    /// The account in a cloud that this call uses, if it has credentials for the cloud.
    pub async fn cloud_identity(&self, cloud: Cloud) -> Option<Vec<String>> {
        if cloud != Cloud::Aws {
            return None;
        }
        let user = self.aws_user(&self.workspace).await.ok()??;
        Some(user.into())
    }

    pub fn change<T>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Cluster, &mut BTreeMap<String, Machine>) -> T,
    ) -> Result<T, Exception> {
        self.server.store.change(|state| {
            let cluster = state.clusters.get_mut(name);
            let cluster = cluster.ok_or_else(|| Exception::no_cluster(name))?;
            Ok(change(cluster, &mut state.machines))
        })
    }

    /// Checks which of these clouds (`None`: all) a workspace has, and stores and returns them.
    pub async fn check_clouds(&self, workspace: &str, clouds: Option<&[Cloud]>) -> BTreeSet<Cloud> {
        let checked = |cloud: Cloud| clouds.is_none_or(|clouds| clouds.contains(&cloud));
        let has_aws = !checked(Cloud::Aws)
            || match self.aws_user(workspace).await {
                Ok(_) => true,
                Err(why) => {
                    self.say(&format!("  AWS: disabled\n    Reason [compute]: {why}"));
                    false
                }
            };
        self.server.store.change(|state| {
            let before = state.enabled_clouds(workspace);
            let enabled: BTreeSet<Cloud> = Cloud::ALL
                .into_iter()
                .filter(|cloud| !state.is_disabled(workspace, *cloud))
                .filter(|cloud| match checked(*cloud) {
                    true => *cloud != Cloud::Aws || has_aws,
                    false => before.contains(cloud),
                })
                .collect();
            let found = enabled.iter().copied().filter(|cloud| checked(*cloud));
            let found = found.collect();
            state.enabled_clouds.insert(workspace.to_owned(), enabled);
            found
        })
    }

    /// The clouds where a task can be launched. AWS is checked again if the task may run there.
    pub async fn usable_clouds(&self, task: &Task) -> BTreeSet<Cloud> {
        let enabled = || {
            let store = &self.server.store;
            store.read(|state| state.enabled_clouds(&self.workspace))
        };
        let has_aws = enabled().contains(&Cloud::Aws);
        let may_be_aws = task.resources.iter().any(|wanted| match wanted.cloud {
            Some(cloud) => cloud == Cloud::Aws,
            None => has_aws,
        });
        if may_be_aws {
            self.check_clouds(&self.workspace, Some(&[Cloud::Aws]))
                .await;
        }
        enabled()
    }

    pub async fn check_cloud_access(&self, name: &str) -> Result<(), Exception> {
        let (workspace, needs_credentials) = self.change(name, |cluster, _| {
            (cluster.workspace.clone(), cluster.owner.is_some())
        })?;
        if !needs_credentials {
            return Ok(());
        }
        let why = match self.aws_user(&workspace).await {
            Ok(Some(_)) => return Ok(()),
            Ok(None) => {
                "[botocore.exceptions.NoCredentialsError] Unable to locate credentials.".to_owned()
            }
            Err(why) => why,
        };
        Err(Exception::new(
            "CloudUserIdentityError",
            format!(
                "AWS credentials are not set. Run the following commands:\n      $ aws configure\n      $ aws configure list  \
                 # Ensure that this shows identity is set.\n    For more info: \
                 https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-quickstart.html\n    Details: `aws sts \
                 get-caller-identity` failed with error: {why}"
            ),
        ))
    }
}
