//! The objects of one API server, with versions and history.
//!
//! The store knows the rules that hold whoever writes: one growing resource version, identity and
//! creation time, generations, and that a deleted object stays until nothing holds it. Admission,
//! validation and defaults are the API's. Controllers work directly on the store.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use tokio::sync::watch as signal;
use uuid::Uuid;

use super::deletion::{self, Delete, Deletion};
use super::history::{Change, ChangeKind, Forgotten, History};
use super::object;
use super::resources::{GroupResource, Registry};
use super::snapshot::StoreSnapshot;

/// How many changes of each resource a watch can be resumed from.
pub const DEFAULT_HISTORY: usize = 4096;

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Its resource.
    pub resource: GroupResource,
    /// Its namespace; empty for objects that have none.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl Key {
    /// An object in a namespace; pass an empty namespace for one that has none.
    pub fn new(resource: GroupResource, namespace: &str, name: &str) -> Self {
        Self {
            resource,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// The key of an object that was read from the store.
    pub fn of(resource: GroupResource, object: &Value) -> Self {
        Self::new(resource, object::namespace(object), object::name(object))
    }
}

/// Why the store refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such object.
    #[error("{resource} \"{name}\" not found", resource = .0.resource, name = .0.name)]
    NotFound(Key),
    /// The name is taken.
    #[error("{resource} \"{name}\" already exists", resource = .0.resource, name = .0.name)]
    AlreadyExists(Key),
    /// The object changed since the caller read it.
    #[error("{resource} \"{name}\" has been modified", resource = .0.resource, name = .0.name)]
    Conflict(Key),
}

/// Metadata that no writer may change.
const KEPT: [&str; 6] = [
    "uid",
    "creationTimestamp",
    "resourceVersion",
    "generation",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

#[derive(Default)]
struct Shard {
    objects: BTreeMap<(String, String), Arc<Value>>,
    history: History,
}

struct Inner {
    revision: u64,
    shards: HashMap<GroupResource, Shard>,
}

/// The objects of one API server. Clones share the objects.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    registry: Registry,
    history_limit: usize,
    inner: Mutex<Inner>,
    /// The latest revision; watches wait for it to move.
    latest: signal::Sender<u64>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store")
            .field("revision", &self.revision())
            .finish_non_exhaustive()
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new(Registry::default(), DEFAULT_HISTORY)
    }
}

impl Store {
    /// An empty store that remembers so many changes of each resource for watches.
    pub fn new(registry: Registry, history_limit: usize) -> Self {
        Self {
            shared: Arc::new(Shared {
                registry,
                history_limit,
                inner: Mutex::new(Inner {
                    revision: 1,
                    shards: HashMap::new(),
                }),
                latest: signal::Sender::new(1),
            }),
        }
    }

    /// The resources of this store.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// The resource version of the last change.
    pub fn revision(&self) -> u64 {
        self.lock().revision
    }

    /// One object.
    pub fn get(&self, key: &Key) -> Option<Arc<Value>> {
        let inner = self.lock();
        inner.object(key).cloned()
    }

    /// All objects of a resource, in one namespace or in all, by namespace and name, and the resource
    /// version at which this was so.
    pub fn list(&self, resource: GroupResource, namespace: Option<&str>) -> (Vec<Arc<Value>>, u64) {
        let inner = self.lock();
        let objects = match (inner.shards.get(&resource), namespace) {
            (None, _) => Vec::new(),
            (Some(shard), None) => shard.objects.values().cloned().collect(),
            (Some(shard), Some(namespace)) => shard
                .objects
                .range((namespace.to_owned(), String::new())..)
                .take_while(|((n, _), _)| n == namespace)
                .map(|(_, object)| object.clone())
                .collect(),
        };
        (objects, inner.revision)
    }

