//! Whether a caller gets at a cloud. Nobody needs real credentials here; but whoever says where AWS credentials are to be
//! had has to mean it: the sandbox fetches them as AWS's libraries do, and without an answer the cloud is out of reach.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::clouds::Cloud;
use super::clusters::{Cluster, Machine};
use super::credentials::{AwsCredentials, CredentialsHandle};
use super::exception::Exception;
use super::http::Context;
use super::server::Server;
use super::task::Task;
use super::users::hex;

const URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const ACCOUNT: &str = "000000000000";

/// Whom AWS takes one for, by user and account. `None`: nobody said where credentials are to be had, so they are the
/// server's own, whoever that is.
pub type AwsUser = Option<[String; 2]>;

impl Server {
    fn aws_user(
        &self,
        credentials: &AwsCredentials,
        workspace: &str,
    ) -> Result<[String; 2], String> {
        credentials.check()?;
        let AwsCredentials {
            access_key_id,
            token,
            ..
        } = credentials;
        if !self.aws.gave(token) {
            // Those of another STS, which the clouds here do not know.
            let role = hex(&Sha256::digest(workspace.as_bytes())[..8]).to_uppercase();
            return Ok([format!("AROA{role}:{workspace}"), ACCOUNT.to_owned()]);
        }
        match self.aws.identity(access_key_id, Some(token)) {
            Ok(identity) => Ok([identity.user_id, identity.account]),
            Err(refusal) => Err(format!(
                "[botocore.exceptions.ClientError] An error occurred ({}) when calling the GetCallerIdentity operation: {}",
                refusal.code, refusal.message
            )),
        }
    }
}

impl Context {
    /// Whom AWS takes this call for in a workspace. The error says why it has no credentials. They are fetched once for
    /// each call, which is a process of its own in the real server.
    async fn aws_user(&self, workspace: &str) -> Result<AwsUser, String> {
        let mut known = self.aws_users.lock().await;
        if let Some(known) = known.get(workspace) {
            return known.clone();
        }
        let found = self.aws_user_of_caller(workspace).await;
        known.insert(workspace.to_owned(), found.clone());
        found
    }

    async fn aws_user_of_caller(&self, workspace: &str) -> Result<AwsUser, String> {
        let Some(uri) = self.env_vars.get(URI).cloned() else {
            return Ok(None);
        };
        let token = self.env_vars.get(TOKEN).cloned().unwrap_or_default();
        // The portal has no credential of the tenant's: the sandbox's own are used, so that there is something to try.
        match (CredentialsHandle { uri, token }).fetch().await? {
            Some(credentials) => self.server.aws_user(&credentials, workspace).map(Some),
            None => Ok(None),
        }
    }

    /// Whose account in a cloud this call would use, if it has credentials for it.
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
            let cluster = state
                .clusters
                .get_mut(name)
                .ok_or_else(|| Exception::no_cluster(name))?;
            Ok(change(cluster, &mut state.machines))
        })
    }

    /// Looks anew which clouds a workspace has, keeps it, and answers it. `clouds` are those to look at; the others stay.
    pub async fn check_clouds(&self, workspace: &str, clouds: Option<&[Cloud]>) -> BTreeSet<Cloud> {
        let asked = |cloud: Cloud| clouds.is_none_or(|clouds| clouds.contains(&cloud));
        let aws = !asked(Cloud::Aws) || self.gets_at_aws(workspace).await;
        self.server.store.change(|state| {
            let before = state.enabled_clouds(workspace);
            let found: BTreeSet<Cloud> = Cloud::ALL
                .into_iter()
                .filter(|cloud| !state.is_disabled(workspace, *cloud))
                .filter(|cloud| match asked(*cloud) {
                    true => *cloud != Cloud::Aws || aws,
                    false => before.contains(cloud),
                })
                .collect();
            state
                .enabled_clouds
                .insert(workspace.to_owned(), found.clone());
            found.into_iter().filter(|cloud| asked(*cloud)).collect()
        })
    }

    /// The clouds where a task may be launched. Where AWS comes into question, it is looked at anew.
    pub async fn usable_clouds(&self, task: &Task) -> BTreeSet<Cloud> {
        let enabled = |context: &Self| {
            let store = &context.server.store;
            store.read(|state| state.enabled_clouds(&context.workspace))
        };
        let before = enabled(self);
        let may_be_aws = task.resources.iter().any(|wanted| {
            wanted.infra.cloud == Some(Cloud::Aws)
                || wanted.infra.cloud.is_none() && before.contains(&Cloud::Aws)
        });
        if may_be_aws {
            self.check_clouds(&self.workspace, Some(&[Cloud::Aws]))
                .await;
        }
        enabled(self)
    }

    pub async fn check_cloud_access(&self, name: &str) -> Result<(), Exception> {
        let known = self.server.store.read(|state| {
            let cluster = state.clusters.get(name)?;
            let needs_credentials = cluster.owner.is_some();
            Some((cluster.workspace.clone(), needs_credentials))
        });
        let Some((workspace, needs_credentials)) = known else {
            return Err(Exception::no_cluster(name));
        };
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

    /// Whether AWS credentials are to be had where it is said; where nothing is said, there is nothing to fail.
    async fn gets_at_aws(&self, workspace: &str) -> bool {
        match self.aws_user(workspace).await {
            Ok(_) => true,
            Err(why) => {
                self.say(&format!("  AWS: disabled\n    Reason [compute]: {why}"));
                false
            }
        }
    }
}
