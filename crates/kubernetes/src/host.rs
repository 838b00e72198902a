//! Requests to one host cluster, with a timeout and errors that name the host.

use crate::{
    cache::{Cache, Kind, Snapshot},
    config::{HostConfig, Timeouts},
    errors,
    labels::{self, FIELD_MANAGER},
    resend,
};
use domain::ids::ClusterId;
use k8s_openapi::{
    NamespaceResourceScope,
    api::core::v1::{Namespace, Node, Secret},
};
use kube::{
    Api, Client, Resource, ResourceExt,
    api::{GetParams, ListParams, Patch, PatchParams},
    core::{DynamicObject, PartialObjectMeta, Request},
};
use provisioning::ports::host_clusters::{
    HostError, HostErrorKind, Hosted, NamespaceState, VirtualCluster,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    collections::HashMap,
    fmt::{Debug, Display},
    time::Duration,
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// How long the list of nodes is used. Their addresses hardly change.
const NODES_FOR: Duration = Duration::from_secs(30);

/// Objects per page of a long list, as kubectl asks for.
const LIST_PAGE: u32 = 500;

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
    pub cache: Cache,
    nodes: Mutex<Option<(Instant, Vec<Node>)>>,
    /// The versions of the Secrets that were found to hold a kubeconfig, by namespace.
    pub kubeconfigs: std::sync::Mutex<HashMap<String, u64>>,
}

impl Host {
    /// Sends no request. `client` repeats requests by itself.
    pub fn new(config: HostConfig, timeouts: Timeouts, client: Client) -> Self {
        Self {
            cache: Cache::new(&config.name, client.clone(), timeouts.clone()),
            nodes: Mutex::default(),
            kubeconfigs: std::sync::Mutex::default(),
            config,
            timeouts,
            client,
        }
    }

    /// Awaits what is done for a cluster, and notes if it waits for the host.
    pub async fn on_behalf<T>(
        &self,
        cluster: ClusterId,
        done: impl Future<Output = Hosted<T>>,
    ) -> Hosted<T> {
        let outcome = done.await;
        if let Err(error) = &outcome
            && error.kind == HostErrorKind::Unreachable
        {
            self.cache.waits(cluster);
        }
        outcome
    }