    /// The objects of a resource as they were at an earlier version, as far back as changes are
    /// remembered.
    pub fn list_at(
        &self,
        resource: GroupResource,
        namespace: Option<&str>,
        version: u64,
    ) -> Result<Vec<Arc<Value>>, Forgotten> {
        let inner = self.lock();
        let Some(shard) = inner.shards.get(&resource) else {
            return Ok(Vec::new());
        };
        let mut objects = shard.objects.clone();
        for change in shard.history.after(version)?.into_iter().rev() {
            let at = (
                object::namespace(&change.object).to_owned(),
                object::name(&change.object).to_owned(),
            );
            match change.kind {
                ChangeKind::Created => objects.remove(&at),
                ChangeKind::Updated { previous } => objects.insert(at, previous),
                ChangeKind::Deleted => objects.insert(at, change.object),
            };
        }
        Ok(objects
            .into_iter()
            .filter(|((of, _), _)| namespace.is_none_or(|n| n == of))
            .map(|(_, object)| object)
            .collect())
    }

    /// Keeps a new object: gives it identity, creation time, version and first generation.
    pub fn create(
        &self,
        resource: GroupResource,
        mut object: Value,
    ) -> Result<Arc<Value>, StoreError> {
        let key = Key::of(resource, &object);
        let counted = self.has_generation(resource);
        let metadata = object::metadata_mut(&mut object);
        metadata.insert("uid".into(), Uuid::new_v4().to_string().into());
        metadata.insert("creationTimestamp".into(), object::now().into());
        if counted {
            metadata.insert("generation".into(), json!(1));
        } else {
            metadata.remove("generation");
        }
        let mut inner = self.lock();
        if inner.object(&key).is_some() {
            return Err(StoreError::AlreadyExists(key));
        }
        Ok(self.put(&mut inner, key, object, None))
    }

    /// Replaces an object. With a version, only if the object still has it. Nothing happens, and the
    /// version stays, when nothing changes.
    pub fn replace(
        &self,
        key: &Key,
        object: Value,
        expected_version: Option<u64>,
    ) -> Result<Arc<Value>, StoreError> {
        let mut inner = self.lock();
        let current = inner.existing(key)?;
        if expected_version.is_some_and(|v| v != object::resource_version(&current)) {
            return Err(StoreError::Conflict(key.clone()));
        }
        Ok(self.update(&mut inner, key, current, object))
    }

    /// Changes an object in place. Nothing happens, and the version stays, when the closure changes
    /// nothing.
    pub fn modify(
        &self,
        key: &Key,
        change: impl FnOnce(&mut Value),
    ) -> Result<Arc<Value>, StoreError> {
        let mut inner = self.lock();
        let current = inner.existing(key)?;
        let mut object = Value::clone(&current);
        change(&mut object);
        Ok(self.update(&mut inner, key, current, object))
    }

    /// Deletes an object, or marks it where something holds it.
    pub fn delete(&self, key: &Key, how: &Delete) -> Result<Deletion, StoreError> {
        let mut inner = self.lock();
        let current = inner.existing(key)?;
        if how
            .expected_version
            .is_some_and(|v| v != object::resource_version(&current))
        {
            return Err(StoreError::Conflict(key.clone()));
        }
        let marked = deletion::marked(&current, how);
        if !object::may_vanish(&marked) {
            let current = if marked == *current {
                current
            } else {
                self.put(&mut inner, key.clone(), marked, Some(current))
            };
            return Ok(Deletion::Marked(current));
        }
        // An object that nothing holds is never seen as terminating; one that was given time to end is
        // seen once more, with that time cut short.
        let last = if object::is_terminating(&current) && marked != *current {
            self.put(&mut inner, key.clone(), marked, Some(current))
        } else {
            current
        };
        Ok(Deletion::Gone(self.remove(
            &mut inner,
            key,
            Value::clone(&last),
        )))
    }

    /// The changes of a resource after a version, as far as they are remembered, and a signal for more.
    pub(super) fn changes_after(
        &self,
        resource: GroupResource,
        version: u64,
    ) -> Result<(Vec<Change>, u64), Forgotten> {
        let inner = self.lock();
        match inner.shards.get(&resource) {
            None => Ok((Vec::new(), inner.revision)),
            Some(shard) => Ok((shard.history.after(version)?, inner.revision)),
        }
    }

