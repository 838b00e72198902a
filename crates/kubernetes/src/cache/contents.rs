//! The objects of one host by namespace.

use super::Kind;
use crate::labels;
use domain::ids::ClusterId;
use kube::core::DynamicObject;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

type Objects = HashMap<(Kind, String), Entry>;

/// The name of an object with its namespace; namespaces are in themselves.
pub(super) type Key = (String, String);

#[derive(Default)]
pub(super) struct Contents(HashMap<String, Namespace>);

#[derive(Default)]
struct Namespace {
    /// The cluster that it belongs to.
    owner: Option<ClusterId>,
    objects: Objects,
}

#[derive(Clone, Debug)]
struct Entry {
    version: u64,
    /// Of the content, to tell whether anything of it changes.
    hash: u64,
    content: Content,
}

#[derive(Clone, Debug)]
enum Content {
    /// As JSON: ten thousand clusters have 130,000 objects.
    Json(Arc<str>),
    /// It was found to be as wanted, by the digest of what was wanted.
    AsWanted(u64),
}

impl Contents {
    /// Takes an object as it is now. Answers the cluster that changes by it, if any.
    pub fn put(&mut self, kind: Kind, object: DynamicObject) -> Option<ClusterId> {
        let version = version(&object);
        let (namespace, name) = key(kind, &object);
        let labelled = object
            .metadata
            .labels
            .as_ref()
            .and_then(|labels| labels.get(labels::CLUSTER_ID)?.parse().ok());
        let kept = kind.keep(serde_json::to_value(object).ok()?)?;
        let warns = kept["type"] != "Normal";
        let text = kept.to_string();
        let hash = digest(&text);
        let found = self.0.entry(namespace).or_default();
        if kind == Kind::Namespace {
            found.owner = labelled;
        }
        let owner = labelled.or(found.owner);
        let entry = found.objects.get_mut(&(kind, name.clone()));
        match entry {
            Some(entry) if entry.version > version => return None,
            Some(entry) if entry.hash == hash => {
                entry.version = version;
                return None;
            }
            _ => {}
        }
        let entry = Entry {
            version,
            hash,
            content: Content::Json(text.into()),
        };
        found.objects.insert((kind, name), entry);
        // Other events only tell of what changes in the objects too.
        owner.filter(|_| kind != Kind::Event || warns)
    }

    /// Forgets an object. Answers the cluster that changes by it.
    pub fn remove(&mut self, kind: Kind, object: &DynamicObject) -> Option<ClusterId> {
        let (namespace, name) = key(kind, object);
        let found = self.0.get_mut(&namespace)?;
        let key = (kind, name);
        if found.objects.get(&key)?.version > version(object) {
            return None;
        }
        found.objects.remove(&key);
        let owner = found.owner;
        if found.objects.is_empty() {
            self.0.remove(&namespace);
        }
        owner.filter(|_| kind != Kind::Event)
    }

    /// Forgets the objects of a kind that are not in a complete list. Answers the clusters that change by it.
    pub fn retain(&mut self, kind: Kind, listed: &HashSet<Key>) -> Vec<ClusterId> {
        let mut changed = Vec::new();
        for (namespace, found) in &mut self.0 {
            let before = found.objects.len();
            found
                .objects
                .retain(|(of, name), _| *of != kind || is_listed(listed, namespace, name));
            if found.objects.len() < before {
                changed.extend(found.owner.filter(|_| kind != Kind::Event));
            }
        }
        self.0.retain(|_, found| !found.objects.is_empty());
        changed
    }

    pub fn settle(&mut self, namespace: &str, kind: Kind, name: &str, wanted: u64) {
        let found = self.0.get_mut(namespace);
        let key = (kind, name.to_owned());
        if let Some(entry) = found.and_then(|found| found.objects.get_mut(&key)) {
            entry.content = Content::AsWanted(wanted);
        }
    }

