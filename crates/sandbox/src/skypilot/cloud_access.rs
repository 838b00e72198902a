//! Whether a caller gets at a cloud. Nobody needs real credentials here; but whoever says where AWS credentials are to be
//! had (`AWS_CONTAINER_CREDENTIALS_FULL_URI`) has to mean it: the sandbox fetches them as the AWS library does.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use serde::Deserialize;

use super::clouds::Cloud;
use super::clusters::{Cluster, Machine};
use super::exception::Exception;
use super::http::Context;
use super::server::Server;
use super::store::State;
use super::task::Task;
use std::collections::BTreeMap;

const URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const PATIENCE: Duration = Duration::from_secs(5);

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .no_proxy()
        .build()
        .unwrap_or_default()
});

/// What is to be had there.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Credentials {
    access_key_id: String,
    #[serde(rename = "SecretAccessKey")]
    _secret_access_key: String,
    #[serde(rename = "Token")]
    _token: String,
    #[serde(rename = "Expiration")]
    _expiration: String,
}

impl Server {
    /// Whether the server itself cannot see a cluster's machine: it was launched with credentials that came with the
    /// request and went with it.
    pub fn is_blind(&self, state: &State, cluster: &str) -> bool {
        state
            .clusters
            .get(cluster)
            .is_some_and(|cluster| cluster.owner.is_some())
    }
}

impl Context {
    /// Whose account in AWS this call would use, if it says.
    pub fn cloud_identity(&self) -> Option<Vec<String>> {
        let uri = self.env_vars.get(URI)?;
        Some(vec![
            format!("AROASANDBOX:{uri}"),
            "000000000000".to_owned(),
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
        let aws = self.gets_at_aws().await;
        let asked = |cloud: Cloud| clouds.is_none_or(|clouds| clouds.contains(&cloud));
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

    /// The clouds where a task may be launched.
    pub async fn usable_clouds(&self, task: &Task) -> BTreeSet<Cloud> {
        let mut clouds = self
            .server
            .store
            .read(|state| state.enabled_clouds(&self.workspace));
        let elsewhere = task
            .resources
            .iter()
            .all(|wanted| wanted.infra.cloud.is_some_and(|cloud| cloud != Cloud::Aws));
        if !elsewhere && !self.gets_at_aws().await {
            clouds.remove(&Cloud::Aws);
        }
        clouds
    }

    /// Whether the caller gets at the cloud that a cluster is in, with the same account.
    pub async fn check_cloud_access(&self, name: &str) -> Result<(), Exception> {
        let known = self.server.store.read(|state| {
            let cluster = state.clusters.get(name)?;
            Some((cluster.resources.cloud, cluster.owner.clone()))
        });
        let Some((cloud, owner)) = known else {
            return Err(Exception::no_cluster(name));
        };
        if cloud != Cloud::Aws || owner.is_none() {
            return Ok(());
        }
        if self.gets_at_aws().await && self.cloud_identity().is_some() {
            return Ok(());
        }
        Err(Exception::new(
            "CloudUserIdentityError",
            "Failed to get AWS user.\n  Reason: [NoCredentialsError] Unable to locate credentials.",
        ))
    }

    /// Whether AWS credentials are to be had where the caller says so; whoever says nothing is believed.
    async fn gets_at_aws(&self) -> bool {
        let Some(uri) = self.env_vars.get(URI) else {
            return true;
        };
        let token = self.env_vars.get(TOKEN).map_or("", String::as_str);
        let answer = HTTP.get(uri).header("Authorization", token).send().await;
        let credentials = match answer.and_then(reqwest::Response::error_for_status) {
            Ok(answer) => answer.json::<Credentials>().await,
            Err(error) => Err(error),
        };
        credentials.is_ok_and(|credentials| !credentials.access_key_id.is_empty())
    }
}