    /// A receiver that hears of every new revision.
    pub(super) fn signal(&self) -> signal::Receiver<u64> {
        self.shared.latest.subscribe()
    }

    /// Forgets all changes so far, so that every watch has to begin anew.
    pub fn compact(&self) {
        let mut inner = self.lock();
        let revision = inner.revision;
        for shard in inner.shards.values_mut() {
            shard.history.forget(revision);
        }
    }

    /// All objects.
    pub fn snapshot(&self) -> StoreSnapshot {
        let inner = self.lock();
        let objects = inner
            .shards
            .iter()
            .filter(|(_, shard)| !shard.objects.is_empty())
            .map(|(resource, shard)| {
                let objects = shard.objects.values().map(|o| Value::clone(o)).collect();
                (resource.to_string(), objects)
            })
            .collect();
        StoreSnapshot {
            revision: inner.revision,
            objects,
        }
    }

    /// Puts the objects of a snapshot into an empty store.
    pub(super) fn fill(&self, snapshot: StoreSnapshot) {
        let mut inner = self.lock();
        inner.revision = inner.revision.max(snapshot.revision);
        let revision = inner.revision;
        for resource in self.shared.registry.all() {
            let shard = inner.shards.entry(resource.id()).or_default();
            // Nothing before the snapshot can be resumed from.
            shard.history.forget(revision);
            let kept = snapshot.objects.get(&resource.id().to_string());
            for object in kept.into_iter().flatten() {
                let at = (
                    object::namespace(object).to_owned(),
                    object::name(object).to_owned(),
                );
                shard.objects.insert(at, Arc::new(object.clone()));
            }
        }
        self.shared.latest.send_replace(revision);
    }

    fn has_generation(&self, resource: GroupResource) -> bool {
        self.shared
            .registry
            .get(resource)
            .is_some_and(|r| r.has_generation)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves no half-done change: each is one insert.
        self.shared
            .inner
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn update(
        &self,
        inner: &mut Inner,
        key: &Key,
        current: Arc<Value>,
        mut object: Value,
    ) -> Arc<Value> {
        for field in KEPT {
            let kept = current.get("metadata").and_then(|m| m.get(field)).cloned();
            object::set_metadata(&mut object, field, kept);
        }
        if object == *current {
            return current;
        }
        if object::may_vanish(&object) {
            // The last finalizer went, and the object goes with it. Watches see it as it was kept last.
            self.remove(inner, key, Value::clone(&current));
            return Arc::new(object);
        }
        if self.has_generation(key.resource) && deletion::wants_something_else(&current, &object) {
            let generation = current
                .pointer("/metadata/generation")
                .and_then(Value::as_i64)
                .unwrap_or(0);
            object::set_metadata(&mut object, "generation", Some((generation + 1).into()));
        }
        self.put(inner, key.clone(), object, Some(current))
    }

    fn put(
        &self,
        inner: &mut Inner,
        key: Key,
        mut object: Value,
        previous: Option<Arc<Value>>,
    ) -> Arc<Value> {
        inner.revision += 1;
        let revision = inner.revision;
        object::set_metadata(
            &mut object,
            "resourceVersion",
            Some(revision.to_string().into()),
        );
        let object = Arc::new(object);
        let shard = inner.shards.entry(key.resource).or_default();
        shard
            .objects
            .insert((key.namespace, key.name), object.clone());
        let kind = match previous {
            None => ChangeKind::Created,
            Some(previous) => ChangeKind::Updated { previous },
        };
        self.record(shard, revision, kind, object.clone());
        object
    }

    /// Removes; gives the object its last version.
    fn remove(&self, inner: &mut Inner, key: &Key, mut object: Value) -> Arc<Value> {
        inner.revision += 1;
        let revision = inner.revision;
        object::set_metadata(
            &mut object,
            "resourceVersion",
            Some(revision.to_string().into()),
        );
        let object = Arc::new(object);
        let shard = inner.shards.entry(key.resource).or_default();
        shard
            .objects
            .remove(&(key.namespace.clone(), key.name.clone()));
        self.record(shard, revision, ChangeKind::Deleted, object.clone());
        object
    }

    fn record(&self, shard: &mut Shard, revision: u64, kind: ChangeKind, object: Arc<Value>) {
        shard.history.push(
            Change {
                revision,
                kind,
                object,
            },
            self.shared.history_limit,
        );
        self.shared.latest.send_replace(revision);
    }
}

impl Inner {
    fn object(&self, key: &Key) -> Option<&Arc<Value>> {
        self.shards
            .get(&key.resource)?
            .objects
            .get(&(key.namespace.clone(), key.name.clone()))
    }