    /// Awaits the response to what is `tried` ("read the Service ci").
    pub async fn ask<T>(
        &self,
        tried: impl Display,
        answer: impl Future<Output = kube::Result<T>>,
    ) -> Hosted<T> {
        // Each attempt has its own limit; this is for the body too.
        let limit = self.timeouts.answer + resend::PATIENCE;
        match timeout(limit, answer).await {
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

    /// Lists the objects of one kind in pages, up to `most`. Whether there are more.
    pub async fn list_at_most<K>(&self, namespace: &str, most: usize) -> Hosted<(Vec<K>, bool)>
    where
        K: Object + Resource<Scope = NamespaceResourceScope>,
    {
        let api = Api::<K>::namespaced(self.client.clone(), namespace);
        let tried = format!("list {} in {namespace}", K::plural(&()));
        let mut parameters = ListParams::default().limit(LIST_PAGE);
        let mut found: Vec<K> = Vec::new();
        loop {
            let page = self.ask(&tried, api.list(&parameters)).await?;
            found.extend(page.items);
            let next = page.metadata.continue_.filter(|token| !token.is_empty());
            let truncated = found.len() > most || (found.len() == most && next.is_some());
            found.truncate(most);
            match next {
                Some(token) if !truncated => parameters.continue_token = Some(token),
                _ => return Ok((found, truncated)),
            }
        }
    }

    /// Lists the metadata of the objects of one kind with `labels`; of all if empty.
    pub async fn list_metadata<K>(
        &self,
        namespace: &str,
        labels: &str,
    ) -> Hosted<Vec<PartialObjectMeta<K>>>
    where
        K: Object + Resource<Scope = NamespaceResourceScope>,
    {
        let api = Api::<K>::namespaced(self.client.clone(), namespace);
        let tried = format!("list {} in {namespace}", K::plural(&()));
        let parameters = ListParams::default().labels(labels);
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
    pub async fn apply(&self, kind: Kind, name: &str, object: &Value) -> Hosted<()> {
        let parameters = PatchParams::apply(FIELD_MANAGER).force();
        self.patch(kind, name, object, &parameters, &Patch::Apply(object))
            .await
    }

    /// Changes one object as JSON Merge Patch does: `null` removes.
    pub async fn merge(&self, kind: Kind, object: &Value, change: &Value) -> Hosted<()> {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let parameters = PatchParams {
            field_manager: Some(FIELD_MANAGER.into()),
            ..PatchParams::default()
        };
        self.patch(kind, name, object, &parameters, &Patch::Merge(change))
            .await
    }

    async fn patch(
        &self,
        kind: Kind,
        name: &str,
        object: &Value,
        parameters: &PatchParams,
        patch: &Patch<&Value>,
    ) -> Hosted<()> {
        let api = self.api(kind, object["metadata"]["namespace"].as_str());
        let tried = format!("apply the {kind:?} {name}");
        let answer = self.ask(tried, api.patch(name, parameters, patch)).await?;
        self.cache.note(kind, answer);
        Ok(())
    }

    pub fn api(&self, kind: Kind, namespace: Option<&str>) -> Api<DynamicObject> {
        let (client, resource) = (self.client.clone(), kind.resource());
        match namespace {
            Some(namespace) => Api::namespaced_with(client, namespace, &resource),
            None => Api::all_with(client, &resource),
        }
    }

    /// The nodes, at most half a minute old.
    pub async fn nodes(&self) -> Hosted<Vec<Node>> {
        let mut known = self.nodes.lock().await;
        if let Some((at, nodes)) = &*known
            && at.elapsed() < NODES_FOR
        {
            return Ok(nodes.clone());
        }
        let api = Api::<Node>::all(self.client.clone());
        let parameters = ListParams::default();
        let nodes = self.ask("list nodes", api.list(&parameters)).await?.items;
        Ok(known.insert((Instant::now(), nodes)).1.clone())
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

    /// The namespace in what was `found`. Asked for if it is not there: what is deleted is deleted for good, and a
    /// cache can lag behind.
    pub async fn namespace_in(
        &self,
        found: &Snapshot,
        cluster: &VirtualCluster,
    ) -> Hosted<Option<Namespace>> {
        match found.get(Kind::Namespace, &cluster.name.namespace()) {
            Some(namespace) => Ok(Some(namespace)),
            None => self.namespace(cluster).await,
        }
    }

    /// Fails unless the namespace exists, belongs to the cluster, and is not being deleted.
    pub async fn own_namespace(&self, cluster: &VirtualCluster) -> Hosted<()> {
        self.require_own(self.namespace(cluster).await?.as_ref(), cluster)
    }

    /// The same for a namespace that was read.
    pub fn require_own(&self, found: Option<&Namespace>, cluster: &VirtualCluster) -> Hosted<()> {
        let namespace = cluster.name.namespace();
        let host = &self.config.name;
        match namespace_state(found, cluster) {
            NamespaceState::Ours => Ok(()),
            NamespaceState::Missing => Err(errors::host_error(
                HostErrorKind::NamespaceMissing,
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
    use crate::{config::HostAccess, objects::tests::cluster};
    use domain::exposure::Exposure;
    use k8s_openapi::api::core::v1::ConfigMap;
    use serde_json::json;
    use std::{
        convert::Infallible,
        sync::{Arc, Mutex},
    };

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

    /// A host with this many ConfigMaps that answers in pages of at most `page`, and the queries that it gets.
    fn paged_host(count: usize, page: usize) -> (Host, Arc<Mutex<Vec<String>>>) {
        let queries = Arc::new(Mutex::new(Vec::new()));
        let seen = queries.clone();
        let service = tower::service_fn(move |request: http::Request<kube::client::Body>| {
            let query = request.uri().query().unwrap_or_default().to_owned();
            let start = query.split_once("continue=").map_or(0, |(_, token)| {
                let digits: String = token.chars().take_while(char::is_ascii_digit).collect();
                digits.parse::<usize>().unwrap()
            });
            seen.lock().unwrap().push(query);
            let end = (start + page).min(count);
            let items: Vec<_> = (start..end)
                .map(|number| json!({"metadata": {"name": format!("map-{number}")}}))
                .collect();
            let list = json!({
                "kind": "ConfigMapList", "apiVersion": "v1", "items": items,
                "metadata": {"continue": (end < count).then(|| end.to_string())},
            });
            let body = kube::client::Body::from(list.to_string().into_bytes());
            async { Ok::<_, Infallible>(http::Response::new(body)) }
        });
        let host = Host::new(
            HostConfig::new("eu-1", HostAccess::InCluster),
            Timeouts::default(),
            Client::new(service, "default"),
        );
        (host, queries)
    }

    #[tokio::test]
    async fn a_long_list_is_read_in_pages_up_to_a_bound() {
        for (count, most, found, truncated, requests) in [
            (0, 30, 0, false, 1),
            (10, 30, 10, false, 1),
            (25, 30, 25, false, 3),
            (30, 30, 30, false, 3),
            (31, 30, 30, true, 3),
            (1000, 25, 25, true, 3),
        ] {
            let (host, queries) = paged_host(count, 10);
            let listed = host.list_at_most::<ConfigMap>("ns", most).await.unwrap();
            assert_eq!((listed.0.len(), listed.1), (found, truncated), "{count}");
            let queries = queries.lock().unwrap();
            assert_eq!(queries.len(), requests, "{count}");
            assert!(queries.iter().all(|query| query.contains("limit=500")));
        }
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
