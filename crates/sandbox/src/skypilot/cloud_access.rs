//! Whether a caller gets at a cloud. Nobody needs real credentials here; but whoever says where AWS credentials are to be
//! had has to mean it: the sandbox fetches them as AWS's libraries do, and without an answer the cloud is out of reach.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::LazyLock;
use std::time::Duration;

use reqwest::redirect::Policy;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::clouds::Cloud;
use super::clusters::{Cluster, Machine};
use super::exception::Exception;
use super::http::Context;
use super::server::Server;
use super::store::State;
use super::task::Task;
use super::users::hex;

const URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const PATIENCE: Duration = Duration::from_secs(5);
/// An account of nobody's.
const ACCOUNT: &str = "000000000000";

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap_or_default()
});

/// Where credentials are to be had, as containers in AWS are told: by GET, with the token in the `Authorization` header.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialsHandle {
    /// Where to ask.
    pub uri: String,
    /// What to show there.
    pub token: String,
}

impl fmt::Debug for CredentialsHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsHandle")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

/// What is to be had there.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    access_key_id: String,
    secret_access_key: String,
    token: String,
    expiration: String,
}

/// Asks for credentials; the error says why there are none.
async fn fetch(handle: &CredentialsHandle) -> Result<(), String> {
    let answer = HTTP
        .get(&handle.uri)
        .header("Authorization", &handle.token)
        .send()
        .await
        .map_err(|error| error.without_url().to_string())?;
    let status = answer.status();
    if !status.is_success() {
        return Err(format!(
            "[botocore.exceptions.CredentialRetrievalError] Error when retrieving credentials from container-role: Received \
             non 200 response {} from container metadata",
            status.as_u16()
        ));
    }
    let credentials: Credentials = answer
        .json()
        .await
        .map_err(|_| "Unable to parse JSON returned from container metadata services".to_owned())?;
    let Credentials {
        access_key_id,
        secret_access_key,
        token,
        expiration,
    } = credentials;
    if [access_key_id, secret_access_key, token]
        .iter()
        .any(String::is_empty)
    {
        return Err("Partial credentials found in container-role".to_owned());
    }
    match expiration.parse::<jiff::Timestamp>() {
        Ok(expiration) if expiration > jiff::Timestamp::now() => Ok(()),
        _ => Err(
            "Credentials were refreshed, but the refreshed credentials are still expired."
                .to_owned(),
        ),
    }
}

impl Server {
    /// Whether the server itself cannot see a cluster's machine: it was launched with credentials that came with the
    /// request and went with it.
    pub fn is_blind(&self, state: &State, cluster: &str) -> bool {
        state.clusters.get(cluster).is_some_and(|cluster| {
            cluster.owner.is_some()
                && self
                    .handle_of_workspace(state, &cluster.workspace)
                    .is_none()
        })
    }

    fn handle_of_workspace(&self, state: &State, workspace: &str) -> Option<CredentialsHandle> {
        let config = state.workspace(workspace)?;
        self.aws_profile(config.get("aws")?.get("profile")?.as_str()?)
    }
}

impl Context {
    /// Where credentials for a workspace are to be had: its profile goes before what the caller sends.
    fn handle(&self, workspace: &str) -> Option<CredentialsHandle> {
        let server = &self.server;
        let of_workspace = server
            .store
            .read(|state| server.handle_of_workspace(state, workspace));
        of_workspace.or_else(|| {
            Some(CredentialsHandle {
                uri: self.env_vars.get(URI)?.clone(),
                token: self.env_vars.get(TOKEN).cloned().unwrap_or_default(),
            })
        })
    }

    /// Whose account in a cloud this call would use, if it has credentials for it.
    pub fn cloud_identity(&self, cloud: Cloud) -> Option<Vec<String>> {
        if cloud != Cloud::Aws {
            return None;
        }
        self.handle(&self.workspace)?;
        let role = hex(&Sha256::digest(self.workspace.as_bytes())[..8]).to_uppercase();
        Some(vec![
            format!("AROA{role}:{}", self.workspace),
            ACCOUNT.to_owned(),
        ])
    }

    /// Changes a cluster, if it is there.
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

    /// Whether the caller gets at the cloud that a cluster is in.
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
        let why = match self.handle(&workspace) {
            None => {
                "[botocore.exceptions.NoCredentialsError] Unable to locate credentials.".to_owned()
            }
            Some(handle) => match fetch(&handle).await {
                Ok(()) => return Ok(()),
                Err(why) => why,
            },
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
        let Some(handle) = self.handle(workspace) else {
            return true;
        };
        match fetch(&handle).await {
            Ok(()) => true,
            Err(why) => {
                self.say(&format!("  AWS: disabled\n    Reason [compute]: {why}"));
                false
            }
        }
    }
}
