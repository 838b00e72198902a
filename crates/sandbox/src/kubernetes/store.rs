//! The objects of an API server, with versions and history. The store has the rules for every writer: resource versions,
//! uids, generations, finalizers. Admission, validation and defaults are in the API; controllers use the store directly.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::watch as signal;
use uuid::Uuid;

use super::deletion::{self, Delete, Deletion};
use super::history::{Change, ChangeKind, Forgotten, History};
use super::object;
use super::resources::{self, GroupResource};

/// The changes of each resource that watches can resume from.
const HISTORY: usize = 4096;

#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub resource: GroupResource,
    /// Its namespace; empty for objects that have none.
    pub namespace: String,
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

    pub fn of(resource: GroupResource, object: &Value) -> Self {
        Self::new(resource, object::namespace(object), object::name(object))
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("{resource} \"{name}\" not found", resource = .0.resource, name = .0.name)]
    NotFound(Key),
    #[error("{resource} \"{name}\" already exists", resource = .0.resource, name = .0.name)]
    AlreadyExists(Key),
    #[error("{resource} \"{name}\" has been modified", resource = .0.resource, name = .0.name)]
    Conflict(Key),
}

/// Metadata that only the store writes.
pub const SYSTEM_METADATA: [&str; 6] = [
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
    inner: Mutex<Inner>,
    latest: signal::Sender<u64>,
}

/// All objects of a store at one moment, without their history: watches begin again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct StoreSnapshot {
    revision: u64,
    objects: BTreeMap<String, Vec<Value>>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            shared: Arc::new(Shared {
                inner: Mutex::new(Inner {
                    revision: 1,
                    shards: HashMap::new(),
                }),
                latest: signal::Sender::new(1),
            }),
        }
    }
}

impl Store {
    pub fn revision(&self) -> u64 {
        self.lock().revision
    }

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

    /// Keeps a new object: gives it identity, creation time, version and first generation.
    pub fn create(
        &self,
        resource: GroupResource,
        mut object: Value,
    ) -> Result<Arc<Value>, StoreError> {
        let key = Key::of(resource, &object);
        let counted = has_generation(resource);
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

    /// The changes of a resource after a version, as far as they are remembered. A later version is of
    /// another life of the server.
    pub(super) fn changes_after(
        &self,
        resource: GroupResource,
        version: u64,
    ) -> Result<(Vec<Change>, u64), Forgotten> {
        let inner = self.lock();
        if version > inner.revision {
            return Err(Forgotten {
                wanted: version,
                oldest: inner.revision,
            });
        }
        match inner.shards.get(&resource) {
            None => Ok((Vec::new(), inner.revision)),
            Some(shard) => Ok((shard.history.after(version)?, inner.revision)),
        }
    }

    pub(super) fn signal(&self) -> signal::Receiver<u64> {
        self.shared.latest.subscribe()
    }

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

    /// A store that continues from a snapshot. Objects of resources that are no longer served are left out.
    pub fn restore(snapshot: StoreSnapshot) -> Self {
        let store = Self::default();
        let mut inner = store.lock();
        inner.revision = inner.revision.max(snapshot.revision);
        let revision = inner.revision;
        for resource in resources::all() {
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
        store.shared.latest.send_replace(revision);
        drop(inner);
        store
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
        for field in SYSTEM_METADATA {
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
        if has_generation(key.resource) && deletion::wants_something_else(&current, &object) {
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
            HISTORY,
        );
        self.shared.latest.send_replace(revision);
    }
}

fn has_generation(resource: GroupResource) -> bool {
    resources::get(resource).is_some_and(|r| r.has_generation)
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
