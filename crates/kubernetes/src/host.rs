//! Requests to one host cluster, with a timeout and errors that name the host.

use crate::{
    config::{HostConfig, Timeouts},
    errors,
    labels::{self, FIELD_MANAGER},
};
use k8s_openapi::{
    NamespaceResourceScope,
    api::core::v1::{Namespace, Secret},
};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{GetParams, ListParams, Patch, PatchParams},
    core::{PartialObjectMeta, Request},
};
use provisioning::ports::host_clusters::{
    HostError, HostErrorKind, Hosted, NamespaceState, VirtualCluster,
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::{Debug, Display};

/// A namespaced kind of object.
pub(crate) trait Object:
    Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Serialize + Send + Sync
{
}

impl<K> Object for K where
    K: Resource<DynamicType = ()> + Clone + Debug + DeserializeOwned + Serialize + Send + Sync
{
}

pub(crate) struct Host {
    pub config: HostConfig,
    pub timeouts: Timeouts,
    pub client: Client,
}

impl Host {
    /// Awaits the response to what is `tried` ("read the Service ci").
    pub async fn ask<T>(
        &self,
        tried: impl Display,
        answer: impl Future<Output = kube::Result<T>>,
    ) -> Hosted<T> {
        let limit = self.timeouts.answer;
        match tokio::time::timeout(limit, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(errors::refused(&self.config.name, tried, error)),
            Err(_) => Err(errors::silent(&self.config.name, tried, limit)),
        }
    }

    /// Reads one object; `None` if it does not exist.
    pub async fn get<K>(&self, namespace: &str, name: &str) -> Hosted<Option<K>>
    where
        K: Object + Resource<Scope = NamespaceResourceScope>,
    {
        let api = Api::<K>::namespaced(self.client.clone(), namespace);
        let tried = format!("read the {} {name} in {namespace}", K::kind(&()));
        self.ask(tried, api.get_opt(name)).await
    }

    /// Lists the objects of one kind with `labels`; all if empty.
    pub async fn list<K>(&self, namespace: &str, labels: &str) -> Hosted<Vec<K>>
    where
        K: Object + Resource<Scope = NamespaceResourceScope>,
    {
        let api = Api::<K>::namespaced(self.client.clone(), namespace);
        let tried = format!("list {} in {namespace}", K::plural(&()));
        let parameters = ListParams::default().labels(labels);
        Ok(self.ask(tried, api.list(&parameters)).await?.items)
    }

    /// Lists the metadata of all objects of one kind.
    pub async fn list_metadata<K>(&self, namespace: &str) -> Hosted<Vec<PartialObjectMeta<K>>>
    where
        K: Object + Resource<Scope = NamespaceResourceScope>,
    {
        let api = Api::<K>::namespaced(self.client.clone(), namespace);
        let tried = format!("list {} in {namespace}", K::plural(&()));
        let parameters = ListParams::default();
        Ok(self.ask(tried, api.list_metadata(&parameters)).await?.items)
    }

    /// Reads a Secret. Not through [`kube::Api`], which logs a response that it cannot parse.
    pub async fn secret(&self, namespace: &str, name: &str) -> Hosted<Option<Secret>> {
        let tried = format!("read the Secret {name} in {namespace}");
        let request = Request::new(Secret::url_path(&(), Some(namespace)))
            .get(name, &GetParams::default())
            .map_err(|_| errors::unreadable(&self.config.name, &tried))?;
        match self.ask(&tried, self.client.request_text(request)).await {
            Ok(text) => serde_json::from_str(&text)
                .map(Some)
                .map_err(|_| errors::unreadable(&self.config.name, &tried)),
            Err(error) if error.kind == HostErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Applies one object in a namespace of ours, with force: changes by others were made outside the portal.
    pub async fn apply<K>(&self, object: &K) -> Hosted<()>
    where
        K: Object + Resource<Scope = NamespaceResourceScope>,
    {
        let namespace = object.namespace().unwrap_or_default();
        let api = Api::<K>::namespaced(self.client.clone(), &namespace);
        self.apply_with(&api, object).await
    }

    /// As [`Self::apply`], for the namespace.
    pub async fn apply_namespace(&self, namespace: &Namespace) -> Hosted<()> {
        self.apply_with(&self.namespaces(), namespace).await
    }

    async fn apply_with<K: Object>(&self, api: &Api<K>, object: &K) -> Hosted<()> {
        let name = object.name_any();
        let tried = format!("apply the {} {name}", K::kind(&()));
        let parameters = PatchParams::apply(FIELD_MANAGER).force();
        self.ask(tried, api.patch(&name, &parameters, &Patch::Apply(object)))
            .await
            .map(drop)
    }

    pub fn namespaces(&self) -> Api<Namespace> {
        Api::all(self.client.clone())
    }

    /// The namespace with the cluster's name, whichever cluster it belongs to.
    pub async fn namespace(&self, cluster: &VirtualCluster) -> Hosted<Option<Namespace>> {
        let name = cluster.name.namespace();
        let tried = format!("read the namespace {name}");
        self.ask(tried, self.namespaces().get_opt(&name)).await
    }

    /// Fails unless the namespace exists, belongs to the cluster, and is not being deleted.
    pub async fn own_namespace(&self, cluster: &VirtualCluster) -> Hosted<()> {
        let namespace = cluster.name.namespace();
        let host = &self.config.name;
        match namespace_state(self.namespace(cluster).await?.as_ref(), cluster) {
            NamespaceState::Ours => Ok(()),
            NamespaceState::Missing => Err(errors::host_error(
                HostErrorKind::NotFound,
                format!("The namespace {namespace} does not exist on host cluster “{host}”."),
            )),
            NamespaceState::Terminating(held) => Err(self.terminating(cluster, held)),
            NamespaceState::Foreign => Err(self.foreign(cluster)),
        }
    }

    /// The namespace is being deleted.
    pub fn terminating(&self, cluster: &VirtualCluster, held: Option<String>) -> HostError {
        let (host, namespace) = (&self.config.name, cluster.name.namespace());
        let held = held.map_or_else(String::new, |by| format!(" The deletion is blocked: {by}"));
        errors::host_error(
            HostErrorKind::Terminating,
            format!("The namespace {namespace} on host cluster “{host}” is being deleted.{held}"),
        )
    }

    /// The namespace belongs to something else.
    pub fn foreign(&self, cluster: &VirtualCluster) -> HostError {
        let (host, namespace) = (&self.config.name, cluster.name.namespace());
        errors::host_error(
            HostErrorKind::Conflict,
            format!(
                "The namespace {namespace} on host cluster “{host}” exists but does not belong to \
                 this cluster. Choose another name, or delete the namespace."
            ),
        )
    }
}

/// The owner and state of a namespace. Ownership is checked first: the state of a foreign namespace is not reported.
pub(crate) fn namespace_state(
    found: Option<&Namespace>,
    cluster: &VirtualCluster,
) -> NamespaceState {
    let Some(found) = found else {
        return NamespaceState::Missing;
    };
    let id = found.labels().get(labels::CLUSTER_ID);
    if id.is_none_or(|id| *id != cluster.id.to_string()) {
        return NamespaceState::Foreign;
    }
    if found.metadata.deletion_timestamp.is_none() {
        return NamespaceState::Ours;
    }
    let conditions = found.status.as_ref().and_then(|s| s.conditions.as_deref());
    let held: Vec<_> = conditions
        .unwrap_or_default()
        .iter()
        .filter(|condition| condition.status == "True")
        .filter_map(|condition| condition.message.as_deref())
        .collect();
    NamespaceState::Terminating((!held.is_empty()).then(|| held.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::tests::cluster;
    use domain::exposure::Exposure;
    use serde_json::json;

    fn namespace(id: &str, deleted: bool) -> Namespace {
        let deleted = deleted.then_some("2026-11-21T00:18:21Z");
        serde_json::from_value(json!({
            "metadata": {
                "name": "vcluster-payments-ci",
                "labels": {"hangar.dev/cluster-id": id},
                "deletionTimestamp": deleted,
            },
            "status": {"conditions": [
                {"type": "NamespaceDeletionContentFailure", "status": "False", "message": "All content successfully deleted"},
                {"type": "NamespaceContentRemaining", "status": "True", "message": "Some resources are remaining: persistentvolumeclaims. has 1 resource instances"},
            ]},
        }))
        .unwrap()
    }

    #[test]
    fn a_namespace_is_ours_by_the_cluster_id_it_carries() {
        let cluster = cluster(Exposure::PortForward);
        let id = cluster.id.to_string();
        let state = |found: Option<Namespace>| namespace_state(found.as_ref(), &cluster);
        assert_eq!(state(None), NamespaceState::Missing);
        assert_eq!(state(Some(Namespace::default())), NamespaceState::Foreign);
        assert_eq!(
            state(Some(namespace("another", true))),
            NamespaceState::Foreign
        );
        assert_eq!(state(Some(namespace(&id, false))), NamespaceState::Ours);
    }

    #[test]
    fn a_namespace_going_away_says_what_holds_it() {
        let cluster = cluster(Exposure::PortForward);
        let found = namespace(&cluster.id.to_string(), true);
        let NamespaceState::Terminating(Some(held)) = namespace_state(Some(&found), &cluster)
        else {
            panic!("not terminating");
        };
        assert!(held.contains("persistentvolumeclaims"), "{held}");
        assert!(!held.contains("successfully"), "{held}");
    }
}