    pub fn snapshot(&self, namespace: &str) -> Snapshot {
        let found = self.0.get(namespace);
        Snapshot(found.map(|found| found.objects.clone()).unwrap_or_default())
    }

    pub fn clusters(&self) -> Vec<ClusterId> {
        self.0.values().filter_map(|found| found.owner).collect()
    }
}

/// The objects of one namespace at one time.
#[derive(Debug, Default)]
pub(crate) struct Snapshot(Objects);

/// An object in a snapshot.
pub(crate) enum Found {
    Missing,
    Object(Value),
    /// As wanted when last compared, by the digest of what was wanted.
    AsWanted(u64),
}

impl Snapshot {
    pub fn find(&self, kind: Kind, name: &str) -> Found {
        match self.0.get(&(kind, name.to_owned())).map(|e| &e.content) {
            None => Found::Missing,
            Some(Content::AsWanted(digest)) => Found::AsWanted(*digest),
            Some(Content::Json(text)) => parsed(text).map_or(Found::Missing, Found::Object),
        }
    }

    /// An object of a kind that is never settled.
    pub fn get<K: DeserializeOwned>(&self, kind: Kind, name: &str) -> Option<K> {
        match &self.0.get(&(kind, name.to_owned()))?.content {
            Content::Json(text) => parsed(text),
            Content::AsWanted(_) => None,
        }
    }

    /// The resource version of an object.
    pub fn version(&self, kind: Kind, name: &str) -> Option<u64> {
        Some(self.0.get(&(kind, name.to_owned()))?.version)
    }

    /// The objects of a kind with their names; without those that are settled.
    pub fn all<K: DeserializeOwned>(&self, kind: Kind) -> Vec<(&str, K)> {
        let of_kind = self.0.iter().filter(|((of, _), _)| *of == kind);
        of_kind
            .filter_map(|((_, name), entry)| match &entry.content {
                Content::Json(text) => Some((name.as_str(), parsed(text)?)),
                Content::AsWanted(_) => None,
            })
            .collect()
    }
}

fn parsed<K: DeserializeOwned>(text: &str) -> Option<K> {
    serde_json::from_str(text).ok()
}