    fn existing(&self, key: &Key) -> Result<Arc<Value>, StoreError> {
        self.object(key)
            .cloned()
            .ok_or_else(|| StoreError::NotFound(key.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kubernetes::resources::{CONFIG_MAPS, PODS, STATEFUL_SETS};

    fn config_map(name: &str) -> Value {
        json!({"kind": "ConfigMap", "metadata": {"name": name, "namespace": "a"}})
    }

    #[test]
    fn a_change_that_changes_nothing_keeps_the_version_and_is_not_seen_by_watches() {
        let store = Store::default();
        let made = store.create(CONFIG_MAPS, config_map("x")).unwrap();
        let version = object::resource_version(&made);
        let key = Key::of(CONFIG_MAPS, &made);
        let same = store.modify(&key, |_| ()).unwrap();
        assert_eq!(object::resource_version(&same), version);
        assert!(
            store
                .changes_after(CONFIG_MAPS, version)
                .unwrap()
                .0
                .is_empty()
        );
    }

    #[test]
    fn a_stale_version_is_refused() {
        let store = Store::default();
        let made = store.create(CONFIG_MAPS, config_map("x")).unwrap();
        let key = Key::of(CONFIG_MAPS, &made);
        let stale = object::resource_version(&made);
        store
            .modify(&key, |o| object::set_label(o, "a", "b"))
            .unwrap();
        assert_eq!(
            store.replace(&key, config_map("x"), Some(stale)),
            Err(StoreError::Conflict(key))
        );
    }

    #[test]
    fn the_generation_counts_changes_of_the_spec_and_not_of_the_status() {
        let store = Store::default();
        let set = json!({"kind": "StatefulSet", "metadata": {"name": "s", "namespace": "a"}, "spec": {"replicas": 1}});
        let made = store.create(STATEFUL_SETS, set).unwrap();
        let key = Key::of(STATEFUL_SETS, &made);
        let generation = |o: &Value| o.pointer("/metadata/generation").and_then(Value::as_i64);
        assert_eq!(generation(&made), Some(1));
        let status = store
            .modify(&key, |o| {
                object::field_mut(o, "status").insert("replicas".into(), json!(1));
            })
            .unwrap();
        assert_eq!(generation(&status), Some(1));
        let spec = store
            .modify(&key, |o| {
                object::field_mut(o, "spec").insert("replicas".into(), json!(2));
            })
            .unwrap();
        assert_eq!(generation(&spec), Some(2));
    }

    #[test]
    fn an_object_with_a_finalizer_stays_until_the_finalizer_is_removed() {
        let store = Store::default();
        let mut held = config_map("x");
        object::set_metadata(&mut held, "finalizers", Some(json!(["x/y"])));
        let made = store.create(CONFIG_MAPS, held).unwrap();
        let key = Key::of(CONFIG_MAPS, &made);
        let deletion = store.delete(&key, &Delete::default()).unwrap();
        assert!(matches!(deletion, Deletion::Marked(_)));
        assert!(store.get(&key).is_some());
        store
            .modify(&key, |o| object::set_metadata(o, "finalizers", None))
            .unwrap();
        assert!(store.get(&key).is_none());
    }

    #[test]
    fn a_running_pod_gets_its_grace_period_and_goes_when_its_kubelet_confirms() {
        let store = Store::default();
        let pod = json!({
            "kind": "Pod",
            "metadata": {"name": "p", "namespace": "a"},
            "spec": {"nodeName": "n", "terminationGracePeriodSeconds": 15},
        });
        let made = store.create(PODS, pod).unwrap();
        let key = Key::of(PODS, &made);
        let deletion = store.delete(&key, &Delete::default()).unwrap();
        assert!(matches!(deletion, Deletion::Marked(_)));
        assert_eq!(
            deletion
                .object()
                .pointer("/metadata/deletionGracePeriodSeconds"),
            Some(&json!(15))
        );
        let confirmed = Delete {
            grace_seconds: Some(0),
            ..Delete::default()
        };
        let (_, before) = store.list(PODS, None);
        assert!(matches!(
            store.delete(&key, &confirmed).unwrap(),
            Deletion::Gone(_)
        ));
        let seen = store.changes_after(PODS, before).unwrap().0;
        assert_eq!(seen.len(), 2, "once more with no time left, then gone");
    }

    #[test]
    fn an_earlier_state_can_be_listed_while_its_changes_are_remembered() {
        let store = Store::default();
        let one = store.create(CONFIG_MAPS, config_map("one")).unwrap();
        store.create(CONFIG_MAPS, config_map("two")).unwrap();
        let (before, version) = store.list(CONFIG_MAPS, None);
        store
            .modify(&Key::of(CONFIG_MAPS, &one), |o| {
                object::set_label(o, "a", "b")
            })
            .unwrap();
        store
            .delete(&Key::new(CONFIG_MAPS, "a", "two"), &Delete::default())
            .unwrap();
        store.create(CONFIG_MAPS, config_map("three")).unwrap();
        let then = store.list_at(CONFIG_MAPS, Some("a"), version).unwrap();
        let names = |list: &[Arc<Value>]| -> Vec<String> {
            list.iter().map(|o| object::name(o).to_owned()).collect()
        };
        assert_eq!(names(&then), names(&before));
        assert_eq!(then[0], before[0]);
        store.compact();
        assert!(store.list_at(CONFIG_MAPS, None, version).is_err());
    }

    #[test]
    fn a_forgotten_version_cannot_be_resumed_from() {
        let store = Store::new(Registry::default(), 2);
        for name in ["a", "b", "c", "d"] {
            store.create(CONFIG_MAPS, config_map(name)).unwrap();
        }
        assert!(store.watch(CONFIG_MAPS, None, 1).is_err());
        let (_, version) = store.list(CONFIG_MAPS, None);
        assert!(store.watch(CONFIG_MAPS, None, version).is_ok());
        store.compact();
        assert!(store.watch(CONFIG_MAPS, None, version - 1).is_err());
        assert!(store.watch(CONFIG_MAPS, None, version).is_ok());
    }

    #[test]
    fn a_store_goes_on_from_a_snapshot_where_it_was() {
        let store = Store::default();
        let made = store.create(CONFIG_MAPS, config_map("x")).unwrap();
        let text = serde_json::to_string(&store.snapshot()).unwrap();
        let kept = serde_json::from_str(&text).unwrap();
        let again = Store::restore(Registry::default(), DEFAULT_HISTORY, kept);
        let key = Key::of(CONFIG_MAPS, &made);
        assert_eq!(again.get(&key), Some(made.clone()));
        assert_eq!(again.revision(), store.revision());
        assert!(again.watch(CONFIG_MAPS, None, 1).is_err());
        let next = again.create(CONFIG_MAPS, config_map("y")).unwrap();
        assert!(object::resource_version(&next) > object::resource_version(&made));
    }

    #[tokio::test]
    async fn a_feed_gives_every_change_in_order_and_waits_for_more() {
        let store = Store::default();
        let (_, mut feed) = store.list_and_watch(CONFIG_MAPS, Some("a"));
        let writer = store.clone();
        let writing = tokio::spawn(async move {
            for i in 0..100 {
                writer
                    .create(CONFIG_MAPS, config_map(&format!("x{i}")))
                    .unwrap();
                tokio::task::yield_now().await;
            }
        });
        for i in 0..100 {
            let change = feed.next().await.unwrap();
            assert_eq!(object::name(&change.object), format!("x{i}"));
        }
        writing.await.unwrap();
    }
}
