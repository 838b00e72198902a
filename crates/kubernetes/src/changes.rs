//! Reports which clusters changed on their host, through watches on the relevant kinds of objects.
//!
//! Only metadata is transferred: a reconcile pass reads the objects anyway.

use crate::{host::Host, labels};
use domain::ids::ClusterId;
use futures::{Stream, StreamExt, stream, stream::BoxStream};
use k8s_openapi::api::{
    apps::v1::StatefulSet,
    core::v1::{Namespace, Pod, Secret, Service},
};
use kube::{
    Api, Resource, ResourceExt,
    core::PartialObjectMeta,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

/// The duration of a watch in seconds. It bounds how long a silently broken connection stays unnoticed.
const RENEWED_AFTER: u32 = 60;

/// The number of pending changes that are deduplicated together.
const AT_ONCE: usize = 1024;

/// The cluster of each namespace. The syncer's Secrets do not have our label, but their namespaces do.
#[derive(Clone, Default)]
struct Owners(Arc<Mutex<HashMap<String, ClusterId>>>);

impl Owners {
    fn with<T>(&self, look: impl FnOnce(&mut HashMap<String, ClusterId>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The cluster of an object, from its label or else its namespace.
    fn of<K: Resource<DynamicType = ()>>(&self, object: &K) -> Option<ClusterId> {
        labelled(object).or_else(|| {
            let namespace = object.namespace()?;
            self.with(|owners| owners.get(&namespace).copied())
        })
    }
}

/// The ids of clusters on `host` whose objects changed.
pub(crate) fn changes(host: &Host) -> BoxStream<'static, ClusterId> {
    let owners = Owners::default();
    let ours = labels::CLUSTER_ID;
    let by_syncer = "app=vcluster,vcluster-name";
    let watches = [
        namespaces(host, owners.clone()).boxed(),
        objects::<StatefulSet>(host, ours, owners.clone()).boxed(),
        objects::<Pod>(host, ours, owners.clone()).boxed(),
        objects::<Service>(host, ours, owners.clone()).boxed(),
        objects::<Secret>(host, by_syncer, owners).boxed(),
    ];
    // An initial list contains thousands of objects, several per cluster.
    stream::select_all(watches)
        .ready_chunks(AT_ONCE)
        .flat_map(|changed| {
            let mut reported = HashSet::new();
            let fresh = changed.into_iter().filter(move |id| reported.insert(*id));
            stream::iter(fresh)
        })
        .boxed()
}

fn namespaces(host: &Host, owners: Owners) -> impl Stream<Item = ClusterId> + Send + use<> {
    let mut gone = HashMap::new();
    watch::<Namespace>(host, labels::CLUSTER_ID).flat_map(move |event| {
        let changed = owners.with(|owners| match event {
            Event::Init => {
                gone = owners.clone();
                Vec::new()
            }
            Event::InitApply(namespace) | Event::Apply(namespace) => {
                gone.remove(&namespace.name_any());
                let id = labelled(&namespace);
                if let Some(id) = id {
                    owners.insert(namespace.name_any(), id);
                }
                id.into_iter().collect()
            }
            // Objects that existed before the watch broke and are not in the new list.
            Event::InitDone => {
                owners.retain(|name, _| !gone.contains_key(name));
                gone.drain().map(|(_, id)| id).collect()
            }
            Event::Delete(namespace) => {
                let known = owners.remove(&namespace.name_any());
                known.or_else(|| labelled(&namespace)).into_iter().collect()
            }
        });
        stream::iter(changed)
    })
}

fn objects<K>(
    host: &Host,
    selector: &str,
    owners: Owners,
) -> impl Stream<Item = ClusterId> + Send + use<K>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Send + Sync + 'static,
{
    let mut listed_before = false;
    watch::<K>(host, selector).flat_map(move |event| {
        let changed = match event {
            Event::InitApply(object) | Event::Apply(object) | Event::Delete(object) => {
                owners.of(&object).into_iter().collect()
            }
            // Objects that were deleted while the watch was broken are in no list, so all clusters are reported.
            Event::InitDone if listed_before => {
                owners.with(|owners| owners.values().copied().collect())
            }
            Event::InitDone => {
                listed_before = true;
                Vec::new()
            }
            Event::Init => Vec::new(),
        };
        stream::iter(changed)
    })
}

/// Watches one kind. Errors are retried with backoff and logged once per interruption.
fn watch<K>(
    host: &Host,
    selector: &str,
) -> impl Stream<Item = Event<PartialObjectMeta<K>>> + Send + use<K>
where
    K: Resource<DynamicType = ()> + Clone + std::fmt::Debug + Send + Sync + 'static,
{
    let name = host.config.name.clone();
    let kind = K::plural(&());
    let config = watcher::Config::default()
        .labels(selector)
        .timeout(RENEWED_AFTER);
    let api = Api::<PartialObjectMeta<K>>::all(host.client.clone());
    let mut broken = false;
    watcher(api, config)
        .default_backoff()
        .filter_map(move |event| {
            let reported = match event {
                // The start of an initial list does not prove that the watch works.
                Ok(Event::Init) => Some(Event::Init),
                Ok(event) => {
                    if std::mem::take(&mut broken) {
                        tracing::info!(host = name, kind = &*kind, "the watch has recovered");
                    }
                    Some(event)
                }
                Err(error) => {
                    if !std::mem::replace(&mut broken, true) {
                        let error = crate::errors::innermost(&error);
                        tracing::warn!(
                            host = name,
                            kind = &*kind,
                            error,
                            "the watch failed, retrying"
                        );
                    }
                    None
                }
            };
            std::future::ready(reported)
        })
}

fn labelled<K: Resource<DynamicType = ()>>(object: &K) -> Option<ClusterId> {
    object.labels().get(labels::CLUSTER_ID)?.parse().ok()
}