/// A digest for comparisons within this process.
pub(crate) fn digest(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn key(kind: Kind, object: &DynamicObject) -> Key {
    let name = object.metadata.name.clone().unwrap_or_default();
    if kind == Kind::Namespace {
        return (name.clone(), name);
    }
    (object.metadata.namespace.clone().unwrap_or_default(), name)
}

fn is_listed(listed: &HashSet<Key>, namespace: &str, name: &str) -> bool {
    listed.contains(&(namespace.to_owned(), name.to_owned()))
}

/// Versions of one API server are numbers that grow.
fn version(object: &DynamicObject) -> u64 {
    let version = object.metadata.resource_version.as_deref();
    version.and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "0198e1b2-7c1d-7a54-9d5c-0d7a6a1b2c3d";

    fn object(name: &str, version: &str, rest: Value) -> DynamicObject {
        let mut whole = json!({"metadata": {
            "name": name, "namespace": "vcluster-ci", "resourceVersion": version,
        }});
        whole
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        serde_json::from_value(whole).unwrap()
    }

    fn namespace(version: &str) -> DynamicObject {
        serde_json::from_value(json!({"metadata": {
            "name": "vcluster-ci", "resourceVersion": version, "labels": {"hangar.dev/cluster-id": ID},
        }}))
        .unwrap()
    }

    fn with_namespace() -> Contents {
        let mut contents = Contents::default();
        let owner = contents.put(Kind::Namespace, namespace("1"));
        assert_eq!(owner.map(|id| id.to_string()).as_deref(), Some(ID));
        contents
    }

    #[test]
    fn a_cluster_is_told_of_what_changes_in_its_namespace_and_only_then() {
        let mut contents = with_namespace();
        let mut put = |version, rest| contents.put(Kind::NetworkPolicy, object("a", version, rest));
        assert!(put("2", json!({"spec": {"egress": []}})).is_some());
        assert!(put("3", json!({"spec": {"egress": []}})).is_none(), "same");
        assert!(put("4", json!({"spec": {"egress": [{}]}})).is_some());
        assert!(put("3", json!({"spec": {"egress": []}})).is_none(), "older");
    }

    #[test]
    fn the_use_of_a_quota_changes_nothing() {
        let mut contents = with_namespace();
        let mut put = |version, used| {
            let rest = json!({"spec": {"hard": {"pods": "1"}}, "status": {"used": used}});
            contents.put(Kind::ResourceQuota, object("q", version, rest))
        };
        assert!(put("2", 0).is_some());
        assert!(put("3", 1).is_none());
    }

    #[test]
    fn an_answer_is_not_replaced_by_an_older_event() {
        let mut contents = with_namespace();
        let service = |port| json!({"spec": {"ports": [port]}});
        contents.put(Kind::Service, object("ci", "9", service(2)));
        contents.put(Kind::Service, object("ci", "8", service(1)));
        contents.remove(Kind::Service, &object("ci", "7", json!({})));
        let found: Value = contents
            .snapshot("vcluster-ci")
            .get(Kind::Service, "ci")
            .unwrap();
        assert_eq!(found["spec"]["ports"][0], 2);
        contents.remove(Kind::Service, &object("ci", "10", json!({})));
        let found = contents.snapshot("vcluster-ci");
        assert!(matches!(found.find(Kind::Service, "ci"), Found::Missing));
    }

    #[test]
    fn what_a_new_list_does_not_contain_is_gone() {
        let mut contents = with_namespace();
        contents.put(Kind::Role, object("a", "2", json!({})));
        contents.put(Kind::Role, object("b", "3", json!({})));
        let listed = HashSet::from([("vcluster-ci".to_owned(), "a".to_owned())]);
        assert_eq!(contents.retain(Kind::Role, &listed).len(), 1);
        assert_eq!(contents.retain(Kind::Role, &listed).len(), 0);
        let found = contents.snapshot("vcluster-ci");
        assert!(matches!(found.find(Kind::Role, "a"), Found::Object(_)));
        assert!(matches!(found.find(Kind::Role, "b"), Found::Missing));
        contents.retain(Kind::Namespace, &HashSet::new());
        contents.retain(Kind::Role, &HashSet::new());
        assert!(contents.0.is_empty());
    }

    #[test]
    fn a_settled_object_is_known_by_its_digest_until_it_changes() {
        let mut contents = with_namespace();
        let rules = |verb| json!({"rules": [{"verbs": [verb]}]});
        contents.put(Kind::Role, object("a", "2", rules("get")));
        contents.settle("vcluster-ci", Kind::Role, "a", 7);
        let found = |contents: &Contents| contents.snapshot("vcluster-ci").find(Kind::Role, "a");
        assert!(matches!(found(&contents), Found::AsWanted(7)));
        assert!(
            contents
                .put(Kind::Role, object("a", "3", rules("get")))
                .is_none()
        );
        assert!(matches!(found(&contents), Found::AsWanted(7)));
        assert!(
            contents
                .put(Kind::Role, object("a", "4", rules("*")))
                .is_some()
        );
        assert!(matches!(found(&contents), Found::Object(_)));
    }

    #[test]
    fn an_event_wakes_only_if_it_warns() {
        let mut contents = with_namespace();
        let mut put = |name: &str, kind: &str| {
            let rest = json!({"involvedObject": {"kind": "Pod", "name": "ci-0"}, "type": kind});
            contents.put(Kind::Event, object(name, "2", rest))
        };
        assert!(put("a", "Warning").is_some());
        assert!(put("b", "Normal").is_none());
        assert_eq!(
            contents
                .snapshot("vcluster-ci")
                .all::<Value>(Kind::Event)
                .len(),
            2
        );
    }
}
